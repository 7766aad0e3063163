import { jest } from '@jest/globals';
import { Controller, Inject, Module } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { streamOf } from '@qazyna/contracts';
import { handleCommand, InMemoryCheckpoints, SqliteEventStore, StoreUnavailable, type EventStore, type RecordedEvent } from '@qazyna/event-store';
import { DEAD_LETTER_TOPIC, EmbeddedBus, encodeRecord, toDeadLetter, type MessageBatch, type OutgoingRecord, type Outcome } from '@qazyna/messaging';
import { setTimeout as sleep } from 'node:timers/promises';
import { EVENT_STORE } from '../platform/tokens.js';
import { bearer, NotesService, type Answer } from '../spec-support/notes-service.js';
import { deadLetterDecider } from './dead-letter.js';
import { replayRecord } from './dead-letter-register.worker.js';
import type { ListedDeadLetter, SelectedReplay, ShownDeadLetter } from './dead-letters.dto.js';
import { DeadLettersModule } from './dead-letters.module.js';
import { DeadLetterShelf } from './dead-letter-shelf.store.js';

/** Two busy cores: what takes a tenth of a second alone may take seconds beside others. */
jest.setTimeout(30_000);

/** What the handlers meet; each test sets it. */
const world = { accountKnown: false, storeAwayAfterEffect: 0, heardByOthers: 0, deliveries: 0 };

@Controller()
class Handlers {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  @EventPattern<string>('claims', { group: 'taker' })
  async take(@Payload() batch: MessageBatch): Promise<readonly Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const { event } of batch) {
      world.deliveries += 1;
      if (!world.accountKnown) {
        outcomes.push({ kind: 'dead-letter', code: 'account-unknown', field: 'account', message: `nobody registered the account of ${event.id}` });
        continue;
      }
      const metadata = { schemaVersion: 1, actor: { subject: 'spec', organisation: 'spec' }, correlationId: event.id };
      await this.store.append(`claim-${event.id}`, 'no-stream', [{ id: event.id, type: 'claim.taken', data: {}, metadata }]);
      if (world.storeAwayAfterEffect > 0) {
        world.storeAwayAfterEffect -= 1;
        throw new StoreUnavailable('gone after the effect, before the answer');
      }
      outcomes.push({ kind: 'done' });
    }
    return outcomes;
  }

  @EventPattern<string>('claims', { group: 'other' })
  listen(@Payload() batch: MessageBatch): Promise<undefined> {
    world.heardByOthers += batch.length;
    return Promise.resolve(undefined);
  }
}

@Module({ imports: [DeadLettersModule], controllers: [Handlers] })
class SpecModule {}

const uuid = (n: number): string => `018f0000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const claim = (n: number): OutgoingRecord => encodeRecord({ id: uuid(n), source: 'urn:spec', type: 'claim.v1', time: '2026-03-01T09:30:00Z', extensions: {}, data: { account: `a${n}` } });

describe('the register of dead letters', () => {
  let notes: NotesService;
  let bus: EmbeddedBus;
  let store: SqliteEventStore;

  beforeEach(async () => {
    Object.assign(world, { accountKnown: false, storeAwayAfterEffect: 0, heardByOthers: 0, deliveries: 0 });
    bus = EmbeddedBus.open({ file: ':memory:', pauses: { firstMs: 1, maxMs: 5 } });
    store = SqliteEventStore.open({ file: ':memory:' });
    notes = await NotesService.start({
      module: SpecModule,
      topics: [{ name: 'claims', partitions: 1 }],
      validator: { validate: (_type, data) => ({ ok: true, value: data }) },
      parts: { bus, store, checkpoints: new InMemoryCheckpoints() },
    });
  });
  afterEach(() => notes.stop());

  const ask = async (method: 'GET' | 'POST', path: string, body?: unknown, role: 'operator' | 'auditor' | 'custodian' = 'operator'): Promise<Answer> =>
    notes.ask(method, `/v1/dead-letters${path}`, body === undefined ? undefined : JSON.stringify(body), { authorization: await bearer(role), ...(body === undefined ? {} : { 'content-type': 'application/json' }) });
  const until = async <T>(question: () => Promise<T>, wanted: (answer: T) => boolean): Promise<T> => {
    for (let tries = 0; tries < 2_000; tries++) {
      const answer = await question();
      if (wanted(answer)) return answer;
      await sleep(10);
    }
    throw new Error('it did not come to that');
  };
  const list = async (query = ''): Promise<readonly ListedDeadLetter[]> => ((await ask('GET', query)).body as { items: ListedDeadLetter[] }).items;
  const show = async (id: string): Promise<ShownDeadLetter> => (await ask('GET', `/${id}`)).body as ShownDeadLetter;
  const past = async (id: string): Promise<readonly string[]> => (await show(id)).history.map(({ event }) => event);
  const effects = async (n: number): Promise<RecordedEvent[]> => {
    const found: RecordedEvent[] = [];
    for await (const page of store.readStream(`claim-${uuid(n)}`)) found.push(...page);
    return found;
  };
  const putAside = async (...records: OutgoingRecord[]): Promise<readonly ListedDeadLetter[]> => {
    await bus.publish('claims', records);
    return until(() => list(), (items) => items.length === records.length);
  };

  it('lists by filter and shows the bytes, the reason and the history', async () => {
    // What is no CloudEvent is refused by both groups, and so a letter of each.
    await bus.publish('claims', [claim(1), { key: 'k', headers: {}, value: Uint8Array.of(0xff, 0x00) }]);
    const letters = await until(() => list(), (items) => items.length === 3);
    const first = letters.find(({ offset }) => offset === '0');
    expect(first).toMatchObject({ state: 'open', topic: 'claims', group: 'taker', code: 'account-unknown', field: 'account', type: 'claim.v1', offset: '0', replays: 0 });
    expect(await list('?code=account-unknown&group=taker&state=open&type=claim.v1&from=2020-01-01T00:00:00Z')).toHaveLength(1);
    expect(await list('?to=2020-01-01T00:00:00Z')).toEqual([]);
    const shown = await show(first?.letterId ?? '');
    expect(shown).toMatchObject({ reason: { message: `nobody registered the account of ${uuid(1)}` }, history: [{ event: 'noted', code: 'account-unknown' }] });
    expect(JSON.parse(shown.original?.text ?? '')).toEqual({ account: 'a1' });
    const binary = letters.find(({ group, offset }) => group === 'taker' && offset === '1');
    expect((await show(binary?.letterId ?? '')).original).toMatchObject({ key: 'k', base64: '/wA=', text: null });
    const page = (await ask('GET', '?limit=1')).body as { items: unknown[]; next: string };
    expect(page.items).toHaveLength(1);
    expect(await list(`?after=${page.next}&limit=1`)).toHaveLength(1);
  });

  it('sends a letter back to its own group only, once, and counts it', async () => {
    const [letter] = await putAside(claim(2));
    const id = letter?.letterId ?? '';
    expect((await ask('POST', `/${id}/replay`)).status).toBe(202);
    await until(() => past(id), (events) => events.includes('refused-again'));
    world.accountKnown = true;
    const answers = await Promise.all([ask('POST', `/${id}/replay`), ask('POST', `/${id}/replay`)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 409]);
    await until(() => past(id), (events) => events.includes('replayed'));
    expect(await past(id)).toEqual(['noted', 'replay-requested', 'refused-again', 'replay-requested', 'replayed']);
    expect(await effects(2)).toHaveLength(1);
    expect(world.heardByOthers).toBe(1);
    expect((await ask('POST', `/${id}/replay`)).problem).toMatchObject({ status: 409, code: 'already-replayed' });
    const metrics = await until(async () => (await notes.ask('GET', '/metrics')).text, (text) => text.includes('qazyna_dead_letters_replayed_total{'));
    expect(metrics).toMatch(/qazyna_dead_letters_replayed_total\{topic="claims",group="taker",service="notes"\} 1/);
    expect(metrics).not.toMatch(/qazyna_dead_letters_open\{.*\} [1-9]/);
  });

  it('has one effect when the store goes away between the effect and the record of it', async () => {
    const [letter] = await putAside(claim(3));
    Object.assign(world, { accountKnown: true, storeAwayAfterEffect: 2 });
    await ask('POST', `/${letter?.letterId}/replay`);
    await until(() => past(letter?.letterId ?? ''), (events) => events.includes('replayed'));
    expect(await effects(3)).toHaveLength(1);
    expect(world.deliveries).toBe(4);
  });

  it('does not call the handler for a replay that came twice or late', async () => {
    const [letter] = await putAside(claim(4));
    world.accountKnown = true;
    const id = letter?.letterId ?? '';
    await ask('POST', `/${id}/replay`);
    await until(() => past(id), (events) => events.includes('replayed'));
    const kept = notes.service.app.get(DeadLetterShelf, { strict: false }).find(id);
    if (kept === undefined) throw new Error('the letter is not on the shelf');
    await bus.publish('qazyna.replays.v1', [replayRecord(kept, 1), replayRecord(kept, 2)]);
    await until(async () => (await bus.lag('notes.replays', ['qazyna.replays.v1'])).every(({ committed, end }) => committed === end && end === 3n), Boolean);
    expect(world.deliveries).toBe(2);
    expect(await past(id)).toEqual(['noted', 'replay-requested', 'replayed']);
  });

  it('sends what was recorded and never sent, as after a crash', async () => {
    const [letter] = await putAside(claim(5));
    world.accountKnown = true;
    const id = letter?.letterId ?? '';
    // The request as it stands in the stream when the process that took it is gone.
    await handleCommand(store, deadLetterDecider, { stream: streamOf.deadLetter(id), command: { kind: 'replay', letterId: id }, commandId: 'gone', metadata: { actor: { subject: 'o', organisation: 'o' }, correlationId: 'c' } });
    await until(() => past(id), (events) => events.includes('replayed'));
    expect(await effects(5)).toHaveLength(1);
  });

  it('lets one of a replay and a discard at once win', async () => {
    const [letter] = await putAside(claim(6));
    const id = letter?.letterId ?? '';
    const [replay, discard] = await Promise.all([ask('POST', `/${id}/replay`), ask('POST', `/${id}/discard`, { reason: 'a test of the pool' })]);
    expect([replay.status, discard.status].filter((status) => status === 409)).toHaveLength(1);
    expect((await past(id))[1]).toBe(replay.status === 202 ? 'replay-requested' : 'discarded');
  });

  it('keeps who discarded and why', async () => {
    const [letter] = await putAside(claim(7));
    const id = letter?.letterId ?? '';
    expect((await ask('POST', `/${id}/discard`, { reason: 'a test of the pool' })).body).toEqual({ letterId: id, state: 'discarded' });
    expect((await show(id)).history[1]).toMatchObject({ event: 'discarded', reason: 'a test of the pool', actor: { subject: 'officer-7', organisation: 'afm' } });
    expect((await ask('POST', `/${id}/discard`, { reason: 'again' })).problem.code).toBe('already-discarded');
  });

  it('replays by filter: first only says which, then a bounded part at a time', async () => {
    await putAside(claim(8), claim(9), claim(10));
    world.accountKnown = true;
    const select = async (more: object): Promise<{ items: SelectedReplay[]; next: string | null }> => (await ask('POST', '/replays', { code: 'account-unknown', ...more })).body as { items: SelectedReplay[]; next: string | null };
    expect((await select({ dryRun: true })).items.map(({ outcome }) => outcome)).toEqual(['would-replay', 'would-replay', 'would-replay']);
    expect(await list('?state=open')).toHaveLength(3);
    const first = await select({ dryRun: false, limit: 2 });
    expect(first.items.map(({ outcome }) => outcome)).toEqual(['requested', 'requested']);
    const second = await select({ dryRun: false, limit: 2, after: first.next });
    expect(second).toMatchObject({ items: [{ outcome: 'requested' }], next: null });
    await until(() => list('?state=replayed'), (items) => items.length === 3);
  });

  it('goes on behind nonsense in the topic, and lists a letter written twice once', async () => {
    const place = { topic: 'claims', partition: 0, offset: 77n, timestamp: new Date(), ...claim(11) };
    const letter = toDeadLetter(place, { code: 'a reason\nof two lines', field: 'a name, perhaps', message: 'm' }, { group: 'taker', attempts: 1, time: new Date() });
    const forged = { ...letter, headers: { ...letter.headers, 'dead-letter-id': '../journal' } };
    await bus.publish(DEAD_LETTER_TOPIC, [{ key: null, headers: {}, value: null }, forged, letter, letter]);
    const items = await until(() => list(), (found) => found.length > 0);
    // What could be a sentence does not enter the stream.
    expect(items).toMatchObject([{ code: 'unnamed-reason', field: null, offset: '77' }]);
    expect((await show(items[0]?.letterId ?? '')).reason).toEqual({ code: 'a reason\nof two lines', field: 'a name, perhaps', message: 'm' });
    expect(await past(items[0]?.letterId ?? '')).toEqual(['noted']);
  });

  it('names what is wrong with a request, and refuses those who may not', async () => {
    expect((await ask('GET', '?from=yesterday')).problem).toMatchObject({ status: 400, errors: [{ field: 'from' }] });
    expect((await ask('GET', '?state=lost')).problem).toMatchObject({ status: 400, errors: [{ field: 'state' }] });
    expect((await ask('GET', '?colour=red')).problem).toMatchObject({ status: 400, errors: [{ field: 'colour' }] });
    expect((await ask('POST', '/replays', { code: 'x' })).problem.errors).toEqual(expect.arrayContaining([expect.objectContaining({ field: 'dryRun' })]));
    for (const path of [`/${uuid(404)}`, '/nonsense']) expect((await ask('GET', path)).status).toBe(404);
    expect((await ask('POST', `/${uuid(404)}/replay`)).status).toBe(404);
    expect((await ask('POST', `/${uuid(404)}/discard`, { reason: 'none there' })).status).toBe(404);
    expect((await ask('POST', `/${uuid(404)}/replay`, undefined, 'auditor')).status).toBe(403);
    expect((await ask('GET', '', undefined, 'custodian')).status).toBe(403);
  });
});

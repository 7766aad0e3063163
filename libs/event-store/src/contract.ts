import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ConcurrencyConflict,
  InvalidAppend,
  StoreTimeout,
  StoreUnavailable,
  type EventPages,
  type EventStore,
  type JsonObject,
  type NewEvent,
  type Position,
  type RecordedEvent,
  type SubscribeOptions,
  type SubscriptionMessage,
} from './port.js';

/** Page size the suite expects of the store under test, so that paging is seen with few events. */
export const CONTRACT_PAGE_SIZE = 10;

/** What the suite needs of an adapter. Each test gets a harness of its own; the log behind it may be a shared one. */
export interface EventStoreHarness {
  readonly store: EventStore;
  /** A second store on the same log, as after a restart. Closes the first where only one may be open. */
  reopen(): Promise<EventStore>;
  /** Breaks every connection for about that long. Absent where there is no connection. */
  cutConnections?(downMs: number): Promise<void>;
  /** Lets appends take that long from now on. Absent where they cannot be slowed. */
  slowAppends?(delayMs: number): void;
  /** Events the store under test holds in memory for its subscriptions. Absent where it holds none between reads. */
  heldEvents?(): number;
  /** Most events it may hold for one subscription. */
  readonly heldEventsMax?: number;
  dispose(): Promise<void>;
}

/** A valid event with the given data. */
export function contractEvent(data: JsonObject = {}, type = 'tested'): NewEvent {
  return {
    id: randomUUID(),
    type,
    data,
    metadata: { schemaVersion: 1, actor: { subject: 'tester', organisation: 'laboratory' }, correlationId: 'contract' },
  };
}

async function all(pages: EventPages): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const page of pages) events.push(...page);
  return events;
}

const numbers = (events: readonly RecordedEvent[]): unknown[] => events.map((event) => event.data['n']);
const count = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const numbered = (from: number, to: number): NewEvent[] => count(from, to).map((n) => contractEvent({ n }));

/** Reads messages until `enough` says so, then leaves the subscription. */
async function follow(store: EventStore, options: SubscribeOptions, enough: (seen: SubscriptionMessage[]) => boolean): Promise<SubscriptionMessage[]> {
  const seen: SubscriptionMessage[] = [];
  for await (const message of store.subscribe({ ...options, signal: options.signal ?? AbortSignal.timeout(20_000) })) {
    seen.push(message);
    if (enough(seen)) break;
  }
  return seen;
}

const eventsOf = (messages: readonly SubscriptionMessage[]): RecordedEvent[] => messages.flatMap((message) => (message.kind === 'events' ? message.events : []));
const caughtUp = (messages: readonly SubscriptionMessage[]): boolean => messages.some((message) => message.kind === 'caught-up');

/** What every event store must do. An adapter is done when this passes, failures included. */
export function eventStoreContract(name: string, makeHarness: () => Promise<EventStoreHarness>): void {
  describe(`${name} keeps the event store's contract`, () => {
    let harness: EventStoreHarness;
    let store: EventStore;
    /** Prefix of this test's streams: the log may hold others. */
    let own: string;

    beforeEach(async () => {
      harness = await makeHarness();
      store = harness.store;
      own = `contract.${randomUUID().slice(0, 8)}-`;
    });
    afterEach(() => harness.dispose());

    describe('append', () => {
      it('starts a stream at revision 0 and gives back what was written', async () => {
        const event = { ...contractEvent({ text: 'қазына 🪙 \u2028', nested: [{ n: 1 }, null, true], amount: '2099999997690000' }), metadata: { ...contractEvent().metadata, causationId: 'c-1' } };
        expect(await store.append(`${own}a`, 'no-stream', [event])).toEqual({ revision: 0n, duplicate: false });
        const [recorded, ...rest] = await all(store.readStream(`${own}a`));
        expect(rest).toEqual([]);
        expect(recorded).toEqual({ ...event, stream: `${own}a`, revision: 0n, position: expect.any(String), recordedAt: expect.any(Date) });
        expect(Math.abs(Date.now() - (recorded?.recordedAt.getTime() ?? 0))).toBeLessThan(60_000);
      });

      it('continues at the expected revision and answers with the last one', async () => {
        await store.append(`${own}a`, 'no-stream', numbered(0, 2));
        expect(await store.append(`${own}a`, 2n, numbered(3, 4))).toEqual({ revision: 4n, duplicate: false });
        expect(numbers(await all(store.readStream(`${own}a`)))).toEqual(count(0, 4));
      });

      it('refuses a wrong expectation with both revisions and writes nothing', async () => {
        await store.append(`${own}a`, 'no-stream', numbered(0, 1));
        const conflicts: [ConcurrencyConflict['expected'], string, ConcurrencyConflict['actual']][] = [
          ['no-stream', 'a', 1n],
          [0n, 'a', 1n],
          [2n, 'a', 1n],
          [0n, 'absent', 'no-stream'],
        ];
        for (const [expected, stream, actual] of conflicts) {
          const error = await store.append(own + stream, expected, [contractEvent()]).catch((reason: unknown) => reason);
          expect(error).toBeInstanceOf(ConcurrencyConflict);
          expect(error).toMatchObject({ stream: own + stream, expected, actual, code: 'concurrency-conflict' });
        }
        expect(await all(store.readStream(`${own}a`))).toHaveLength(2);
        expect(await all(store.readStream(`${own}absent`))).toEqual([]);
      });

      it('recognises the same append, also when the stream has grown since', async () => {
        const first = numbered(0, 2);
        const second = numbered(3, 3);
        await store.append(`${own}a`, 'no-stream', first);
        expect(await store.append(`${own}a`, 'no-stream', first)).toEqual({ revision: 2n, duplicate: true });
        await store.append(`${own}a`, 2n, second);
        expect(await store.append(`${own}a`, 'no-stream', first)).toEqual({ revision: 2n, duplicate: true });
        expect(await store.append(`${own}a`, 2n, second)).toEqual({ revision: 3n, duplicate: true });
        expect(await all(store.readStream(`${own}a`))).toHaveLength(4);
      });

      it('recognises the same append after a restart', async () => {
        const events = numbered(0, 1);
        await store.append(`${own}a`, 'no-stream', events);
        store = await harness.reopen();
        expect(await store.append(`${own}a`, 'no-stream', events)).toEqual({ revision: 1n, duplicate: true });
      });

      it('calls the same first id with other events a conflict', async () => {
        const [a, b, c] = numbered(0, 2) as [NewEvent, NewEvent, NewEvent];
        await store.append(`${own}a`, 'no-stream', [a, b]);
        await expect(store.append(`${own}a`, 'no-stream', [a, c])).rejects.toBeInstanceOf(ConcurrencyConflict);
        await expect(store.append(`${own}a`, 'no-stream', [a, b, c])).rejects.toBeInstanceOf(ConcurrencyConflict);
        await expect(store.append(`${own}a`, 0n, [a])).rejects.toBeInstanceOf(ConcurrencyConflict);
        expect(await all(store.readStream(`${own}a`))).toHaveLength(2);
      });

      it('lets exactly one of many concurrent appends to one revision win', async () => {
        const outcomes = await Promise.allSettled(count(1, 50).map((n) => store.append(`${own}a`, 'no-stream', [contractEvent({ n })])));
        const won = outcomes.flatMap((outcome, i) => (outcome.status === 'fulfilled' ? [i + 1] : []));
        expect(won).toHaveLength(1);
        for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(ConcurrencyConflict);
        expect(numbers(await all(store.readStream(`${own}a`)))).toEqual(won);
      });

      it('writes once what is appended many times at once', async () => {
        const event = contractEvent({ n: 1 });
        const outcomes = await Promise.all(count(1, 20).map(() => store.append(`${own}a`, 'no-stream', [event])));
        expect(outcomes.filter((outcome) => !outcome.duplicate)).toHaveLength(1);
        expect(await all(store.readStream(`${own}a`))).toHaveLength(1);
      });

      it('takes a thousand concurrent appends to different streams', async () => {
        await Promise.all(count(1, 1000).map((n) => store.append(`${own}${n}`, 'no-stream', [contractEvent({ n })])));
        const landed = await all(store.readAll({ filter: { streamPrefixes: [own] } }));
        expect(new Set(numbers(landed))).toEqual(new Set(count(1, 1000)));
        expect(landed).toHaveLength(1000);
      });

      it('keeps a conflict from touching the appends around it', async () => {
        await store.append(`${own}taken`, 'no-stream', [contractEvent()]);
        const outcomes = await Promise.allSettled(
          ['x', 'taken', 'y'].map((stream) => store.append(own + stream, 'no-stream', [contractEvent({ n: 1 }), contractEvent({ n: 2 })])),
        );
        expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
        for (const stream of ['x', 'y']) expect(await all(store.readStream(own + stream))).toHaveLength(2);
      });

      it.each<[string, () => readonly NewEvent[]]>([
        ['no event', () => []],
        ['a bigint in its data', () => [contractEvent({ amount: 1n as unknown as string })]],
        ['a fraction in its data', () => [contractEvent({ deep: [{ amount: 0.1 }] })]],
        ['NaN in its data', () => [contractEvent({ amount: Number.NaN })]],
        ['a Date in its data', () => [contractEvent({ at: new Date() as unknown as string })]],
        ['no UUID as id', () => [{ ...contractEvent(), id: 'one' }]],
        ['one id twice', () => { const event = contractEvent(); return [event, event]; }],
        ['a system type', () => [contractEvent({}, '$metadata')]],
        ['more than 1 MiB', () => [contractEvent({ text: 'x'.repeat(600_000) }), contractEvent({ text: 'y'.repeat(500_000) })]],
      ])('refuses an append with %s', async (_, events) => {
        await expect(store.append(`${own}a`, 'no-stream', events())).rejects.toBeInstanceOf(InvalidAppend);
        expect(await all(store.readStream(`${own}a`))).toEqual([]);
      });

      it.each(['', '$system', 'line\nbreak', 'x'.repeat(501), '\ud800'])('refuses the stream name %j', async (stream) => {
        await expect(store.append(stream, 'no-stream', [contractEvent()])).rejects.toBeInstanceOf(InvalidAppend);
      });

      it('takes an append just below the size bound', async () => {
        const text = 'é'.repeat(500_000);
        await store.append(`${own}a`, 'no-stream', [contractEvent({ text })]);
        expect((await all(store.readStream(`${own}a`)))[0]?.data).toEqual({ text });
      });

      it('ends with the reason of an aborted signal', async () => {
        const reason = new Error('enough');
        await expect(store.append(`${own}a`, 'no-stream', [contractEvent()], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
        expect(await all(store.readStream(`${own}a`))).toEqual([]);
      });
    });

    describe('reading a stream', () => {
      it('pages through it forwards and backwards, from anywhere, up to a limit', async () => {
        await store.append(`${own}a`, 'no-stream', numbered(0, 24));
        await store.append(`${own}b`, 'no-stream', numbered(100, 101));
        const sizes: number[] = [];
        for await (const page of store.readStream(`${own}a`)) sizes.push(page.length);
        expect(sizes).toEqual([CONTRACT_PAGE_SIZE, CONTRACT_PAGE_SIZE, 5]);
        const read = async (options: Parameters<EventStore['readStream']>[1]): Promise<unknown[]> => numbers(await all(store.readStream(`${own}a`, options)));
        expect(await read({})).toEqual(count(0, 24));
        expect(await read({ from: 20n })).toEqual(count(20, 24));
        expect(await read({ from: 5n, limit: 12 })).toEqual(count(5, 16));
        expect(await read({ from: 25n })).toEqual([]);
        expect(await read({ limit: 0 })).toEqual([]);
        expect(await read({ direction: 'backwards' })).toEqual(count(0, 24).reverse());
        expect(await read({ direction: 'backwards', limit: 1 })).toEqual([24]);
        expect(await read({ direction: 'backwards', from: 12n, limit: 11 })).toEqual(count(2, 12).reverse());
        expect(await read({ direction: 'backwards', from: 1000n, limit: 2 })).toEqual([24, 23]);
      });

      it('yields no page for an unknown stream', async () => {
        for await (const page of store.readStream(`${own}unknown`)) throw new Error(`a page of ${page.length}`);
        for await (const page of store.readStream(`${own}unknown`, { direction: 'backwards' })) throw new Error(`a page of ${page.length}`);
      });

      it('can be left after the first page, and throws the reason of its signal', async () => {
        await store.append(`${own}a`, 'no-stream', numbered(0, 24));
        for await (const page of store.readStream(`${own}a`)) {
          expect(page).toHaveLength(CONTRACT_PAGE_SIZE);
          break;
        }
        const aborter = new AbortController();
        const reason = new Error('enough');
        const reading = async (): Promise<void> => {
          for await (const page of store.readStream(`${own}a`, { signal: aborter.signal })) if (page.length > 0) aborter.abort(reason);
        };
        await expect(reading()).rejects.toBe(reason);
      });
    });

    describe('reading the log', () => {
      it('gives all streams in the order of their appends, with positions that sort as text', async () => {
        const from = await store.head();
        for (const n of count(0, 24)) await store.append(own + (n % 3 === 0 ? 'x' : `y${n}`), n % 3 !== 0 || n === 0 ? 'no-stream' : BigInt(n / 3 - 1), [contractEvent({ n })]);
        const events = (await all(store.readAll(from === undefined ? {} : { after: from }))).filter((event) => event.stream.startsWith(own));
        expect(numbers(events)).toEqual(count(0, 24));
        const positions = events.map((event) => event.position);
        expect([...positions].sort()).toEqual(positions);
        expect(new Set(positions).size).toBe(25);
        expect(events.map((event) => event.recordedAt.getTime())).toEqual(events.map((event) => event.recordedAt.getTime()).sort((a, b) => a - b));
      });

      it('starts after a position, filters by prefix and stops at a limit', async () => {
        for (const n of count(0, 29)) await store.append(`${own}${'abc'[n % 3]}-${n}`, 'no-stream', [contractEvent({ n })]);
        const filter = { streamPrefixes: [`${own}a-`, `${own}c-`] };
        const filtered = await all(store.readAll({ filter }));
        expect(numbers(filtered)).toEqual(count(0, 29).filter((n) => n % 3 !== 1));
        const after = filtered[3]?.position as Position;
        expect(numbers(await all(store.readAll({ filter, after })))).toEqual(numbers(filtered).slice(4));
        expect(numbers(await all(store.readAll({ filter, after, limit: 12 })))).toEqual(numbers(filtered).slice(4, 16));
        expect(await all(store.readAll({ filter: { streamPrefixes: [`${own}z`] } }))).toEqual([]);
        expect(() => store.readAll({ filter: { streamPrefixes: [] } })).toThrow(RangeError);
      });

      it('never exceeds the page size, never yields an empty page, and ends where the log ended', async () => {
        for (const n of count(0, 24)) await store.append(`${own}${n}`, 'no-stream', [contractEvent({ n })]);
        const sizes: number[] = [];
        for await (const page of store.readAll({ filter: { streamPrefixes: [own] } })) {
          sizes.push(page.length);
          await store.append(`${own}late-${sizes.length}`, 'no-stream', [contractEvent({ n: -1 })]);
        }
        expect(sizes.reduce((a, b) => a + b)).toBe(25);
        expect(Math.min(...sizes)).toBeGreaterThan(0);
        expect(Math.max(...sizes)).toBeLessThanOrEqual(CONTRACT_PAGE_SIZE);
      });

      it('knows its head', async () => {
        await store.append(`${own}a`, 'no-stream', numbered(0, 1));
        const [, last] = await all(store.readStream(`${own}a`));
        const head = await store.head();
        expect(head).toBeDefined();
        expect((head as Position) >= (last?.position as Position)).toBe(true);
        expect((await all(store.readAll({ after: head as Position }))).filter((event) => event.stream.startsWith(own))).toEqual([]);
      });
    });

    describe('a subscription', () => {
      it('catches up, says so, and goes on with what is appended later', async () => {
        const filter = { streamPrefixes: [own] };
        await store.append(`${own}a`, 'no-stream', numbered(0, 24));
        const seen = await follow(store, { filter }, (messages) => {
          if (caughtUp(messages) && eventsOf(messages).length === 25) void store.append(`${own}b`, 'no-stream', numbered(25, 27));
          return eventsOf(messages).length >= 28;
        });
        expect(numbers(eventsOf(seen))).toEqual(count(0, 27));
        const signal = seen.findIndex((message) => message.kind === 'caught-up');
        expect(numbers(eventsOf(seen.slice(0, signal)))).toEqual(count(0, 24));
        for (const message of seen) if (message.kind === 'events') expect(message.position).toBe(message.events.at(-1)?.position);
        expect(Math.max(...seen.map((message) => (message.kind === 'events' ? message.events.length : 0)))).toBeLessThanOrEqual(CONTRACT_PAGE_SIZE);
      });

      it('resumes after a position without a gap or a repetition', async () => {
        const filter = { streamPrefixes: [own] };
        await store.append(`${own}a`, 'no-stream', numbered(0, 24));
        const first = await follow(store, { filter }, (messages) => eventsOf(messages).length >= 7);
        const after = eventsOf(first)[6]?.position as Position;
        const second = await follow(store, { filter, after }, caughtUp);
        expect(numbers(eventsOf(second))).toEqual(count(7, 24));
      });

      it('says how far it has looked when nothing passes its filter', async () => {
        const from = await store.head();
        for (const n of count(0, 19)) await store.append(`${own}noise-${n}`, 'no-stream', numbered(1, 200));
        const [middle] = await all(store.readStream(`${own}noise-9`, { limit: 1 }));
        const seen = await follow(store, { filter: { streamPrefixes: [`${own}signal`] }, ...(from !== undefined && { after: from }) }, (messages) =>
          messages.some((message) => (message.position ?? '') > (middle?.position ?? '')),
        );
        expect(eventsOf(seen)).toEqual([]);
        const reached = seen.at(-1)?.position as Position;
        await store.append(`${own}signal`, 'no-stream', numbered(1, 1));
        const resumed = await follow(store, { filter: { streamPrefixes: [`${own}signal`] }, after: reached }, (messages) => eventsOf(messages).length > 0);
        expect(numbers(eventsOf(resumed))).toEqual([1]);
      });

      it('loses nothing while its consumer is slow and others append', async () => {
        const writing = (async () => {
          for (const n of count(0, 39)) await store.append(`${own}${n}`, 'no-stream', numbered(n * 10, n * 10 + 9));
        })();
        let pages = 0;
        const got: unknown[] = [];
        for await (const message of store.subscribe({ filter: { streamPrefixes: [own] }, signal: AbortSignal.timeout(20_000) })) {
          if (message.kind !== 'events') continue;
          if (pages++ % 5 === 0) await sleep(5);
          got.push(...numbers(message.events));
          if (got.length >= 400) break;
        }
        await writing;
        expect(got).toEqual(count(0, 399));
      });

      it('holds a bounded number of events for a consumer that stands still', async () => {
        for (const n of count(0, 9)) await store.append(`${own}${n}`, 'no-stream', numbered(n * 200, n * 200 + 199));
        const got: unknown[] = [];
        for await (const message of store.subscribe({ filter: { streamPrefixes: [own] }, signal: AbortSignal.timeout(20_000) })) {
          if (message.kind !== 'events') continue;
          if (got.length === 0) {
            await sleep(150);
            if (harness.heldEvents !== undefined) expect(harness.heldEvents()).toBeLessThanOrEqual(harness.heldEventsMax ?? 0);
          }
          got.push(...numbers(message.events));
          if (got.length >= 2000) break;
        }
        expect(got).toEqual(count(0, 1999));
      });

      it('ends with the reason of its signal while it waits', async () => {
        const aborter = new AbortController();
        const reason = new Error('enough');
        const following = follow(store, { filter: { streamPrefixes: [own] }, signal: aborter.signal }, (messages) => {
          if (caughtUp(messages)) setTimeout(() => aborter.abort(reason), 20);
          return false;
        });
        await expect(following).rejects.toBe(reason);
      });

      it('can be left while it waits', async () => {
        const iterator = store.subscribe({ filter: { streamPrefixes: [own] } })[Symbol.asyncIterator]();
        let message = await iterator.next();
        while (message.done !== true && message.value.kind !== 'caught-up') message = await iterator.next();
        const waiting = iterator.next();
        await sleep(10);
        await iterator.return?.();
        expect(await waiting).toEqual({ done: true, value: undefined });
        expect(await iterator.next()).toEqual({ done: true, value: undefined });
      });

      it('serves several subscribers at their own pace', async () => {
        const filter = { streamPrefixes: [own] };
        const followers = count(1, 5).map(() => follow(store, { filter }, (messages) => eventsOf(messages).length >= 30));
        for (const n of count(0, 29)) await store.append(`${own}${n}`, 'no-stream', [contractEvent({ n })]);
        for (const seen of await Promise.all(followers)) expect(numbers(eventsOf(seen))).toEqual(count(0, 29));
      });
    });

    describe('when the way to the store breaks', () => {
      it('survives a cut connection: appends get an answer, subscriptions come back', async () => {
        if (harness.cutConnections === undefined) return;
        const seen = follow(store, { filter: { streamPrefixes: [own] } }, (messages) => eventsOf(messages).length >= 60);
        for (const n of count(0, 19)) await store.append(`${own}${n}`, 'no-stream', [contractEvent({ n })]);
        const cut = harness.cutConnections(150);
        for (const n of count(20, 59)) {
          const event = contractEvent({ n });
          for (let attempt = 1; ; attempt++) {
            try {
              await store.append(`${own}${n}`, 'no-stream', [event]);
              break;
            } catch (error) {
              if (!(error instanceof StoreUnavailable || error instanceof StoreTimeout) || attempt > 100) throw error;
              await sleep(20);
            }
          }
        }
        await cut;
        expect(numbers(eventsOf(await seen))).toEqual(count(0, 59));
        expect(numbers(await all(store.readAll({ filter: { streamPrefixes: [own] } })))).toEqual(count(0, 59));
      });

      it('bounds each call by its timeout, after which the same append may be repeated', async () => {
        if (harness.slowAppends === undefined) return;
        harness.slowAppends(300);
        const event = contractEvent({ n: 1 });
        const started = Date.now();
        await expect(store.append(`${own}a`, 'no-stream', [event], { timeoutMs: 50 })).rejects.toBeInstanceOf(StoreTimeout);
        expect(Date.now() - started).toBeLessThan(250);
        harness.slowAppends(0);
        expect((await store.append(`${own}a`, 'no-stream', [event])).revision).toBe(0n);
        await sleep(350);
        expect(await all(store.readStream(`${own}a`))).toHaveLength(1);
      });
    });

    describe('close', () => {
      it('finishes what was accepted, then refuses everything', async () => {
        await store.ping();
        const accepted = count(1, 50).map((n) => store.append(`${own}${n}`, 'no-stream', [contractEvent({ n })]));
        const waiting = follow(store, { filter: { streamPrefixes: [`${own}nothing`] } }, () => false).catch((error: unknown) => error);
        await store.close();
        await store.close();
        expect(await Promise.all(accepted)).toHaveLength(50);
        expect(await waiting).toBeInstanceOf(StoreUnavailable);
        await expect(store.append(`${own}late`, 'no-stream', [contractEvent()])).rejects.toBeInstanceOf(StoreUnavailable);
        await expect(all(store.readStream(`${own}1`))).rejects.toBeInstanceOf(StoreUnavailable);
        await expect(all(store.readAll())).rejects.toBeInstanceOf(StoreUnavailable);
        await expect(follow(store, {}, () => false)).rejects.toBeInstanceOf(StoreUnavailable);
        await expect(store.head()).rejects.toBeInstanceOf(StoreUnavailable);
        await expect(store.ping()).rejects.toBeInstanceOf(StoreUnavailable);
        store = await harness.reopen();
        expect(await all(store.readAll({ filter: { streamPrefixes: [own] } }))).toHaveLength(50);
      });
    });
  });
}

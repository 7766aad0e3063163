import { Controller, Inject, Module } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { InMemoryCheckpoints, SqliteEventStore, StoreUnavailable } from '@qazyna/event-store';
import type { EventStore } from '@qazyna/event-store';
import { DEAD_LETTER_TOPIC, decodeRecord, EmbeddedBus, encodeRecord, readDeadLetter } from '@qazyna/messaging';
import type { MessageBatch, Outcome, ReceivedRecord } from '@qazyna/messaging';
import { setTimeout as sleep } from 'node:timers/promises';
import { actorMetadata, actorOfSource } from '../auth/actor.js';
import { EVENT_STORE } from '../platform/tokens.js';
import { NotesService } from '../spec-support/notes-service.js';

const hold: { started: () => void; release: Promise<void> } = { started: () => undefined, release: Promise.resolve() };

@Controller()
class ClaimsConsumer {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  @EventPattern<string>('claims', { group: 'notes' })
  async take(@Payload() batch: MessageBatch): Promise<readonly Outcome[]> {
    hold.started();
    await hold.release;
    const outcomes: Outcome[] = [];
    for (const { event } of batch) {
      const { amount } = event.data as { amount: string };
      if (amount.startsWith('-')) {
        outcomes.push({ kind: 'dead-letter', code: 'amount-negative', field: 'amount', message: 'an amount is never negative' });
        continue;
      }
      const metadata = { schemaVersion: 1, actor: actorMetadata(actorOfSource(event.source)), correlationId: `c-${event.id}`, causationId: event.id };
      await this.store.append(`claim-${event.id}`, 'no-stream', [{ id: event.id, type: 'claim.taken', data: { amount }, metadata }]);
      outcomes.push({ kind: 'done' });
    }
    return outcomes;
  }
}

@Module({ controllers: [ClaimsConsumer] })
class ClaimsModule {}

const uuid = (n: number): string => `018f0000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const claim = (n: number, amount = '100'): ReturnType<typeof encodeRecord> => encodeRecord({ id: uuid(n), source: 'urn:qazyna:pool:btcpool-kz', type: 'claim.v1', time: '2026-03-01T09:30:00Z', extensions: {}, data: { amount } });

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (await condition()) return;
    await sleep(10);
  }
  throw new Error('it did not come to that');
}

describe('a service on the bus', () => {
  let notes: NotesService;
  let bus: EmbeddedBus;
  let store: SqliteEventStore;

  beforeEach(async () => {
    hold.started = (): void => undefined;
    hold.release = Promise.resolve();
    bus = EmbeddedBus.open({ file: ':memory:', pauses: { firstMs: 1, maxMs: 5 } });
    store = SqliteEventStore.open({ file: ':memory:' });
    notes = await NotesService.start({
      module: ClaimsModule,
      topics: [{ name: 'claims', partitions: 1 }, { name: 'claim-events', partitions: 1 }],
      relays: [{ topic: 'claim-events', streamPrefixes: ['claim-'], service: 'mining-ingest' }],
      validator: { validate: (_type, data) => ({ ok: true, value: data }) },
      parts: { bus, store, checkpoints: new InMemoryCheckpoints() },
    });
  });
  afterEach(() => notes.stop());

  async function received(topic: string, count: number): Promise<readonly ReceivedRecord[]> {
    const records: ReceivedRecord[] = [];
    const reader = await bus.subscribe({ topics: [topic], group: 'spec', handler: (batch) => Promise.resolve(void records.push(...batch)) });
    await until(() => records.length >= count);
    await reader.stop();
    return records;
  }

  it('handles messages, puts poison aside and publishes what followed', async () => {
    await bus.publish('claims', [claim(1), claim(2, '-1'), { key: null, headers: {}, value: Buffer.from('not an event') }, claim(3)]);
    const published = (await received('claim-events', 2)).map((record) => decodeRecord(record));
    expect(published.map((event) => [event.id, event.type, event.source])).toEqual([
      [uuid(1), 'qazyna.claim.taken.v1', '/qazyna/mining-ingest'],
      [uuid(3), 'qazyna.claim.taken.v1', '/qazyna/mining-ingest'],
    ]);
    expect(published[0]?.extensions).toMatchObject({ actororganisation: 'btcpool-kz', causationid: uuid(1) });
    const letters = (await received(DEAD_LETTER_TOPIC, 2)).map((record) => readDeadLetter(record));
    expect(letters.map((letter) => letter?.field ?? letter?.code)).toContain('amount');

    await until(async () => (await notes.ask('GET', '/metrics')).text.includes('qazyna_relay_behind{topic="claim-events",service="notes"} 0'));
    const { text } = await notes.ask('GET', '/metrics');
    expect(text).toMatch(/qazyna_messages_processed_total\{[^}]*topic="claims"[^}]*\} 2/);
    expect(text).toMatch(/qazyna_messages_dead_lettered_total\{[^}]*reason="amount-negative"[^}]*\} 1/);
    expect(text).toMatch(/qazyna_consumer_lag_messages\{topic="claims",group="notes"[^}]*\} 0/);
    expect(text).toMatch(/qazyna_relay_published_total\{[^}]*\} 2/);
    const ready = await notes.ask('GET', '/health/ready');
    expect(ready.body).toMatchObject({ status: 'ok', components: { 'relay claim-events': { ok: true, detail: 'caught up' } } });
  });

  it('blames no message for a store that is away, however long', async () => {
    const append = store.append.bind(store);
    let failures = 0;
    store.append = (...call): ReturnType<typeof append> => (++failures <= 12 ? Promise.reject(new StoreUnavailable('away')) : append(...call));
    await bus.publish('claims', [claim(4)]);
    expect(await received('claim-events', 1)).toHaveLength(1);
    const { text } = await notes.ask('GET', '/metrics');
    expect(text).toMatch(/qazyna_messages_redelivered_total\{[^}]*\} 12/);
    expect(text).not.toMatch(/qazyna_messages_dead_lettered_total\{/);
  });

  it('finishes the batch in hand before the bus and the store close', async () => {
    const started = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    hold.started = started.resolve;
    hold.release = release.promise;
    let appended = false;
    const append = store.append.bind(store);
    store.append = async (...call): Promise<Awaited<ReturnType<typeof append>>> => {
      const result = await append(...call);
      appended = true;
      return result;
    };
    let storeClosedAfterAppend = false;
    const close = store.close.bind(store);
    store.close = async (): Promise<void> => {
      storeClosedAfterAppend = appended;
      await close();
    };
    await bus.publish('claims', [claim(7)]);
    await started.promise;
    const closed = notes.service.close();
    await sleep(20);
    expect(appended).toBe(false);
    release.resolve();
    await closed;
    expect(storeClosedAfterAppend).toBe(true);
  });

  it('is not ready while its relay cannot publish, says no hosts, and recovers by itself', async () => {
    const publish = bus.publish.bind(bus);
    bus.publish = (): Promise<void> => Promise.reject(new Error('kafka.internal:9092 is away'));
    await store.append('claim-x', 'no-stream', [{ id: uuid(9), type: 'claim.taken', data: {}, metadata: { schemaVersion: 1, actor: { subject: 's', organisation: 'o' }, correlationId: 'c' } }]);
    await until(async () => (await notes.ask('GET', '/health/ready')).status === 503);
    const away = await notes.ask('GET', '/health/ready');
    expect(away.body).toMatchObject({ components: { 'relay claim-events': { ok: false } } });
    expect(away.text).not.toContain('kafka.internal');
    bus.publish = publish;
    await until(async () => (await notes.ask('GET', '/health/ready')).status === 200);
    expect(await received('claim-events', 1)).toHaveLength(1);
  });
});

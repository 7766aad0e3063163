import 'reflect-metadata';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import kafkajs from 'kafkajs';
import { catalogueValidator, MINING_PAYOUT_TYPE, type PayoutClaim } from '@qazyna/contracts';
import { SqliteEventStore } from '@qazyna/event-store';
import { bitcoinAsset } from '@qazyna/ledger';
import { encodeRecord, KafkaBus, noMetrics, QazynaTransport, type MessageBatch, type OutgoingRecord } from '@qazyna/messaging';
import { startKafka } from '@qazyna/testing';
import { MiningPayouts } from './mining-payouts.js';
import { BENCH_ADDRESS } from './bench-payout.js';
import type { Bench, BenchOutcome, BenchSession } from './bench.js';
import { id } from './journal-entries.js';
import type { Run } from './measuring.js';
import { RawSqlite, type RawRow } from './raw-sqlite.js';

const MESSAGES = 60_000;
const MESSAGES_QUICK = 5_000;
const PARTITIONS = 3;
const TOPIC = 'bench.mining-payouts';
const DEAD_LETTERS = 'bench.dead-letters';
const FETCH_BYTES = 1_048_576;

export const payoutsBench: Bench = {
  name: 'payouts',
  title: 'payout messages from Kafka to accepted, durably',
  run: measure,
};

async function measure(session: BenchSession): Promise<BenchOutcome> {
  const kafka = await startKafka();
  if (kafka === undefined) return { kind: 'skipped', reason: 'no Kafka' };
  const bus = await KafkaBus.connect({ brokers: kafka.brokers, clientId: 'bench' });
  try {
    const records = payoutMessages(session.quick ? MESSAGES_QUICK : MESSAGES);
    await bus.ensureTopics([{ name: TOPIC, partitions: PARTITIONS }, { name: DEAD_LETTERS, partitions: 1 }]);
    session.progress(`publishing ${records.length} payouts`);
    for (let from = 0; from < records.length; from += 5_000) await bus.publish(TOPIC, records.slice(from, from + 5_000));

    const contests = await session.contest({
      name: 'message to payout accepted',
      unit: 'messages/s',
      ours: () => accepted(session, bus, records.length),
      limits: [
        { against: 'raw kafkajs eachBatch that looks at nothing, one commit per fetch', aim: 0.5, run: () => rawRead(kafka.brokers, TOPIC, records.length, () => undefined) },
        {
          against: 'raw kafkajs eachBatch, JSON.parse, and two rows per message through raw node:sqlite, one transaction per fetch',
          run: () => rawStored(session, kafka.brokers, records.length),
        },
      ],
    });
    return { kind: 'measured', contests };
  } finally {
    await bus.close();
    await kafka.stop();
  }
}

function payoutMessages(count: number): OutgoingRecord[] {
  return Array.from({ length: count }, (_, n) => {
    const data: PayoutClaim = {
      pool: 'btcpool-kz',
      account: MiningPayouts.ACCOUNT,
      paymentId: String(38_000_000 + n),
      asset: bitcoinAsset('mainnet').id,
      amount: String(149_377n + BigInt(n % 9_973)),
      address: BENCH_ADDRESS,
      txid: (id('a', n) + id('b', n)).replaceAll('-', ''),
      paidAt: '2026-05-02T08:58:55.000Z',
    };
    return encodeRecord({
      id: id('message', n),
      source: '/pools/btcpool-kz',
      type: MINING_PAYOUT_TYPE,
      time: '2026-05-02T08:59:00Z',
      extensions: { partitionkey: data.paymentId },
      data,
    });
  });
}

/**
 * From the first batch handed over to the last one durable: joining the group is nobody's throughput. What the first
 * fetch took is left out as well, which flatters the raw reader more than ours.
 */
class Stretch {
  private started: number | undefined;
  private seen = 0;
  private readonly all = Promise.withResolvers<Run>();

  constructor(private readonly messages: number) {}

  begin(): void {
    this.started ??= performance.now();
  }

  done(messages: number): void {
    this.seen += messages;
    if (this.seen >= this.messages) this.all.resolve({ operations: this.seen, seconds: (performance.now() - (this.started ?? 0)) / 1000 });
  }

  fail(error: Error): void {
    this.all.reject(error);
  }

  get finished(): Promise<Run> {
    return this.all.promise;
  }
}

let groups = 0;
const newGroup = (): string => `bench-${process.pid}-${++groups}`;

async function accepted(session: BenchSession, bus: KafkaBus, messages: number): Promise<Run> {
  const folder = join(session.folder, newGroup());
  const store = SqliteEventStore.open({ file: join(folder, 'events.db') });
  const payouts = await MiningPayouts.open(store);
  const stretch = new Stretch(messages);
  const transport = new QazynaTransport({
    bus,
    validator: catalogueValidator,
    deadLetterTopic: DEAD_LETTERS,
    metrics: {
      ...noMetrics,
      processed: (_topic, _group, count) => stretch.done(count),
      deadLettered: (_topic, _group, code) => stretch.fail(new Error(`a message was refused: ${code}`)),
      redelivered: () => stretch.fail(new Error('a batch failed')),
    },
  });
  const handler = (batch: MessageBatch): ReturnType<MiningPayouts['take']> => {
    stretch.begin();
    return payouts.take(batch);
  };
  transport.addHandler(TOPIC, handler as never, true, { group: newGroup(), types: [MINING_PAYOUT_TYPE] });
  await listening(transport);
  const run = await stretch.finished;
  await transport.close();
  await payouts.assertAccepted(messages);
  await store.close();
  rmSync(folder, { recursive: true });
  return run;
}

function listening(transport: QazynaTransport): Promise<void> {
  return new Promise((resolve, reject) => {
    transport.listen((error) => {
      if (error === undefined) resolve();
      else reject(new Error('the transport does not listen', { cause: error }));
    });
  });
}

/** How fast kafkajs alone hands over this many messages of a topic. */
export async function rawRead(brokers: readonly string[], topic: string, messages: number, take: (values: readonly Buffer[]) => void): Promise<Run> {
  const stretch = new Stretch(messages);
  const client = new kafkajs.Kafka({ brokers: [...brokers], clientId: 'bench-raw', logLevel: kafkajs.logLevel.NOTHING });
  const consumer = client.consumer({ groupId: newGroup(), maxWaitTimeInMs: 500, maxBytesPerPartition: FETCH_BYTES, maxBytes: 8 * FETCH_BYTES });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    partitionsConsumedConcurrently: 8,
    eachBatch: async (payload) => {
      const { batch } = payload;
      stretch.begin();
      take(batch.messages.map(({ value }) => value as Buffer));
      const last = batch.messages.at(-1)?.offset ?? '0';
      await payload.commitOffsetsIfNecessary({ topics: [{ topic: batch.topic, partitions: [{ partition: batch.partition, offset: String(BigInt(last) + 1n) }] }] });
      payload.resolveOffset(last);
      await payload.heartbeat();
      stretch.done(batch.messages.length);
    },
  });
  const run = await stretch.finished;
  await consumer.disconnect();
  return run;
}

/** What no design can leave out: reading the message, and writing down what came and what was decided. */
async function rawStored(session: BenchSession, brokers: readonly string[], messages: number): Promise<Run> {
  const folder = join(session.folder, newGroup());
  mkdirSync(folder);
  const db = RawSqlite.create(join(folder, 'events.db'));
  const metadata = JSON.stringify({ schemaVersion: 1, actor: { subject: '/pools/btcpool-kz', organisation: 'btcpool-kz' }, correlationId: id('correlation', 0) });
  const run = await rawRead(brokers, TOPIC, messages, (values) => {
    const rows: RawRow[] = [];
    for (const value of values) {
      const text = value.toString('utf8');
      const { paymentId } = JSON.parse(text) as PayoutClaim;
      const stream = `payout-btcpool-kz.${MiningPayouts.ACCOUNT}~${paymentId}`;
      rows.push({ stream, revision: 0, id: id('received', 0), type: 'mining.payout-received', data: text, metadata });
      rows.push({ stream, revision: 1, id: id('accepted', 0), type: 'mining.payout-accepted', data: text, metadata });
    }
    db.append(rows, rows.length);
  });
  db.close();
  rmSync(folder, { recursive: true });
  return run;
}

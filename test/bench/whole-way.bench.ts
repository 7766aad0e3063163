import 'reflect-metadata';
import { setTimeout as pause } from 'node:timers/promises';
import { MINING_PAYOUT_TYPE, streamOf, TOPICS } from '@qazyna/contracts';
import { encodeRecord, type OutgoingRecord } from '@qazyna/messaging';
import { runService, type RunningService } from '@qazyna/service-kit';
import { STANDALONE } from '@qazyna/standalone';
import { startKafka } from '@qazyna/testing';
import { PoolRun } from '../system/pool-run.js';
import { mine, type World } from '../system/sandbox-world.js';
import type { Bench, BenchOutcome, BenchSession } from './bench.js';
import { id } from './journal-entries.js';
import type { Run } from './measuring.js';
import { rawRead } from './payouts.bench.js';

const PAYOUTS = 3_000;
const PAYOUTS_QUICK = 500;
const POLL_MS = 20;
const PATIENCE_MS = 60_000;

/** The whole way of a payout whose coins are on chain already: Kafka, accepted, relay, Kafka, matched, journal. */
export const wholeWayBench: Bench = {
  name: 'whole-way',
  title: 'payout messages from Kafka through all services to the journal',
  run: measure,
};

async function measure(session: BenchSession): Promise<BenchOutcome> {
  const kafka = await startKafka();
  if (kafka === undefined) return { kind: 'skipped', reason: 'no Kafka' };
  const service = await runService({
    ...STANDALONE,
    signals: false,
    env: { PORT: '0', QAZYNA_DATA_DIR: session.folder, KAFKA_BROKERS: kafka.brokers.join(','), LOG_LEVEL: 'silent', QAZYNA_STORY: 'off' },
  });
  try {
    const payouts = session.quick ? PAYOUTS_QUICK : PAYOUTS;
    let account = 0;
    // The raw side reads what our side was sent, so something must have been sent before its first turn.
    await throughAll(service, payouts, ++account);
    const contests = await session.contest({
      name: 'message to journal entry',
      unit: 'messages/s',
      ours: () => throughAll(service, payouts, ++account),
      limits: [{ against: 'raw kafkajs eachBatch that looks at nothing, one commit per fetch', aim: 0.5, run: () => rawRead(kafka.brokers, TOPICS.miningPayouts, payouts, () => undefined) }],
    });
    return { kind: 'measured', contests };
  } finally {
    await service.close();
    await kafka.stop();
  }
}

/** From the publication of claims whose outputs are confirmed and unidentified, to the entry that identifies the last. */
async function throughAll(service: RunningService, payouts: number, account: number): Promise<Run> {
  const world: World = { custody: service.url, mining: service.url };
  const entriesBefore = await entryCount(service);
  const run = await PoolRun.paid(world, payouts, { account: `bench-${account}`, licenceId: `KZ-CM-1${account}` });
  await mine(world, 2);
  await reached(service, entriesBefore + payouts);
  const records = run.claims.map((claim, n): OutgoingRecord =>
    encodeRecord({ id: id(`account-${account}`, n), source: '/pools/btcpool-kz', type: MINING_PAYOUT_TYPE, extensions: { partitionkey: claim.paymentId }, data: run.message(claim) }),
  );
  const started = performance.now();
  await service.parts.bus.publish(TOPICS.miningPayouts, records);
  await reached(service, entriesBefore + 2 * payouts);
  return { operations: payouts, seconds: (performance.now() - started) / 1000 };
}

async function reached(service: RunningService, entries: number): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while ((await entryCount(service)) < entries) {
    if (performance.now() > deadline) throw new Error(`the journal has ${await entryCount(service)} entries and not ${entries}`);
    await pause(POLL_MS);
  }
}

async function entryCount({ parts }: RunningService): Promise<number> {
  for await (const [last] of parts.store.readStream(streamOf.journal, { direction: 'backwards', limit: 1 })) if (last) return Number(last.revision) + 1;
  return 0;
}

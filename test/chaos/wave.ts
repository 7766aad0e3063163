import { MINING_PAYOUT_TYPE, TOPICS } from '@qazyna/contracts';
import { encodeRecord, KafkaBus, type OutgoingRecord } from '@qazyna/messaging';
import { PoolRun } from '../system/pool-run.js';
import { mine } from '../system/sandbox-world.js';
import type { Cast } from './cast.js';
import type { Oracle } from './oracle.js';
import { seizureRun } from './seizures.js';

const ACKNOWLEDGED_MS_MAX = 120_000;
/** Payouts to one case of a seizure. */
const PAYOUTS_TO_A_CASE = 30;

/** One pool account whose payouts are claimed while something breaks. */
export interface Wave {
  /** Resolves when every claim is acknowledged, over HTTP and, a third of them once more, over Kafka, and every fact of a seizure. */
  readonly done: Promise<void>;
}

/** Pays `count` outputs on the chain, and begins to claim them. */
export async function beginWave(cast: Cast, oracle: Oracle, name: string, count: number): Promise<Wave> {
  const pool = { account: `chaos-${name}`, licenceId: `KZ-CH-${name}` };
  const run = await PoolRun.paid(cast.world, count, pool);
  oracle.expect(pool.licenceId, run.payoutIds(), run.total);
  const seizures = seizureRun(name, Math.ceil(count / PAYOUTS_TO_A_CASE));
  oracle.expectSeizures(seizures);
  const done = Promise.all([
    run.claimAll(ACKNOWLEDGED_MS_MAX),
    overKafka(cast, TOPICS.miningPayouts, claimsAgain(run)),
    // Told twice, as an agency does that got no answer: each has one effect.
    overKafka(cast, TOPICS.seizureFacts, [...seizures.records, ...seizures.records]),
  ]).then(() => mine(cast.world, 2));
  // Awaited by the caller when its fault is over.
  done.catch(() => undefined);
  return { done };
}

/** The same claims a second way: upstream may send both, and each has one effect. */
function claimsAgain(run: PoolRun): readonly OutgoingRecord[] {
  return run.claims
    .filter((_, index) => index % 3 === 0)
    .map((claim) => encodeRecord({ id: `chaos-${claim.txid}-${claim.outputIndex}`, source: '/pools/chaos', type: MINING_PAYOUT_TYPE, extensions: {}, data: run.message(claim) }));
}

async function overKafka(cast: Cast, topic: string, records: readonly OutgoingRecord[]): Promise<void> {
  const deadline = Date.now() + ACKNOWLEDGED_MS_MAX;
  for (;;) {
    try {
      const bus = await KafkaBus.connect({ brokers: [...cast.kafka.brokers], clientId: 'chaos' });
      try {
        return await bus.publish(topic, records);
      } finally {
        await bus.close();
      }
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}

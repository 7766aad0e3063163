import { streamOf } from '@qazyna/contracts';
import { systemClock, type EventMetadata, type EventStore, type SqliteEventStore } from '@qazyna/event-store';
import { bitcoinAsset } from '@qazyna/ledger';
import type { MessageBatch, Outcome } from '@qazyna/messaging';
import { PayoutsConsumer, PayoutsService } from '@qazyna/mining-ingest';
import { PublisherDirectory, UpstreamSignatures } from '@qazyna/service-kit';
import { BENCH_ADDRESS, BENCH_POOL, benchAccount } from './bench-payout.js';

const METADATA: EventMetadata = { schemaVersion: 1, actor: { subject: 'bench', organisation: 'bench' }, correlationId: 'bench' };

/** The payouts feature of mining-ingest on a store, with the licence and the account that its messages name. */
export class MiningPayouts {
  static readonly ACCOUNT = benchAccount(0);
  private readonly consumer: PayoutsConsumer;

  private constructor(private readonly store: EventStore) {
    const signatures = new UpstreamSignatures(new PublisherDirectory(store), systemClock, 'accepted', { inc: () => undefined });
    this.consumer = new PayoutsConsumer(new PayoutsService(store, { quotaTolerancePercent: 5 }), signatures);
  }

  static async open(store: SqliteEventStore): Promise<MiningPayouts> {
    await store.append(streamOf.licence('KZ-CM-0001'), 'no-stream', [
      {
        id: '00000000-0000-4000-8000-000000000001',
        type: 'mining.licence-issued',
        data: { licenceId: 'KZ-CM-0001', kind: 'mining', holder: 'ekibastuz-energy', validFrom: '2026-01-01T00:00:00Z' },
        metadata: METADATA,
      },
    ]);
    await store.append(streamOf.poolAccount(`${BENCH_POOL}.${MiningPayouts.ACCOUNT}`), 'no-stream', [
      {
        id: '00000000-0000-4000-8000-000000000002',
        type: 'mining.pool-account-registered',
        data: {
          poolAccountId: `${BENCH_POOL}.${MiningPayouts.ACCOUNT}`,
          pool: BENCH_POOL,
          account: MiningPayouts.ACCOUNT,
          licenceId: 'KZ-CM-0001',
          network: 'mainnet',
          asset: bitcoinAsset('mainnet').id,
          payoutAddress: BENCH_ADDRESS,
        },
        metadata: METADATA,
      },
    ]);
    return new MiningPayouts(store);
  }

  take(batch: MessageBatch): Promise<readonly Outcome[]> {
    return this.consumer.take(batch);
  }

  /** A fast bench that accepted nothing would be worth nothing. */
  async assertAccepted(messages: number): Promise<void> {
    let accepted = 0;
    for await (const page of this.store.readAll({ filter: { streamPrefixes: ['payout-'] } })) {
      accepted += page.filter(({ type }) => type === 'mining.payout-accepted').length;
    }
    if (accepted !== messages) throw new Error(`${accepted} payouts were accepted instead of ${messages}`);
  }
}

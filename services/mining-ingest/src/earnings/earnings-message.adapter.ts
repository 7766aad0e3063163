import type { EarningsClaim } from '@qazyna/contracts';
import type { CloudEvent } from '@qazyna/messaging';
import type { UpstreamMessage } from '@qazyna/service-kit';

interface Offered {
  /** Undefined for earnings in plain JSON. */
  readonly event: CloudEvent | undefined;
  readonly claim: EarningsClaim;
  readonly receivedAt?: Date | undefined;
}

/** Earnings as the judge of signatures sees them: who may speak of an account's payouts may speak of its earnings. */
export function earningsMessage({ event, claim, receivedAt }: Offered, memory: { knows(claim: EarningsClaim): Promise<boolean> }): UpstreamMessage {
  const { pool, account } = claim;
  return { event, spoken: { about: 'payout', pool, account }, receivedAt, known: () => memory.knows(claim) };
}

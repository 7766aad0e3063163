import type { PayoutClaim } from '@qazyna/contracts';
import type { CloudEvent } from '@qazyna/messaging';
import type { UpstreamMessage } from '@qazyna/service-kit';

interface Offered {
  /** Undefined for a claim in plain JSON. */
  readonly event: CloudEvent | undefined;
  readonly claim: PayoutClaim;
  readonly receivedAt?: Date | undefined;
}

/** A claim as the judge of signatures sees it: what is said, and whether it was said before. */
export function claimMessage({ event, claim, receivedAt }: Offered, memory: { knows(claim: PayoutClaim): Promise<boolean> }): UpstreamMessage {
  const { pool, account } = claim;
  return { event, spoken: { about: 'payout', pool, account }, receivedAt, known: () => memory.knows(claim) };
}

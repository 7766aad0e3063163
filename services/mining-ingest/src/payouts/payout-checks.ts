import type { HoldReason, PayoutClaim } from '@qazyna/contracts';
import { isTxid } from '@qazyna/contracts/names';
import { registerReasons, type PayoutStanding } from './register-checks.js';

export type { PayoutStanding } from './register-checks.js';

/** Every reason to hold a claim, not only the first: an officer decides on all of them. */
export function holdReasons(claim: PayoutClaim, standing: PayoutStanding): HoldReason[] {
  const { txid } = claim;
  const malformed = { code: 'txid-malformed', field: 'txid', message: `a transaction id has 64 lower-case hex digits; this one has ${txid.length} characters` };
  return [...(isTxid(txid) ? [] : [malformed]), ...registerReasons(claim, standing)];
}

const ALWAYS_STATED = ['asset', 'amount', 'address', 'txid'] as const;
const SOMETIMES_STATED = ['outputIndex', 'statutorySequence', 'licenceId'] as const;

/** What a claim may leave open, so that another of the same payout may say it first. */
export type PayoutDetails = Pick<PayoutClaim, (typeof SOMETIMES_STATED)[number]>;

/** What a claim says that is not known of its payout. */
export function newDetails(known: PayoutClaim, offered: PayoutClaim): PayoutDetails {
  return Object.fromEntries(SOMETIMES_STATED.filter((field) => known[field] === undefined && offered[field] !== undefined).map((field) => [field, offered[field]]));
}

/**
 * Fields in which a claim contradicts what is known of its payout from all claims before. The same payout comes by several ways, and a
 * pool's own statement says less than our canonical message: what only one of them states is no contradiction.
 * Times are compared to the second, the finest that pools publish.
 */
export function differingFields(known: PayoutClaim, offered: PayoutClaim): string[] {
  const seconds = (time: string): number => Math.floor(Date.parse(time) / 1000);
  return [
    ...ALWAYS_STATED.filter((field) => known[field] !== offered[field]),
    ...(seconds(known.paidAt) === seconds(offered.paidAt) ? [] : ['paidAt']),
    ...SOMETIMES_STATED.filter((field) => known[field] !== undefined && offered[field] !== undefined && known[field] !== offered[field]),
  ];
}

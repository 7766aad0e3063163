import type { HoldReason, LicenceIssued, PayoutClaim, PoolAccountRegistered } from '@qazyna/contracts';
import { isTxid } from '@qazyna/contracts/names';
import { isValidAt } from '../licences/licence.js';

/** What the registers know of the account a payout names. */
export interface PayoutStanding {
  readonly account: PoolAccountRegistered | undefined;
  readonly licence: LicenceIssued | undefined;
}

/** Every reason to hold a claim, not only the first: an officer decides on all of them. */
export function holdReasons(claim: PayoutClaim, { account, licence }: PayoutStanding): HoldReason[] {
  const reasons: HoldReason[] = [];
  const hold = (code: string, field: string, message: string): void => void reasons.push({ code, field, message });

  if (!isTxid(claim.txid)) {
    hold('txid-malformed', 'txid', `a transaction id has 64 lower-case hex digits; this one has ${claim.txid.length} characters`);
  }
  if (account === undefined) {
    hold('pool-account-unknown', 'account', `account ${claim.account} at ${claim.pool} is not registered`);
    return reasons;
  }
  if (claim.asset !== account.asset) hold('asset-mismatch', 'asset', `the account is registered for ${account.asset}`);
  if (claim.address !== account.payoutAddress) hold('wallet-not-registered', 'address', 'the payout went to another wallet than the registered one');
  if (claim.licenceId !== undefined && claim.licenceId !== account.licenceId) {
    hold('licence-mismatch', 'licenceId', `the account is registered under licence ${account.licenceId}`);
  }
  if (licence === undefined) {
    hold('licence-unknown', 'licenceId', `licence ${account.licenceId} is not registered`);
  } else if (!isValidAt(licence, claim.paidAt)) {
    hold('licence-not-valid', 'paidAt', `licence ${licence.licenceId} was not valid at ${claim.paidAt}`);
  }
  return reasons;
}

const ALWAYS_STATED = ['asset', 'amount', 'address', 'txid'] as const;
const SOMETIMES_STATED = ['outputIndex', 'statutorySequence', 'licenceId'] as const;

/**
 * Fields in which two claims of one payout id contradict each other. The same payout comes by several ways, and a
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

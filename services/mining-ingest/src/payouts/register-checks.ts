import type { HoldReason, PayoutClaim } from '@qazyna/contracts';
import { licenceAt, type Licence, type LicenceStatus } from '../licences/licence-timeline.js';
import { suspensionAt, walletAt, type PoolAccount } from '../pools/pool-account-timeline.js';

/** What the registers know of the account a payout names. */
export interface PayoutStanding {
  readonly account: PoolAccount | undefined;
  readonly licence: Licence;
  /** Per cent a farm may be above its quota before payouts of its licence are held. */
  readonly quotaTolerancePercent: number;
}

type NotValid = Exclude<LicenceStatus, 'valid'>;
const LICENCE_REASONS: Readonly<Record<NotValid, { readonly code: string; readonly field: string; readonly was: string }>> = {
  'unknown': { code: 'licence-unknown', field: 'licenceId', was: 'is not registered' },
  'not-yet-valid': { code: 'licence-not-yet-valid', field: 'paidAt', was: 'was not valid yet' },
  'suspended': { code: 'licence-suspended', field: 'paidAt', was: 'was suspended' },
  'revoked': { code: 'licence-revoked', field: 'paidAt', was: 'was revoked' },
  'expired': { code: 'licence-expired', field: 'paidAt', was: 'had expired' },
};

/** What the registers have against a claim, judged by the moment the pool paid: never by when the claim or an act arrived. */
export function registerReasons(claim: PayoutClaim, { account, licence, quotaTolerancePercent }: PayoutStanding): HoldReason[] {
  if (account === undefined) {
    return [{ code: 'pool-account-unknown', field: 'account', message: `account ${claim.account} at ${claim.pool} is not registered` }];
  }
  return [...accountReasons(claim, account), ...licenceReasons(claim, account.licenceId, licence), ...quotaReasons(claim, licence, quotaTolerancePercent)];
}

function accountReasons(claim: PayoutClaim, account: PoolAccount): HoldReason[] {
  const { paidAt } = claim;
  const reasons: HoldReason[] = [];
  const hold = (code: string, field: string, message: string): void => void reasons.push({ code, field, message });
  if (claim.asset !== account.asset) hold('asset-mismatch', 'asset', `the account is registered for ${account.asset}`);
  const wallet = walletAt(account, claim.address, paidAt);
  if (wallet.kind === 'unknown') hold('wallet-not-registered', 'address', 'the payout went to a wallet that is not registered for the account');
  if (wallet.kind === 'cooling') hold('wallet-cooling', 'address', `at ${paidAt} the change to this wallet still cooled off: payouts to it are accepted from ${wallet.from}`);
  if (wallet.kind === 'retired') hold('wallet-retired', 'address', `at ${paidAt} this wallet was no longer the account's: another took its place at ${wallet.until}`);
  const suspension = suspensionAt(account, paidAt);
  if (suspension) hold('pool-account-suspended', 'account', `at ${paidAt} the account was suspended by act ${suspension.actId} of ${suspension.effectiveAt}`);
  if (claim.licenceId !== undefined && claim.licenceId !== account.licenceId) hold('licence-mismatch', 'licenceId', `the account is registered under licence ${account.licenceId}`);
  return reasons;
}

function licenceReasons({ paidAt }: PayoutClaim, licenceId: string, licence: Licence): HoldReason[] {
  const standing = licenceAt(licence, paidAt);
  if (standing.status === 'valid') return [];
  const { code, field, was } = LICENCE_REASONS[standing.status];
  if (standing.status === 'unknown') return [{ code, field, message: `licence ${licenceId} ${was}` }];
  const since = standing.since === undefined ? '' : `, since ${standing.since}`;
  const act = standing.actId === undefined ? '' : `, by act ${standing.actId}`;
  return [{ code, field, message: `at ${paidAt}, when the pool paid, licence ${licenceId} ${was}${since}${act}` }];
}

/** One reason for all months and farms: the worst of them is named. */
function quotaReasons({ paidAt }: PayoutClaim, { quotas }: Licence, tolerance: number): HoldReason[] {
  const at = Date.parse(paidAt);
  const over = [...quotas.values()]
    .filter(({ overPercent, from, to }) => overPercent > tolerance && at >= Date.parse(from) && at < Date.parse(to))
    .sort((a, b) => b.overPercent - a.overPercent || (a.farmId < b.farmId ? -1 : 1));
  const [worst] = over;
  if (worst === undefined) return [];
  const others = over.length === 1 ? '' : ` (and ${over.length - 1} more)`;
  return [
    {
      code: 'licence-over-quota',
      field: 'paidAt',
      message: `farm ${worst.farmId} drew ${worst.energyWh} Wh in ${worst.month} where ${worst.allowanceWh} Wh were allowed, more than ${tolerance} per cent above${others}`,
    },
  ];
}

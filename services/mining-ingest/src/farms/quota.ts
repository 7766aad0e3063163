import type { FarmQuota } from '@qazyna/contracts';
import type { FarmMonth } from './farm-month.js';

/** Per cent above which the excess is not told apart any more. */
const OVER_PERCENT_MAX = 10_000;

/** Quota acts in order of effect; where two begin in the same moment the lower amount comes last, then ids decide. */
export function quotasInOrder(quotas: Iterable<FarmQuota>): FarmQuota[] {
  return [...quotas].sort((a, b) => {
    const [x, y] = [BigInt(a.perMonthWh), BigInt(b.perMonthWh)];
    return Date.parse(a.effectiveFrom) - Date.parse(b.effectiveFrom) || (x === y ? (a.actId < b.actId ? -1 : 1) : x > y ? -1 : 1);
  });
}

/**
 * Watt-hours allowed in a month: each quota by the share of the month in which it had effect, in exact arithmetic,
 * rounded down once. Undefined where no quota had effect for any part of the month: nothing is limited then. The time
 * before a farm's first quota counts at that quota.
 */
export function allowanceWh(quotas: Iterable<FarmQuota>, { from, to }: FarmMonth): bigint | undefined {
  const [begin, end] = [Date.parse(from), Date.parse(to)];
  const inOrder = quotasInOrder(quotas).filter(({ effectiveFrom }) => Date.parse(effectiveFrom) < end);
  if (inOrder.length === 0) return undefined;
  let shares = 0n;
  inOrder.forEach(({ effectiveFrom, perMonthWh }, index) => {
    const next = inOrder[index + 1];
    const starts = index === 0 ? begin : Math.max(begin, Date.parse(effectiveFrom));
    const ends = next === undefined ? end : Math.max(begin, Date.parse(next.effectiveFrom));
    if (ends > starts) shares += BigInt(perMonthWh) * BigInt(ends - starts);
  });
  return shares / BigInt(end - begin);
}

/**
 * Per cent by which energy exceeds its allowance, rounded up: it is above a whole number of per cent exactly when the
 * exact excess is. 0 within the allowance.
 */
export function overPercent(energyWh: bigint, allowed: bigint | undefined): number {
  if (allowed === undefined || energyWh <= allowed) return 0;
  let [within, enough] = [0, OVER_PERCENT_MAX];
  while (enough - within > 1) {
    const middle = (within + enough) >> 1;
    if (energyWh * 100n <= allowed * BigInt(100 + middle)) enough = middle;
    else within = middle;
  }
  return enough;
}

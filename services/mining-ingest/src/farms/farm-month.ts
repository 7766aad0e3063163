/** Calendar months of a farm: counted by its own fixed offset from UTC, since a regulator bills by local months. */

export interface FarmMonth {
  /** `YYYY-MM`. */
  readonly month: string;
  /** First moment of the month. */
  readonly from: string;
  /** First moment after it. */
  readonly to: string;
}

const MINUTE_MS = 60_000;

/** Minutes east of UTC of an offset such as `+05:00`. */
function offsetMs(utcOffset: string): number {
  const sign = utcOffset.startsWith('-') ? -1 : 1;
  return sign * (Number(utcOffset.slice(1, 3)) * 60 + Number(utcOffset.slice(4, 6))) * MINUTE_MS;
}

/** The month a moment falls in. */
export function farmMonthOf(moment: string, utcOffset = '+00:00'): FarmMonth {
  const shift = offsetMs(utcOffset);
  const local = new Date(Date.parse(moment) + shift);
  const [year, month] = [local.getUTCFullYear(), local.getUTCMonth()];
  return {
    month: new Date(Date.UTC(year, month)).toISOString().slice(0, 7),
    from: new Date(Date.UTC(year, month) - shift).toISOString(),
    to: new Date(Date.UTC(year, month + 1) - shift).toISOString(),
  };
}

/** The month after. */
export function nextFarmMonth({ to }: FarmMonth, utcOffset = '+00:00'): FarmMonth {
  return farmMonthOf(to, utcOffset);
}

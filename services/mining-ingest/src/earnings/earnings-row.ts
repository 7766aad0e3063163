/**
 * What a pool says an account earned on one UTC day. Earnings are what the pool owes: they change no balance and
 * claim nothing on chain; payouts are compared with them.
 */

/** Kinds of earnings that pools tell apart. `poolFees` is what the pool kept; all others are what it credited. */
export const EARNINGS_PARTS = ['pps', 'pplns', 'solo', 'fpps', 'fppsFees', 'ppapps', 'ppapplns', 'poolFees'] as const;
export type EarningsPart = (typeof EARNINGS_PARTS)[number];

export const EARNINGS_SCHEMES = ['pps', 'fpps', 'pplns', 'solo', 'mixed'] as const;
export type EarningsScheme = (typeof EARNINGS_SCHEMES)[number];

/** Base units as decimal strings, each 0 or more; a part that the pool does not name is absent. */
export type EarningsParts = { readonly [Part in EarningsPart]?: string };

export interface EarningsRow {
  readonly kind: 'earnings';
  /** Row of the statement, from 0. */
  readonly row: number;
  /** The UTC day, `YYYY-MM-DD`. */
  readonly date: string;
  /** Mean over the day in H/s: an exact decimal string, as the pool wrote it but for its unit. */
  readonly hashRate?: string;
  readonly parts: EarningsParts;
  /** What the account was credited, in base units: the credited parts less `poolFees`, where the pool names parts. */
  readonly total: string;
  readonly scheme: EarningsScheme;
  /** The pool's own id of the row, where it gives one. */
  readonly reference?: string;
}

const SCHEME_OF: { readonly [Part in EarningsPart]?: EarningsScheme } = {
  pps: 'pps',
  ppapps: 'pps',
  pplns: 'pplns',
  ppapplns: 'pplns',
  solo: 'solo',
  fpps: 'fpps',
  fppsFees: 'fpps',
};

/** The scheme that all parts with an amount share; several are `mixed`. Without an amount, that of the parts named. */
export function schemeOf(parts: EarningsParts): EarningsScheme {
  const named = EARNINGS_PARTS.filter((part) => part !== 'poolFees' && parts[part] !== undefined);
  const paying = named.filter((part) => parts[part] !== '0');
  const schemes = new Set((paying.length > 0 ? paying : named).map((part) => SCHEME_OF[part] ?? 'mixed'));
  const [only, second] = schemes;
  return only === undefined || second !== undefined ? 'mixed' : only;
}

/** Credited parts less the pool's fees, in base units. */
export function sumOf(parts: EarningsParts): bigint {
  return EARNINGS_PARTS.reduce((sum, part) => sum + BigInt(parts[part] ?? '0') * (part === 'poolFees' ? -1n : 1n), 0n);
}

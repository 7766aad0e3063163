/**
 * Exact amounts. An amount is a `bigint` of base units (satoshi, wei, pieces); outside the process it is a decimal
 * string. No JavaScript number ever holds one: the only numbers here are counts of digits.
 */

/** Largest magnitude of any amount: far above 21e14 satoshi or the wei in existence, and small enough to bound work. */
export const AMOUNT_MAX = 10n ** 40n;
/** Most decimals an asset may have (ERC-20 allows more; nothing in use does). */
export const DECIMALS_MAX = 30;
/** Digits of the longest text worth looking at: 40 of {@link AMOUNT_MAX}, a point and a sign among them. */
const TEXT_LENGTH_MAX = 80;

export type AmountErrorCode =
  | 'not-a-string'
  | 'empty'
  | 'too-long'
  | 'malformed'
  | 'sign-not-allowed'
  | 'leading-zeros'
  | 'negative-zero'
  | 'too-precise'
  | 'too-large'
  | 'invalid-decimals';

/** Text that is not an exact amount. `code` is stable and kebab-case. */
export class AmountError extends Error {
  override readonly name = 'AmountError';
  constructor(
    readonly code: AmountErrorCode,
    message: string,
  ) {
    super(message);
  }
}

export interface ParseAmountOptions {
  /** Take a leading minus sign (never a plus). Default false. */
  readonly signed?: boolean;
}

/** ASCII digits only (`\d` without the `u` flag is ASCII in JavaScript, spelt out so that nobody has to remember). */
const COINS = /^(-?)([0-9]+)(?:\.([0-9]+))?$/;
const BASE_UNITS = /^(-?)([0-9]+)$/;
/** Canonical, not zero, and of fewer digits than {@link AMOUNT_MAX}. */
const PLAIN = /^-?[1-9][0-9]{0,38}$/;
const MINUS = 0x2d;

/**
 * Decimal coins to base units: `parseAmount('0.00149377', 8)` is `149377n`.
 * One amount has one whole part: `01` and `00.5` are refused; trailing zeros (`1.50`) are how pools write and are
 * taken as long as they do not exceed `decimals`.
 * @throws {AmountError} anything else: sign, exponent, spaces, separators, `.5`, `5.`, more digits than `decimals`
 */
export function parseAmount(text: string, decimals: number, options: ParseAmountOptions = {}): bigint {
  checkDecimals(decimals);
  const [sign, whole, fraction] = split(text, COINS, options);
  if (fraction.length > decimals) {
    throw new AmountError('too-precise', `amount ${quote(text)} has ${fraction.length} decimals, ${decimals} is the most`);
  }
  return signedUnits(text, sign, whole + fraction.padEnd(decimals, '0'));
}

/**
 * Base units as they stand in JSON: `parseBaseUnits('149377')`.
 * @throws {AmountError} anything but the canonical text of a whole number
 */
export function parseBaseUnits(text: string, options: ParseAmountOptions = {}): bigint {
  // What journals hold by the million: a canonical amount far below the bound needs no rule but this pattern.
  if (typeof text === 'string' && PLAIN.test(text) && (options.signed === true || text.charCodeAt(0) !== MINUS)) return BigInt(text);
  const [sign, whole] = split(text, BASE_UNITS, options);
  return signedUnits(text, sign, whole);
}

/**
 * Base units to decimal coins with every decimal written out: `formatAmount(149377n, 8)` is `'0.00149377'`.
 * `parseAmount(formatAmount(u, d), d, { signed: true })` is `u` for each amount.
 * @throws {AmountError} `decimals` outside 0…30
 */
export function formatAmount(units: bigint, decimals: number): string {
  checkDecimals(decimals);
  const sign = units < 0n ? '-' : '';
  const digits = (units < 0n ? -units : units).toString().padStart(decimals + 1, '0');
  if (decimals === 0) return sign + digits;
  return `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/** For people: coins and the asset's symbol, such as `0.00149377 BTC`. The symbol does not say which chain. */
export function formatCoins(units: bigint, asset: { readonly decimals: number; readonly symbol: string }): string {
  return `${formatAmount(units, asset.decimals)} ${asset.symbol}`;
}

function split(text: unknown, pattern: RegExp, options: ParseAmountOptions): [sign: string, whole: string, fraction: string] {
  if (typeof text !== 'string') throw new AmountError('not-a-string', `an amount must be a decimal string, not ${typeof text}`);
  if (text === '') throw new AmountError('empty', 'an amount must not be empty');
  if (text.length > TEXT_LENGTH_MAX) throw new AmountError('too-long', `an amount of ${text.length} characters is too long`);
  const match = pattern.exec(text);
  if (!match) throw new AmountError('malformed', `${quote(text)} is not a plain decimal amount`);
  const [, sign = '', whole = '', fraction = ''] = match;
  if (sign !== '' && options.signed !== true) throw new AmountError('sign-not-allowed', `amount ${quote(text)} must not be negative`);
  if (whole.length > 1 && whole.startsWith('0')) throw new AmountError('leading-zeros', `amount ${quote(text)} has redundant leading zeros`);
  return [sign, whole, fraction];
}

function signedUnits(text: string, sign: string, digits: string): bigint {
  const units = BigInt(digits);
  if (units > AMOUNT_MAX) throw new AmountError('too-large', `amount ${quote(text)} is above the bound of 10^40 base units`);
  if (sign === '') return units;
  if (units === 0n) throw new AmountError('negative-zero', `amount ${quote(text)} is zero with a sign`);
  return -units;
}

function checkDecimals(decimals: number): void {
  if (!Number.isInteger(decimals) || decimals < 0 || decimals > DECIMALS_MAX) {
    throw new AmountError('invalid-decimals', `decimals must be a whole number from 0 to ${DECIMALS_MAX}, not ${decimals}`);
  }
}

function quote(text: string): string {
  return JSON.stringify(text);
}

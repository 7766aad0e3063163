import { AMOUNT_MAX, AmountError } from '@qazyna/ledger';

/**
 * Numbers by their source text. A JSON number read as a double has lost what it said: `0.1` is 10000000 satoshi, and no
 * double is one tenth. Everything here works on digits.
 */

const NUMBER = /^(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]{1,4}))?$/;
/** Longer texts are no amounts; work stays bounded. */
const TEXT_LENGTH_MAX = 80;
/** Largest magnitude of a hash rate in H/s: far above all machines on earth. */
const HASH_RATE_DIGITS_MAX = 30;

interface Digits {
  readonly negative: boolean;
  /** Without trailing zeros; empty for zero. */
  readonly digits: string;
  /** Value is `digits` times ten to the power of minus `scale`. */
  readonly scale: number;
}

function digitsOf(source: string): Digits {
  if (source.length > TEXT_LENGTH_MAX) throw new AmountError('too-long', `a number of ${source.length} characters is no amount`);
  const match = NUMBER.exec(source);
  if (match === null) throw new AmountError('malformed', `${JSON.stringify(source)} is not a decimal number`);
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const all = `${whole}${fraction}`.replace(/^0+/, '');
  const digits = all.replace(/0+$/, '');
  return { negative: sign === '-', digits, scale: fraction.length - Number.parseInt(exponent, 10) - (all.length - digits.length) };
}

/**
 * Decimal coins in the notation of JSON numbers to base units: `coinsOf('1.49377E-3', 8)` is `149377n`.
 * @throws {AmountError} no number, or finer than `decimals`, or a sign that is not allowed, or beyond all amounts
 */
export function coinsOf(source: string, decimals: number, { signed = false }: { readonly signed?: boolean } = {}): bigint {
  const { negative, digits, scale } = digitsOf(source);
  if (negative && !signed) throw new AmountError('sign-not-allowed', `amount ${source} must not have a sign`);
  if (digits === '') return 0n;
  if (scale > decimals) throw new AmountError('too-precise', `amount ${source} has ${scale} decimals, ${decimals} is the most`);
  if (digits.length + decimals - scale > AMOUNT_MAX.toString().length) throw new AmountError('too-large', `amount ${source} is beyond all amounts`);
  const units = BigInt(digits) * 10n ** BigInt(decimals - scale);
  return negative ? -units : units;
}

const UNIT_POWERS: Readonly<Record<string, number>> = { '': 0, K: 3, M: 6, G: 9, T: 12, P: 15, E: 18, Z: 21 };
const UNIT = /^([KMGTPEZ]?)(?:H(?:ASH)?(?:\/S)?)?$/;

/** Power of ten of a unit such as `TH/s`, `PH` or `H/s`; undefined for what is none. */
export function hashRatePower(unit: string): number | undefined {
  const match = UNIT.exec(unit.trim().toUpperCase());
  return match === null ? undefined : UNIT_POWERS[match[1] ?? ''];
}

/**
 * A hash rate in H/s as an exact decimal string without exponent: `hashRateOf('1.25', 12)` is `'1250000000000'`.
 * @throws {AmountError} no number, negative, or beyond all machines
 */
export function hashRateOf(source: string, power = 0): string {
  const { negative, digits, scale: written } = digitsOf(source);
  if (digits === '') return '0';
  if (negative) throw new AmountError('sign-not-allowed', `hash rate ${source} must not have a sign`);
  const scale = written - power;
  if (digits.length - scale > HASH_RATE_DIGITS_MAX || scale > TEXT_LENGTH_MAX) throw new AmountError('too-large', `hash rate ${source} is out of range`);
  if (scale <= 0) return digits + '0'.repeat(-scale);
  const padded = digits.padStart(scale + 1, '0');
  return `${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
}

/** Prices are decimal text and stay exact: whole numbers of their last digit, never floating point. */

interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

function decimalOf(text: string): Decimal {
  const [whole = '0', fraction = ''] = text.split('.');
  return { units: BigInt(whole + fraction), scale: fraction.length };
}

/** Whether one price is above another, digit by digit. */
export function isAbove(price: string, limit: string): boolean {
  const [a, b] = [decimalOf(price), decimalOf(limit)];
  return a.units * 10n ** BigInt(b.scale) > b.units * 10n ** BigInt(a.scale);
}

/** What an amount costs at a price for one coin: exact, in plain notation, without trailing zeros. */
export function costOf(baseUnits: string, price: string, assetDecimals: number): string {
  const { units, scale } = decimalOf(price);
  const product = (BigInt(baseUnits) * units).toString();
  const places = scale + assetDecimals;
  const padded = product.padStart(places + 1, '0');
  const fraction = padded.slice(padded.length - places).replace(/0+$/, '');
  const whole = padded.slice(0, padded.length - places);
  return fraction === '' || places === 0 ? whole : `${whole}.${fraction}`;
}

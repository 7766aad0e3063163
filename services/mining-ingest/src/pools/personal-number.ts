/**
 * Numbers of 12 digits that the statutory feed names taxpayers by. A legal person's (BIN) has 4, 5 or 6 as its fifth
 * digit, where a natural person's (IIN) has the first digit of a day of birth, 0 to 3. The last digit is a check.
 */

const TWELVE_DIGITS = /^[0-9]{12}$/;
const FIRST_WEIGHTS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
const SECOND_WEIGHTS = [3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2];

/** A legal person's number. What is not surely one is treated as a person's. */
export function isBusinessNumber(text: string): boolean {
  if (!TWELVE_DIGITS.test(text) || !checkDigitHolds(text)) return false;
  const month = Number(text.slice(2, 4));
  return month >= 1 && month <= 12 && /[456]/.test(text.charAt(4));
}

/** Whether text is, or holds, a natural person's identity number. */
export function namesAPerson(text: string): boolean {
  return (text.match(/(?<![0-9A-Za-z])[0-9]{12}(?![0-9A-Za-z])/g) ?? []).some((number) => isPersonNumber(number));
}

function isPersonNumber(text: string): boolean {
  const month = Number(text.slice(2, 4));
  const day = Number(text.slice(4, 6));
  return month >= 1 && month <= 12 && day >= 1 && day <= 31 && checkDigitHolds(text);
}

function checkDigitHolds(text: string): boolean {
  const digits = Array.from(text, Number);
  const sum = (weights: readonly number[]): number => weights.reduce((total, weight, index) => total + weight * (digits[index] ?? 0), 0) % 11;
  const first = sum(FIRST_WEIGHTS);
  const check = first === 10 ? sum(SECOND_WEIGHTS) : first;
  return check < 10 && check === digits[11];
}

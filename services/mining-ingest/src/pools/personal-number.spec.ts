import fc from 'fast-check';
import { isBusinessNumber, namesAPerson } from './personal-number.js';

/** 060140000122 and 900101300126 are invented; their check digits hold. */
describe('numbers of 12 digits', () => {
  it('are a legal person\'s by their fifth digit, month and check digit', () => {
    expect(isBusinessNumber('060140000122')).toBe(true);
    expect(isBusinessNumber('900101300126')).toBe(false);
    expect(isBusinessNumber('060140000123')).toBe(false);
    expect(isBusinessNumber('061340000122')).toBe(false);
    expect(isBusinessNumber('06014000012')).toBe(false);
  });

  it('are found as a person\'s where they stand alone, not within a longer number', () => {
    expect(namesAPerson('900101300126')).toBe(true);
    expect(namesAPerson('no. 900101300126/a')).toBe(true);
    expect(namesAPerson('1900101300126')).toBe(false);
    expect(namesAPerson('060140000122')).toBe(false);
  });

  it('are never both', () => fc.assert(fc.property(fc.stringMatching(/^[0-9]{12}$/), (number) => !(isBusinessNumber(number) && namesAPerson(number)))));
});

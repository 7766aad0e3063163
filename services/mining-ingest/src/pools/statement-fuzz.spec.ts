import fc from 'fast-check';
import { fuzz } from '../spec-support/statement-fuzz.js';
import { STATEMENT_SAMPLES } from '../spec-support/statement-samples.js';
import { STATEMENT_FORMATS, STATEMENT_PARSERS } from './statement-formats.adapter.js';
import { UnreadableStatement } from './statement.js';

const context = { pool: 'any-pool', account: 'reserve-01', asset: 'bip122:000000000019d6689c085ae165831e93/slip44:0', decimals: 8, referenceOf: () => 'ab'.repeat(16) };

describe('every parser of statements', () => {
  it.each(STATEMENT_SAMPLES.map((sample) => [`${sample.format}, ${sample.name}`, sample] as const))('finds each row of its sample: %s', (_name, { format, media, text, rows }) => {
    expect(STATEMENT_PARSERS.get(format)?.parse(new TextEncoder().encode(text), context, media).rows).toHaveLength(rows);
  });

  it.each(STATEMENT_FORMATS)('loses no row and accepts nothing its rules refuse, whatever is done to its samples: %s', (format) => {
    const report = fuzz(format, 2_000, 20_260_220);
    const { unreadable, ...understood } = report.rows;
    // A run that never got past the envelope, or never met a fault, would prove nothing.
    expect(unreadable).toBeGreaterThan(100);
    expect(Object.values(understood).reduce((sum, count) => sum + count)).toBeGreaterThan(150);
    expect(report.refused).toBeGreaterThan(100);
  });

  it.each(STATEMENT_FORMATS)('meets JSON it has never seen with a reason: %s', (format) => {
    const parser = STATEMENT_PARSERS.get(format);
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('data', 'rows', 'transactions', 'onchain'), (value, name) => {
        for (const document of [value, { status: 'OK', code: 0, [name]: value }, { status: 'OK', [name]: [value] }]) {
          try {
            parser?.parse(new TextEncoder().encode(JSON.stringify(document)), context, 'json');
          } catch (error) {
            expect(error).toBeInstanceOf(UnreadableStatement);
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});

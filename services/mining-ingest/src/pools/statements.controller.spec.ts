import { STATEMENT_FORMATS, STATEMENT_PARSERS } from './statement-formats.adapter.js';
import { BTCPOOL_EXAMPLE, CANONICAL_EXAMPLE } from './statements.controller.js';
import { FORMATS } from './statements.dto.js';

const context = { pool: 'btcpool-kz', account: 'reserve-01', asset: 'bip122:000000000019d6689c085ae165831e93/slip44:0', decimals: 8 };

describe('the door for statements', () => {
  it('offers exactly the formats that can be read', () => expect([...FORMATS].sort()).toEqual([...STATEMENT_FORMATS].sort()));

  it('shows examples that are one payout by either format', () => {
    const read = (format: string, document: object): unknown => STATEMENT_PARSERS.get(format)?.parse(new TextEncoder().encode(JSON.stringify(document)), context, 'json');
    const { outputIndex, paidAt, ...same } = CANONICAL_EXAMPLE;
    expect(read('btcpool-kz', BTCPOOL_EXAMPLE)).toMatchObject({ rows: [{ kind: 'payout', claim: { ...same, paidAt: new Date(paidAt).toISOString() } }], doubts: [] });
    expect(read('canonical', [CANONICAL_EXAMPLE])).toMatchObject({ rows: [{ kind: 'payout', claim: { ...same, outputIndex, paidAt } }] });
  });
});

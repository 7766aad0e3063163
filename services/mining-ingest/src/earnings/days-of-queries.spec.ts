import { parseMessage, type MessageClass } from '@qazyna/contracts';
import { JudgementQuery } from '../plausibility/plausibility.controller.js';
import { AccountsReportQuery, DaysReportQuery } from '../reconciliation/reconciliation.controller.js';
import { EarningsQuery } from './earnings.query.js';

function broken(type: MessageClass, query: Readonly<Record<string, string>>): string[] {
  const parsed = parseMessage(type, query);
  return parsed.ok ? [] : parsed.errors.map(({ field, rule }) => `${field}:${rule}`);
}

describe('a day in a query', () => {
  it.each([
    ['earnings', EarningsQuery, {}],
    ['judgements', JudgementQuery, {}],
    ['the reconciliation of accounts', AccountsReportQuery, {}],
    ['the reconciliation of days', DaysReportQuery, { pool: 'btcpool-kz', account: 'reserve-01' }],
  ] as const)('of %s is a day of the calendar, or is refused with its field', (_of, type, rest) => {
    expect(broken(type, { ...rest, from: '2024-02-29', to: '2026-03-01' })).toEqual([]);
    for (const day of ['2026-02-31', '2026-02-29', '2026-13-01', '2026-3-1', '2026-03-01T00:00:00Z', '']) {
      expect(broken(type, { ...rest, from: day })).toEqual(['from:isDay']);
      expect(broken(type, { ...rest, from: '2026-01-01', to: day })).toEqual(['to:isDay']);
    }
  });
});

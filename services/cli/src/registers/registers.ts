import type { Role } from '@qazyna/service-kit';
import { printableInLine } from '../terminal.js';

/** Lists that officers read and that the command line shows, one table for all. */

export interface Filter {
  /** As on the command line, such as `--legal-status <status>`. */
  readonly flags: string;
  readonly help: string;
  /** The query's own name. */
  readonly name: string;
}

export interface Register {
  readonly command: string;
  readonly about: string;
  readonly path: string;
  /** Service whose address is asked for in the environment. */
  readonly service: 'INTAKE_URL' | 'MINING_URL';
  readonly filters: readonly Filter[];
  /** Fields of a row as a person reads it, by their path. */
  readonly columns: readonly string[];
  readonly what: string;
  /** Whether a row says that something is wrong: then the command ends as with a finding. */
  readonly isFinding?: (row: unknown) => boolean;
}

const from = (name: string, what: string): Filter => ({ flags: '--from <time>', help: `${what} at this time or later`, name });
const to = (name: string, what: string): Filter => ({ flags: '--to <time>', help: `${what} before this time`, name });
const POOL: Filter = { flags: '--pool <name>', help: 'only of this pool', name: 'pool' };
const ACCOUNT: Filter = { flags: '--account <name>', help: 'only of this account at the pool', name: 'account' };

export const CASES: Register = {
  command: 'cases',
  about: 'seizure cases, their assets and their acts',
  path: '/v1/cases',
  service: 'INTAKE_URL',
  what: 'case',
  filters: [
    { flags: '--agency <name>', help: 'only of this agency', name: 'agency' },
    { flags: '--state <status>', help: 'only of this legal status; "mixed" where assets differ', name: 'legalStatus' },
    { flags: '--asset <caip19>', help: 'only with this asset', name: 'asset' },
    { flags: '--place <kind>', help: 'only with an asset at such a place: address, exchange-account, device, equipment …', name: 'place' },
    { flags: '--act <act>', help: 'only with such an act', name: 'act' },
    { flags: '--lapses-before <time>', help: 'only with a restriction that lapses before this time', name: 'lapsesBefore' },
    from('from', 'changed'),
    to('to', 'changed'),
  ],
  columns: ['caseId', 'legalStatus', 'held', 'restrictionLapsesAt', 'changedAt'],
};

export const PAYOUTS: Register = {
  command: 'payouts',
  about: 'payouts that pools claim, and what became of them',
  path: '/v1/payouts',
  service: 'MINING_URL',
  what: 'payout',
  filters: [
    { flags: '--state <state>', help: 'received, accepted, held or rejected', name: 'status' },
    { flags: '--reason <code>', help: 'only held for this reason, now or before', name: 'reason' },
    POOL,
    ACCOUNT,
    { flags: '--licence <id>', help: 'only under this licence', name: 'licenceId' },
    { flags: '--asset <caip19>', help: 'only of this asset', name: 'asset' },
    from('paidFrom', 'paid'),
    to('paidBefore', 'paid'),
  ],
  columns: ['payoutId', 'status', 'claim.amount', 'claim.paidAt', 'licenceId', 'reasons.0.code'],
};

export const LICENCES: Register = {
  command: 'licences',
  about: 'mining licences and what became of them',
  path: '/v1/licences',
  service: 'MINING_URL',
  what: 'licence',
  filters: [
    { flags: '--state <status>', help: 'only with this status', name: 'status' },
    { flags: '--at <time>', help: 'the moment the status is judged at', name: 'at' },
    { flags: '--holder <name>', help: 'only of this holder', name: 'holder' },
    { flags: '--energy-source <name>', help: 'only with this energy source', name: 'energySource' },
    { flags: '--over-quota <yes|no>', help: 'only with, or without, a month over quota', name: 'overQuota' },
  ],
  columns: ['licenceId', 'status', 'since', 'holder'],
};

const RANGE: readonly Filter[] = [
  { flags: '--from <day>', help: 'first day, such as 2026-03-01', name: 'from' },
  { flags: '--to <day>', help: 'the day after the last; a month later when left out', name: 'to' },
];
const ONE_ACCOUNT: readonly Filter[] = [{ ...POOL, help: 'the pool' }, { ...ACCOUNT, help: 'the account at the pool' }];

/** What pools owe, paid and declared, held against each other. */
export const RECONCILIATION: readonly Register[] = [
  {
    command: 'accounts',
    about: 'every registered pool account over a range of days: where it does not add up',
    path: '/v1/reconciliation/accounts',
    service: 'MINING_URL',
    what: 'account',
    filters: [...RANGE, POOL],
    columns: ['poolAccountId', 'earned', 'fees', 'paid', 'balance', 'overpaid', 'overpaidDays', 'statutoryDifferences'],
    isFinding: (row) => valueAt(row, 'overpaid') === 'true' || !['-', '0'].includes(valueAt(row, 'overpaidDays')) || !['-', '0'].includes(valueAt(row, 'statutoryDifferences')),
  },
  {
    command: 'days',
    about: 'earnings, fees, payouts and the balance of one account, day by day',
    path: '/v1/reconciliation',
    service: 'MINING_URL',
    what: 'day',
    filters: [...ONE_ACCOUNT, ...RANGE, { flags: '--only <overpaid>', help: 'only days at whose end more was paid than ever credited', name: 'only' }],
    columns: ['date', 'earned', 'fees', 'paid', 'balance', 'overpaid'],
    isFinding: (row) => valueAt(row, 'overpaid') === 'true',
  },
  {
    command: 'statutory',
    about: 'differences between the statutory feed and the pool\'s own payouts',
    path: '/v1/reconciliation/statutory',
    service: 'MINING_URL',
    what: 'difference',
    filters: [...ONE_ACCOUNT, ...RANGE, { flags: '--code <kind>', help: 'only of this kind: not-declared, not-paid, other-wallet, other-amount, other-day or other-licence', name: 'code' }],
    columns: ['code', 'payoutId', 'sequence', 'paid', 'declared'],
    isFinding: () => true,
  },
];

/** What waits for an officer: where it is listed and how a line of it reads. */
export const HOLDS: readonly { readonly kind: string; readonly path: string; readonly query: Readonly<Record<string, string>>; readonly service: Register['service']; readonly columns: readonly string[] }[] = [
  { kind: 'payout', path: '/v1/payouts', query: { status: 'held' }, service: 'MINING_URL', columns: ['payoutId', 'claim.amount', 'reasons.0.code', 'reasons.0.message'] },
  { kind: 'screening', path: '/v1/screening/hits', query: {}, service: 'INTAKE_URL', columns: ['subjectId', 'standing', 'reasons.0'] },
  { kind: 'act', path: '/v1/cases', query: { held: 'yes' }, service: 'INTAKE_URL', columns: ['caseId', 'legalStatus', 'held'] },
];

/** Role that a sandbox token is asked for: one that may decide what is held. */
export const OFFICER: Role = 'compliance-officer';

/** `claim.amount` of a row; a dash where there is nothing. */
export function valueAt(row: unknown, path: string): string {
  let value = row;
  for (const part of path.split('.')) value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[part] : undefined;
  if (value === undefined || value === null) return '-';
  return printableInLine(typeof value === 'string' ? value : JSON.stringify(value));
}

/** Rows under their headings, columns as wide as their widest value. */
export function tableText(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, column) => Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string => `${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()}\n`;
  return [headings, ...rows].map(line).join('');
}

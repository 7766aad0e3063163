import { parseMessage, StatutoryEntry } from '@qazyna/contracts';
import { isSourceObject, type RowReader } from './row-reader.adapter.js';
import { listOf, parserOf, type RowKind } from './family-parser.adapter.js';
import { isBusinessNumber, namesAPerson } from './personal-number.js';
import { UnreadableStatement, type ParsedStatement, type PoolStatementParser, type StatementContext, type StatementRow } from './statement.js';

/**
 * The statutory pool feed (order of 20 February 2026): sequence number, taxpayer's number, miner's name, licence
 * number and date, wallet, distribution date, and an amount in decimal coins where there is one. The order names the
 * columns' meaning, not their spelling: these names are ours.
 *
 * What names a person never reaches a stream. Names, and numbers of natural persons, become keyed references; in place
 * of the bytes a redacted copy is kept, and the SHA-256 stays that of the bytes as they came.
 */
const REQUIRED = ['sequence', 'taxpayer', 'miner', 'licenceNumber', 'licenceDate', 'wallet', 'distributedAt'] as const;
const OPTIONAL = ['amount'] as const;
const FIELDS: readonly string[] = [...REQUIRED, ...OPTIONAL];
const NAME_CHARACTERS_MAX = 300;

const ENTRIES: RowKind = {
  columns: REQUIRED,
  optional: OPTIONAL,
  read(row, index, context): StatementRow {
    const unknown = row.names().some((name) => !FIELDS.includes(name));
    // Neither its name nor its content is repeated: it may be a person's.
    if (unknown) throw row.fault('row-invalid', '', `a row has the fields ${FIELDS.join(', ')} and no other`);
    const miner = row.text('miner').normalize('NFC').trim();
    if (miner === '' || miner.length > NAME_CHARACTERS_MAX) throw row.fault('row-invalid', 'miner', `miner must be a name of 1 to ${NAME_CHARACTERS_MAX} characters`);
    for (const field of ['sequence', 'licenceNumber', 'wallet'] as const) {
      if (namesAPerson(row.text(field))) throw row.fault('row-personal', field, `${field} must not hold a person's identity number`);
    }
    const parsed = parseMessage(StatutoryEntry, {
      sequence: row.text('sequence'),
      taxpayer: taxpayerOf(row, context),
      miner: `name:${referenceOf(context, `name ${miner}`)}`,
      licenceNumber: row.text('licenceNumber'),
      licenceDate: row.day('licenceDate'),
      wallet: row.text('wallet'),
      distributedAt: row.time('distributedAt'),
      ...(row.has('amount') ? { amount: row.coinsText('amount', context.decimals).toString() } : {}),
    });
    if (parsed.ok) return { kind: 'statutory', row: index, entry: parsed.value };
    throw row.fault('row-invalid', parsed.errors[0]?.field ?? '', parsed.errors.map(({ message }) => message).join('; '));
  },
};

function taxpayerOf(row: RowReader, context: StatementContext): string {
  const number = row.text('taxpayer');
  if (!/^[0-9]{12}$/.test(number)) throw row.fault('row-invalid', 'taxpayer', 'taxpayer must be a number of 12 digits');
  return isBusinessNumber(number) ? `bin:${number}` : `person:${referenceOf(context, `person ${number}`)}`;
}

function referenceOf({ referenceOf }: StatementContext, personal: string): string {
  if (referenceOf === undefined) throw new UnreadableStatement('person-key-missing', 'the statutory feed names persons: set QAZYNA_PERSON_REFERENCE_KEY, so that references can stand in their place');
  return referenceOf(personal);
}

const parser = parserOf({
  format: 'statutory',
  kinds: [ENTRIES],
  lineKind: ENTRIES,
  open: (document) => ({ lists: [{ path: '', rows: isSourceObject(document) ? [document] : listOf(document, ''), kindOf: () => ENTRIES }] }),
});

export const statutory: PoolStatementParser = {
  format: parser.format,
  parse(raw, context, media) {
    referenceOf(context, 'name');
    const parsed = parser.parse(raw, context, media);
    return { ...parsed, rows: parsed.rows.map(withoutContent), kept: redacted(parsed) };
  },
};

/** The reason a row cannot be read, without what stands in it. */
function withoutContent(row: StatementRow): StatementRow {
  if (row.kind !== 'unreadable') return row;
  return { ...row, message: RULES[row.code] ?? row.message };
}

/** Messages of these codes quote the value. */
const RULES: Readonly<Record<string, string>> = {
  'row-not-json': 'the line is not JSON',
  malformed: 'amount must be decimal coins such as 0.00149377',
  'leading-zeros': 'amount must be decimal coins such as 0.00149377',
  'sign-not-allowed': 'amount must not have a sign',
  'too-precise': 'amount has too many decimals',
  'too-large': 'amount is beyond all amounts',
  'too-long': 'amount is too long',
  empty: 'amount must be decimal coins such as 0.00149377',
};

/** What is kept of the bytes: every row that was understood with references for names, and of the others the reason. */
function redacted({ rows }: ParsedStatement): Uint8Array {
  const lines = rows.map((row) => JSON.stringify(row.kind === 'statutory' ? { row: row.row, ...row.entry } : withoutContent(row)));
  return new TextEncoder().encode(`${JSON.stringify({ format: 'statutory', redacted: true, rows: rows.length })}\n${lines.join('\n')}\n`);
}

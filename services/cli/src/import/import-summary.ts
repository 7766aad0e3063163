import { printableInLine } from '../terminal.js';
import type { RowAnswer, StatementAnswer } from './statements.client.js';

/** Answers of all pieces of a file as one. */
export interface ImportSummary {
  readonly file: string;
  readonly dryRun: boolean;
  readonly rows: number;
  /** Rows by their result. */
  readonly summary: Readonly<Record<string, number>>;
  readonly statements: readonly { readonly statementId: string; readonly sha256: string; readonly duplicate: boolean }[];
  readonly doubts: StatementAnswer['doubts'];
  /** Rows that a person should look at: held, refused, unreadable, flagged. */
  readonly findings: readonly RowAnswer[];
}

const IN_ORDER: ReadonlySet<string> = new Set(['accepted', 'duplicate', 'recorded', 'information']);

export class ImportTally {
  private rows = 0;
  private readonly summary: Record<string, number> = {};
  private readonly statements: { statementId: string; sha256: string; duplicate: boolean }[] = [];
  private readonly doubts: StatementAnswer['doubts'][number][] = [];
  private readonly findings: RowAnswer[] = [];

  constructor(
    private readonly file: string,
    private readonly dryRun: boolean,
  ) {}

  add({ statementId, sha256, duplicate, summary, doubts, results }: StatementAnswer, linesBefore: number): void {
    const rowsBefore = this.rows;
    this.rows += results.length;
    this.statements.push({ statementId, sha256, duplicate });
    this.doubts.push(...doubts);
    for (const [status, count] of Object.entries(summary)) this.summary[status] = (this.summary[status] ?? 0) + count;
    for (const result of results) {
      if (IN_ORDER.has(result.status)) continue;
      this.findings.push({ ...result, row: rowsBefore + result.row, ...(result.line === undefined ? {} : { line: linesBefore + result.line }) });
    }
  }

  done(): ImportSummary {
    const { file, dryRun, rows, summary, statements, doubts, findings } = this;
    return { file, dryRun, rows, summary, statements, doubts, findings };
  }
}

export function isClean({ findings, doubts }: ImportSummary): boolean {
  return findings.length === 0 && doubts.length === 0;
}

/** Findings shown to a person; `--json` has them all. */
const SHOWN_MAX = 50;

export function summaryText(summary: ImportSummary): string {
  const { file, dryRun, rows, statements, doubts, findings } = summary;
  const counts = Object.entries(summary.summary).sort(([a], [b]) => a.localeCompare(b)).map(([status, count]) => `${count} ${status}`);
  const lines = [`${printableInLine(file)}: ${rows} rows${counts.length === 0 ? '' : `: ${counts.join(', ')}`}${dryRun ? ' (dry run: nothing is recorded)' : ''}`];
  for (const { field, message } of doubts) lines.push(`  doubt  ${printableInLine(field)}: ${printableInLine(message)}`);
  for (const finding of findings.slice(0, SHOWN_MAX)) lines.push(`  ${findingText(finding)}`);
  if (findings.length > SHOWN_MAX) lines.push(`  and ${findings.length - SHOWN_MAX} more: all of them with --json`);
  if (!dryRun) for (const { statementId, duplicate } of statements) lines.push(`  kept as ${printableInLine(statementId)}${duplicate ? ' (it was there)' : ''}`);
  return `${lines.join('\n')}\n`;
}

function findingText({ row, line, status, paymentId, code, field, message, reasons }: RowAnswer): string {
  const place = line === undefined ? `row ${row}` : `line ${line}`;
  const why = reasons?.map((reason) => `${reason.code}: ${reason.message}`).join('; ') ?? `${code ?? ''}${field === undefined || field === '' ? '' : ` (${field})`}: ${message ?? ''}`;
  return printableInLine(`${place.padEnd(10)} ${status.padEnd(10)} ${paymentId === undefined ? '' : `${paymentId}  `}${why}`);
}

import { Inject, Injectable } from '@nestjs/common';
import { Field, IdentifierField, type StatementCounts, type StatementDoubtNoted, type UnreadableRow } from '@qazyna/contracts';
import type { ReadModelHost } from '@qazyna/service-kit';
import { STATEMENTS_READ_MODEL } from '../read-model.token.js';

/** Filters and paging of the list of statements. */
export class StatementListQuery {
  @IdentifierField.pool({ optional: true })
  pool?: string;

  @IdentifierField.name({ optional: true, description: 'Account at the pool' })
  account?: string;

  @Field.oneOf(['upload', 'poll'], { optional: true, description: 'Who brought it' })
  broughtBy?: string;

  @Field.sha256({ optional: true, description: 'SHA-256 of the raw bytes' })
  sha256?: string;

  @Field.instant({ optional: true, description: 'Received at this time or later' })
  from?: string;

  @Field.instant({ optional: true, description: 'Received before this time' })
  to?: string;

  @Field.text({ optional: true, max: 512, description: 'The `next` of the page before' })
  after?: string;

  @Field.text({ optional: true, max: 9, description: 'Most items of a page, up to 1,000 (default 100)' })
  limit?: string;
}

export interface ListedStatement {
  readonly statementId: string;
  readonly sequence: string;
  readonly pool: string;
  readonly account: string;
  readonly sha256: string;
  readonly format: string;
  readonly media: string;
  readonly broughtBy: string;
  readonly bytes: number;
  readonly rows: number;
  /** True when the kept bytes have references in place of persons. */
  readonly redacted: boolean;
  readonly counts: StatementCounts | null;
  readonly doubts: readonly StatementDoubtNoted[];
  /** The first hundred rows that could not be understood. */
  readonly unreadable: readonly UnreadableRow[];
  readonly receivedAt: string;
}

const COLUMNS = `statement_id AS statementId, sequence, pool, account, sha256, format, media, brought_by AS broughtBy, bytes, row_count AS rows, redacted,
  counts, doubts, unreadable, received_at AS receivedAt`;

@Injectable()
export class StatementList {
  constructor(@Inject(STATEMENTS_READ_MODEL) private readonly model: ReadModelHost) {}

  /** In order of receipt, from after the cursor's sequence. */
  page({ pool, account, broughtBy, sha256, from, to }: StatementListQuery, after: string | undefined, limit: number): ListedStatement[] {
    const instant = (time: string | undefined): string | undefined => (time === undefined ? undefined : new Date(time).toISOString());
    const filters: [string, string | undefined][] = [
      ['sequence > ?', after], ['pool = ?', pool], ['account = ?', account], ['brought_by = ?', broughtBy], ['sha256 = ?', sha256],
      ['received_at >= ?', instant(from)], ['received_at < ?', instant(to)],
    ];
    const used = filters.filter((filter): filter is [string, string] => filter[1] !== undefined);
    const where = used.length === 0 ? '' : `WHERE ${used.map(([condition]) => condition).join(' AND ')}`;
    const rows = this.model.db.prepare(`SELECT ${COLUMNS} FROM statements ${where} ORDER BY sequence LIMIT ?`).all(...used.map(([, value]) => value), limit);
    return rows.map((row) => listed(row as unknown as Row));
  }

  one(statementId: string): ListedStatement | undefined {
    const row = this.model.db.prepare(`SELECT ${COLUMNS} FROM statements WHERE statement_id = ?`).get(statementId);
    return row === undefined ? undefined : listed(row as unknown as Row);
  }
}

type Row = Omit<ListedStatement, 'counts' | 'doubts' | 'unreadable' | 'redacted'> & { readonly counts: string; readonly doubts: string; readonly unreadable: string; readonly redacted: number };

function listed(row: Row): ListedStatement {
  return {
    ...row,
    redacted: row.redacted === 1,
    counts: JSON.parse(row.counts) as StatementCounts | null,
    doubts: JSON.parse(row.doubts) as StatementDoubtNoted[],
    unreadable: JSON.parse(row.unreadable) as UnreadableRow[],
  };
}

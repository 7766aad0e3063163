import { Inject, Injectable } from '@nestjs/common';
import type { ListVersion, ScreenedAddress, ScreeningResult } from '@qazyna/contracts';
import type { ReadModelHost } from '@qazyna/service-kit';
import { SCREENING_READ_MODEL } from '../read-model.token.js';
import { addressForm } from './screened-address.adapter.js';
import type { HitQuery, ListHistoryQuery } from './screening.dto.js';

export interface ListedSubject {
  readonly subjectId: string;
  readonly kind: string;
  /** `waiting`, `held`, `kept` and `to-return` hold; `clear` and `released` do not. */
  readonly standing: string;
  readonly reasons: readonly string[];
  readonly unknownSources: number;
  /** What a decision must name. */
  readonly basis: string | null;
  readonly given: readonly { readonly officer: string; readonly organisation: string; readonly decision: string; readonly reason: string; readonly at: string }[];
  readonly decided: { readonly decision: string; readonly officers: readonly string[]; readonly at: string } | null;
  readonly requestedAt: string;
  readonly changedAt: string;
  readonly sequence: string;
}

export interface ShownSubject extends ListedSubject {
  readonly addresses: readonly ScreenedAddress[];
  readonly results: readonly ScreeningResult[];
  readonly lists: readonly ListVersion[];
}

export interface ListEventRow {
  readonly list: string;
  readonly kind: string;
  readonly at: string;
  readonly actor: string;
  readonly detail: unknown;
  readonly sequence: string;
}

const COLUMNS = `subject_id, kind, standing, reasons, unknown_sources, basis, given, decided, requested_at, changed_at, sequence, results, lists`;

type Row = Readonly<Record<string, string | number | null>>;

@Injectable()
export class ScreeningList {
  constructor(@Inject(SCREENING_READ_MODEL) private readonly model: ReadModelHost) {}

  page({ standing = 'held', kind, address, reason }: HitQuery, after: string | undefined, limit: number): ListedSubject[] {
    const filters: [string, string | undefined][] = [
      ['sequence > ?', after],
      ['standing = ?', standing === 'all' ? undefined : standing],
      ['kind = ?', kind],
      ['subject_id IN (SELECT subject_id FROM addresses WHERE address = ?)', address === undefined ? undefined : addressForm(address).address],
      ['EXISTS (SELECT 1 FROM json_each(reasons) WHERE value = ?)', reason],
    ];
    const used = filters.filter((filter): filter is [string, string] => filter[1] !== undefined);
    const where = used.length === 0 ? '' : `WHERE ${used.map(([condition]) => condition).join(' AND ')}`;
    const rows = this.model.db.prepare(`SELECT ${COLUMNS} FROM subjects ${where} ORDER BY sequence LIMIT ?`).all(...used.map(([, value]) => value), limit);
    return (rows as unknown as Row[]).map(listed);
  }

  one(subjectId: string): ShownSubject | undefined {
    const row = this.model.db.prepare(`SELECT ${COLUMNS} FROM subjects WHERE subject_id = ?`).get(subjectId) as unknown as Row | undefined;
    if (row === undefined) return undefined;
    const addresses = this.model.db.prepare('SELECT address, chain FROM addresses WHERE subject_id = ? ORDER BY chain, address').all(subjectId) as unknown as ScreenedAddress[];
    return { ...listed(row), addresses, results: JSON.parse(String(row['results'])) as ScreeningResult[], lists: JSON.parse(String(row['lists'])) as ListVersion[] };
  }

  history({ list, kind }: ListHistoryQuery, before: string | undefined, limit: number): ListEventRow[] {
    const filters: [string, string | undefined][] = [['sequence < ?', before], ['list = ?', list], ['kind = ?', kind]];
    const used = filters.filter((filter): filter is [string, string] => filter[1] !== undefined);
    const where = used.length === 0 ? '' : `WHERE ${used.map(([condition]) => condition).join(' AND ')}`;
    const rows = this.model.db.prepare(`SELECT list, kind, at, actor, body, sequence FROM list_events ${where} ORDER BY sequence DESC LIMIT ?`).all(...used.map(([, value]) => value), limit);
    return (rows as unknown as Row[]).map(({ body, ...row }) => ({ ...(row as unknown as ListEventRow), detail: JSON.parse(String(body)) as unknown }));
  }
}

function listed(row: Row): ListedSubject {
  const parsed = <T>(column: string): T => JSON.parse(String(row[column])) as T;
  return {
    subjectId: String(row['subject_id']),
    kind: String(row['kind']),
    standing: String(row['standing']),
    reasons: parsed<string[]>('reasons'),
    unknownSources: Number(row['unknown_sources']),
    basis: row['basis'] === null ? null : String(row['basis']),
    given: parsed<ListedSubject['given']>('given'),
    decided: row['decided'] === null ? null : parsed<NonNullable<ListedSubject['decided']>>('decided'),
    requestedAt: String(row['requested_at']),
    changedAt: String(row['changed_at']),
    sequence: String(row['sequence']),
  };
}

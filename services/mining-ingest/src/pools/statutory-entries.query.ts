import { Inject, Injectable } from '@nestjs/common';
import { Field, IdentifierField } from '@qazyna/contracts';
import type { ReadModelHost } from '@qazyna/service-kit';
import { STATEMENTS_READ_MODEL } from '../read-model.token.js';

/** Filters and paging of the list of statutory entries. */
export class StatutoryEntryQuery {
  @IdentifierField.pool({ optional: true })
  pool?: string;

  @IdentifierField.name({ optional: true, description: 'Account at the pool whose feed it is' })
  account?: string;

  @Field.text({ optional: true, max: 64, description: 'Licence number as the feed has it' })
  licence?: string;

  @IdentifierField.address({ optional: true, description: 'The wallet that was paid' })
  wallet?: string;

  @Field.instant({ optional: true, description: 'Distributed at this time or later' })
  from?: string;

  @Field.instant({ optional: true, description: 'Distributed before this time' })
  to?: string;

  @Field.text({ optional: true, max: 512, description: 'The `next` of the page before' })
  after?: string;

  @Field.text({ optional: true, max: 9, description: 'Most items of a page, up to 1,000 (default 100)' })
  limit?: string;
}

/** An entry of the statutory feed; persons stand behind references. */
export interface ListedStatutoryEntry {
  readonly entryId: string;
  readonly sequence: string;
  readonly pool: string;
  readonly account: string;
  /** Sequence number in the feed. */
  readonly feedSequence: string;
  readonly taxpayer: string;
  readonly miner: string;
  readonly licenceNumber: string;
  readonly licenceDate: string;
  readonly wallet: string;
  readonly distributedAt: string;
  /** Base units; null where the feed names none. */
  readonly amount: string | null;
  readonly statementSha256: string;
  readonly recordedAt: string;
}

@Injectable()
export class StatutoryEntryList {
  constructor(@Inject(STATEMENTS_READ_MODEL) private readonly model: ReadModelHost) {}

  /** In order of recording, from after the cursor's sequence. */
  page({ pool, account, licence, wallet, from, to }: StatutoryEntryQuery, after: string | undefined, limit: number): readonly ListedStatutoryEntry[] {
    const instant = (time: string | undefined): string | undefined => (time === undefined ? undefined : new Date(time).toISOString());
    const filters: [string, string | undefined][] = [
      ['sequence > ?', after], ['pool = ?', pool], ['account = ?', account], ['licence_number = ?', licence], ['wallet = ?', wallet],
      ['distributed_at >= ?', instant(from)], ['distributed_at < ?', instant(to)],
    ];
    const used = filters.filter((filter): filter is [string, string] => filter[1] !== undefined);
    const where = used.length === 0 ? '' : `WHERE ${used.map(([condition]) => condition).join(' AND ')}`;
    return this.model.db
      .prepare(
        `SELECT entry_id AS entryId, sequence, pool, account, feed_sequence AS feedSequence, taxpayer, miner, licence_number AS licenceNumber, licence_date AS licenceDate,
           wallet, distributed_at AS distributedAt, amount, statement_sha256 AS statementSha256, recorded_at AS recordedAt
         FROM statutory_entries ${where} ORDER BY sequence LIMIT ?`,
      )
      .all(...used.map(([, value]) => value), limit) as unknown as ListedStatutoryEntry[];
  }
}

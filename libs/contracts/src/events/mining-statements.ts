import { Field } from '../fields.js';
import { IdentifierField } from '../identifiers.js';
import { StatutoryEntry } from '../upstream/statutory-entry.js';

/** Raw bytes of a statement in one event: with base64, envelope and reasons it stays below a store's limit of 1 MiB. */
export const STATEMENT_PART_BYTES = 600_000;

/** A part of a statement too long for one event; the statement follows when all its parts are kept. */
export class StatementPartKept {
  @Field.sha256({ description: 'SHA-256 of the whole statement\'s raw bytes' })
  sha256!: string;

  @Field.integer({ min: 0, max: 10_000, description: 'Number of the part, from 0; the statement\'s own event has the last' })
  part!: number;

  @Field.text({ max: 900_000, description: 'The part\'s bytes, base64' })
  rawBase64!: string;
}

/** A row of the statutory feed was recorded: it is compared with payouts and credits nothing. */
export class StatutoryEntryRecorded {
  @Field.text({ max: 200, description: 'Identity: `pool.account~sequence`' })
  entryId!: string;

  @IdentifierField.pool()
  pool!: string;

  @IdentifierField.name({ description: 'Account at the pool whose feed it is' })
  account!: string;

  @Field.nested(() => StatutoryEntry, { description: 'What the feed says' })
  entry!: StatutoryEntry;

  @Field.sha256({ description: 'The statement it was read from' })
  statementSha256!: string;
}

/** Everything a pool listed up to a moment was taken: the next poll begins from here. */
export class PollAdvanced {
  @Field.text({ max: 120, description: 'Identity: `pool.account~rows`' })
  pollId!: string;

  @IdentifierField.pool()
  pool!: string;

  @IdentifierField.name({ description: 'Account at the pool' })
  account!: string;

  @Field.instant({ description: 'Time of the latest row that was taken' })
  through!: string;

  @Field.integer({ min: 0, max: 1_000_000_000, description: 'Rows the run met' })
  rows!: number;

  @Field.integer({ min: 0, max: 1_000_000, description: 'Pages the run read' })
  pages!: number;
}

export interface MiningStatementEvents {
  'mining.statement-part-kept': StatementPartKept;
  'mining.statutory-entry-recorded': StatutoryEntryRecorded;
  'mining.poll-advanced': PollAdvanced;
}

import type { StatementSync } from 'node:sqlite';
import type { AddressPurposeKind } from '@qazyna/contracts';
import { uuidV5, type Clock } from '@qazyna/event-store';
import { toInstant, type AssetId } from '@qazyna/ledger';
import type { ReadModelHost, ServiceLogger } from '@qazyna/service-kit';
import { wordsFor } from '../cases/effect-words.query.js';
import { statePropertyTerms, takenBackBy } from '../cases/effects.js';
import type { VaultDirectory } from '../vaults/vault-directory.js';
import { entriesDue, type SettledDeposit } from './deposit-entries.js';
import type { EntryDraft } from './entry-draft.js';
import type { JournalWriter, PostOutcome } from './journal.writer.js';
import { entriesOf } from './journal.view.js';
import { postedEntries } from './posted-entries.js';
import { reachedBy } from './reached.query.js';

/** Namespace of entry ids. Fixed for ever: the journal never holds one cause twice because of it. */
const ENTRY_NAMESPACE = '8d0f6f2a-5f8e-5c33-9b0d-2f6f5f1c7ad1';
const BATCH_MAX = 1_000;
const REFUSED_AGAIN_MS = 60_000;

/** Deposits that lack nothing but what an act of a later day will do are left out: however many, they must not fill a step. */
const DUE_NOW = `
  SELECT * FROM deposits
  WHERE due = 1 AND NOT (state = 'confirmed' AND posted_revision IS confirmed_revision AND held = on_hold AND purpose_kind = 'case' AND max(coalesce(acts_due_at, ''), block_time) > ?)
  LIMIT ?`;

/** An entry that the ledger's rules do not allow. It stays due, and is tried again. */
export interface RefusedEntry {
  readonly entryId: string;
  readonly depositId: string;
  readonly kind: string;
  readonly message: string;
  readonly since: string;
}

export function entryIdOf(name: string): string {
  return uuidV5(ENTRY_NAMESPACE, name);
}

interface Reader {
  all(sql: string, ...values: readonly string[]): readonly Record<string, unknown>[];
  get(sql: string, ...values: readonly string[]): Record<string, unknown> | undefined;
}

const SHOWN = 'SELECT max(number) AS number FROM entries';

/**
 * Brings the journal to what the deposits' own streams say: what is due is a difference, so nothing is forgotten. It is
 * reckoned only from a view that shows every entry of the deposit, so that none follows from a journal of the past.
 */
export class PostingWorker {
  /** The last entry of a deposit that this process posted and the view does not show yet, by its number. */
  private readonly ahead = new Map<string, bigint>();
  /** What the journal held when this process began to post: the view must show that first. */
  private floor: bigint | undefined;
  /** Entries whose id the journal holds, though the view that they were reckoned from did not show it. */
  private known = new Set<string>();
  private readonly refusals = new Map<string, RefusedEntry & { readonly retryAt: number }>();

  constructor(
    private readonly model: ReadModelHost,
    private readonly directory: VaultDirectory,
    private readonly journal: JournalWriter,
    private readonly clock: Clock,
    private readonly logger: ServiceLogger,
  ) {}

  /** For an operator: what could not be posted, and why. */
  get refused(): readonly RefusedEntry[] {
    return [...this.refusals.values()].map(({ entryId, depositId, kind, message, since }) => ({ entryId, depositId, kind, message, since }));
  }

  /** Somebody else may have posted since, or an append may have been carried out that failed: the view shows all of it before anything is due. */
  begin(): void {
    this.floor = undefined;
    this.ahead.clear();
  }

  /** Posts what is due, up to a bound. @returns how many entries were tried */
  async step(): Promise<number> {
    if (!(await this.showsWhatWas())) return 0;
    const limit = BATCH_MAX + this.ahead.size + this.refusals.size;
    const now = this.clock.now();
    const rows = this.model.db.prepare(DUE_NOW).all(now.toISOString(), limit) as unknown as DueRow[];
    const reader = this.reader();
    const due = rows.filter(({ deposit_id: id }) => !this.ahead.has(id)).flatMap((row) => this.draftsOf(row, reader, now.toISOString())).filter(({ entry }) => entry.effectiveAt <= now.toISOString() || entry.kind !== 'reclassification');
    const ids = new Set(due.map(({ entry }) => entry.entryId));
    this.known = new Set([...this.known].filter((id) => ids.has(id)));
    for (const id of this.refusals.keys()) if (!ids.has(id)) this.refusals.delete(id);
    // What presupposes an entry that waits for its next try waits with it.
    const waiting = new Set<string | undefined>();
    const drafts = due.filter(({ entry: { entryId }, notes }) => {
      // A clock that was put back must not make the wait longer.
      const leftMs = (this.refusals.get(entryId)?.retryAt ?? 0) - now.getTime();
      if (leftMs > 0 && leftMs <= REFUSED_AGAIN_MS) waiting.add(notes?.depositId);
      return !waiting.has(notes?.depositId);
    });
    if (drafts.length === 0) return 0;
    try {
      const outcomes = await this.journal.post(drafts);
      outcomes.forEach((outcome, index) => this.settle(drafts[index] as EntryDraft, outcome, now));
    } catch (error) {
      this.begin();
      throw error;
    }
    return drafts.length;
  }

  /** Whether the view has every entry that was not posted from it; what it has of our own is dropped from those waited for. */
  private async showsWhatWas(): Promise<boolean> {
    if (this.floor === undefined) {
      await this.journal.catchUp();
      this.floor = this.journal.entryCount - 1n;
    }
    const { number } = this.model.db.prepare(SHOWN).get() as { readonly number: number | null };
    const shown = BigInt(number ?? -1);
    for (const [depositId, last] of this.ahead) if (last <= shown) this.ahead.delete(depositId);
    return shown >= this.floor;
  }

  private settle(draft: EntryDraft, outcome: PostOutcome, now: Date): void {
    const { entry: { entryId }, notes } = draft;
    switch (outcome.kind) {
      case 'posted':
        this.refusals.delete(entryId);
        if (notes?.depositId !== undefined) this.ahead.set(notes.depositId, outcome.number);
        return;
      case 'duplicate':
        // Somebody else posted it in between, and the view will show it; if not, another entry has its id.
        if (this.known.has(entryId)) return this.refuse(draft, 'INV-11: the journal holds another entry of this id', now);
        this.known.add(entryId);
        this.floor = this.journal.entryCount - 1n;
        return;
      case 'held-back':
        return;
      case 'refused':
        this.refuse(draft, outcome.violations.map(({ invariant, message }) => `${invariant}: ${message}`).join('; '), now);
    }
  }

  private refuse({ entry: { entryId, kind }, notes }: EntryDraft, message: string, now: Date): void {
    const since = this.refusals.get(entryId)?.since ?? now.toISOString();
    this.refusals.set(entryId, { entryId, depositId: notes?.depositId ?? '', kind, message, since, retryAt: now.getTime() + REFUSED_AGAIN_MS });
    this.logger.error({ entryId, kind, depositId: notes?.depositId, reason: message }, 'the ledger refuses an entry: it stays due');
  }

  /** Each statement is prepared once for a whole step. */
  private reader(): Reader {
    const statements = new Map<string, StatementSync>();
    const prepared = (sql: string): StatementSync => {
      const statement = statements.get(sql) ?? this.model.db.prepare(sql);
      statements.set(sql, statement);
      return statement;
    };
    return { all: (sql, ...values) => prepared(sql).all(...values), get: (sql, ...values) => prepared(sql).get(...values) };
  }

  private draftsOf(row: DueRow, reader: Reader, now: string): EntryDraft[] {
    const vault = this.directory.vault(row.vault_id);
    if (vault === undefined) throw new Error(`deposit ${row.deposit_id} is of vault ${row.vault_id}, which is not registered`);
    const posted = postedEntries(entriesOf(reader, row.deposit_id));
    const deposit = settledDeposit(row, vault.class);
    if (deposit.purpose.kind !== 'case') return entriesDue(deposit, posted, entryIdOf);
    const { assetId } = deposit.purpose;
    const words = wordsFor(reader, deposit.purpose.id, assetId);
    const ofCase = { assetId, asset: deposit.asset, amount: deposit.amount, heldSince: toInstant(deposit.blockTime) };
    const at = reachedBy(reader, row.deposit_id, now);
    return entriesDue({ ...deposit, stateProperty: statePropertyTerms(ofCase, words, at), takenBackBy: (cause) => takenBackBy(cause, ofCase, words, at) }, posted, entryIdOf);
  }
}

interface DueRow {
  readonly deposit_id: string;
  readonly vault_id: string;
  readonly asset: string;
  readonly amount: string;
  readonly height: number;
  readonly block_time: string;
  readonly state: string;
  readonly purpose_kind: AddressPurposeKind;
  readonly purpose_id: string;
  readonly purpose_asset_id: string | null;
  readonly confirmed_revision: number | null;
  readonly taken_back_revision: number | null;
  readonly matched_revision: number | null;
  readonly payout_id: string | null;
  readonly matched_licence_id: string | null;
  readonly screened: number;
  readonly held: number;
  readonly screening_revision: number | null;
  readonly screening_at: string | null;
}

function settledDeposit(row: DueRow, vaultClass: SettledDeposit['vaultClass']): SettledDeposit {
  const { matched_revision: matched, payout_id: payoutId, matched_licence_id: licenceId } = row;
  return {
    depositId: row.deposit_id,
    vaultId: row.vault_id,
    vaultClass,
    asset: row.asset as AssetId,
    amount: BigInt(row.amount),
    height: row.height,
    blockTime: row.block_time,
    purpose: { kind: row.purpose_kind, id: row.purpose_id, ...(row.purpose_asset_id === null ? {} : { assetId: row.purpose_asset_id }) },
    confirmedRevision: row.state === 'confirmed' ? (row.confirmed_revision ?? undefined) : undefined,
    takenBackRevision: row.taken_back_revision ?? undefined,
    match: matched === null || payoutId === null || licenceId === null ? undefined : { revision: matched, payoutId, licenceId },
    stateProperty: [],
    takenBackBy: () => undefined,
    ...(row.screened === 0 ? {} : { screening: screeningOf(row) }),
  };
}

/** Before the first word it is held by its own appearance. */
function screeningOf({ deposit_id: depositId, held, screening_revision: revision, screening_at: at, block_time: blockTime }: DueRow): NonNullable<SettledDeposit['screening']> {
  if (revision === null || at === null) return { held: true, cause: `deposit-${depositId}@0`, at: blockTime };
  return { held: held === 1, cause: `custody-screening-${depositId}@${revision}`, at };
}

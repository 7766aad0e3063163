import { createHash, type Hash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { open, readFile, rename, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { Balances, type AccountName, type AssetId, type BalancesOptions } from '@qazyna/ledger';
import { EntryIds, ID_BYTES, type Lanes } from './entry-ids.js';

/** Raised with every change of what a fold is or of this file: an older snapshot is then no state of ours. */
const FORMAT = 'qazyna-journal-snapshot-1';
const CHUNK_BYTES = 4 * 1024 * 1024;
const LINES_A_TURN = 5_000;
const PENDING_FIRST = 1024;

/** A state of the journal: everything that its entries up to `next` lead to. */
export interface JournalState {
  readonly balances: Balances;
  readonly ids: EntryIds;
  /** Revision of the first entry that is not in it. */
  readonly next: bigint;
  /** Id of the last entry that is: what the snapshot is recognised by. */
  readonly lastEntryId: string;
}

interface Header {
  readonly format: string;
  /** Entries it was made of. */
  readonly entryCount: number;
  readonly lastEntryId: string;
  readonly idsSha256: string;
  readonly unprovenCompensations: number;
  readonly corrected: readonly string[];
}

/** A snapshot that cannot be used; the journal is folded from its start instead. */
export class SnapshotUnusable extends Error {
  override readonly name = 'SnapshotUnusable';
}

/**
 * The journal's state in two files of the data folder: `journal-ids.bin`, 16 bytes for each entry in their order, which
 * only grows; and `journal-snapshot.jsonl`, a header, a line for each account and asset, and the hash of what is above.
 * Both are a cache: they are checked in full when they are read, and thrown away at the first doubt.
 */
export class JournalSnapshots {
  private readonly folder: string;
  /** Ids noted and not in the file yet: `pendingCount` of them, from the start. */
  private pending = Buffer.alloc(PENDING_FIRST * ID_BYTES);
  private pendingCount = 0;
  private noted = 0n;
  private idsHash: Hash = createHash('sha256');
  private saving: Promise<void> | undefined;

  constructor(dataDir: string) {
    this.folder = dataDir;
  }

  /** Notes that the journal's entry of this revision has this id. Entries come in order; one that was noted is ignored. */
  note(revision: bigint, [a, b, c, d]: Lanes): void {
    if (revision !== this.noted) return;
    const at = this.pendingCount * ID_BYTES;
    if (at === this.pending.length) this.pending = Buffer.concat([this.pending, Buffer.alloc(at)]);
    this.pending.writeInt32BE(a, at);
    this.pending.writeInt32BE(b, at + 4);
    this.pending.writeInt32BE(c, at + 8);
    this.pending.writeInt32BE(d, at + 12);
    this.pendingCount += 1;
    this.noted += 1n;
  }

  /** @throws {SnapshotUnusable} why it is not to be believed. Undefined when there is none. */
  async load(options: BalancesOptions): Promise<JournalState | undefined> {
    if (!existsSync(this.snapshotPath)) return undefined;
    const { header, accounts } = readSnapshot(await this.readText());
    const next = BigInt(header.entryCount);
    const { ids, hash } = await this.readIds(header.entryCount);
    if (hash.copy().digest('hex') !== header.idsSha256) throw new SnapshotUnusable('the ids beside it are not those it was made with');
    let balances: Balances;
    try {
      balances = Balances.restore({ ...header, accounts }, options);
    } catch (cause) {
      throw new SnapshotUnusable('its balances break the rules of the ledger', { cause });
    }
    this.noted = next;
    this.pendingCount = 0;
    this.idsHash = hash;
    return { balances, ids, next, lastEntryId: header.lastEntryId };
  }

  /** Forgets what was noted and loaded: the next snapshot begins from nothing. */
  reset(): void {
    this.noted = 0n;
    this.pendingCount = 0;
    this.idsHash = createHash('sha256');
  }

  /**
   * Writes a state; the balances must not change meanwhile. One at a time: while one is being written, another is not begun.
   * @returns whether it was written
   */
  async save(state: Omit<JournalState, 'ids'>): Promise<boolean> {
    if (this.saving !== undefined || state.next === 0n || state.next > this.noted) return false;
    this.saving = this.write(state);
    try {
      await this.saving;
      return true;
    } finally {
      this.saving = undefined;
    }
  }

  /** Resolves when nothing is being written. */
  async idle(): Promise<void> {
    await this.saving?.catch(() => undefined);
  }

  private get snapshotPath(): string {
    return join(this.folder, 'journal-snapshot.jsonl');
  }

  private get idsPath(): string {
    return join(this.folder, 'journal-ids.bin');
  }

  private async readText(): Promise<string> {
    try {
      return await readFile(this.snapshotPath, 'utf8');
    } catch (cause) {
      // Unreadable, or longer than a text can be.
      throw new SnapshotUnusable('it cannot be read', { cause });
    }
  }

  private async write({ balances, next, lastEntryId }: Omit<JournalState, 'ids'>): Promise<void> {
    mkdirSync(this.folder, { recursive: true });
    const idsSha256 = await this.writeIds(next);
    const { accounts, ...counts } = balances.state();
    if (BigInt(counts.entryCount) !== next) throw new Error(`the balances are of ${counts.entryCount} entries and not of ${next}`);
    const header: Header = { format: FORMAT, lastEntryId, idsSha256, ...counts };
    const temporary = `${this.snapshotPath}.new`;
    const file = await open(temporary, 'w');
    try {
      const hash = createHash('sha256');
      const put = async (text: string): Promise<void> => {
        hash.update(text);
        await file.write(text);
      };
      await put(`${JSON.stringify(header)}\n`);
      for (let from = 0; from < accounts.length; from += LINES_A_TURN) {
        const lines = accounts.slice(from, from + LINES_A_TURN).map(({ account, asset, balance }) => JSON.stringify([account, asset, String(balance)]));
        await put(`${lines.join('\n')}\n`);
      }
      await file.write(`${JSON.stringify({ sha256: hash.digest('hex') })}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, this.snapshotPath);
  }

  /** Brings the file of ids to `next` entries. A crash leaves more than the snapshot knows of, which is written over. */
  private async writeIds(next: bigint): Promise<string> {
    const firstOffset = this.noted - BigInt(this.pendingCount);
    const countOffset = next - firstOffset;
    const count = Number(countOffset);
    if (count > 0) {
      // A copy: more is noted while it is being written.
      const bytes = Buffer.from(this.pending.subarray(0, count * ID_BYTES));
      const file = await open(this.idsPath, firstOffset === 0n ? 'w' : 'r+');
      try {
        await file.write(bytes, 0, bytes.length, Number(firstOffset) * ID_BYTES);
        await file.datasync();
      } finally {
        await file.close();
      }
      this.idsHash.update(bytes);
      this.pending.copyWithin(0, count * ID_BYTES, this.pendingCount * ID_BYTES);
      this.pendingCount -= count;
    }
    return this.idsHash.copy().digest('hex');
  }

  private async readIds(count: number): Promise<{ readonly ids: EntryIds; readonly hash: Hash }> {
    const ids = new EntryIds(count);
    const hash = createHash('sha256');
    let file: FileHandle | undefined;
    try {
      file = await open(this.idsPath, 'r');
      const chunk = Buffer.alloc(CHUNK_BYTES);
      for (let left = count * ID_BYTES; left > 0; ) {
        const { bytesRead } = await file.read(chunk, 0, Math.min(left, CHUNK_BYTES));
        if (bytesRead === 0 || bytesRead % ID_BYTES !== 0) throw new SnapshotUnusable('the file of ids is too short');
        const part = chunk.subarray(0, bytesRead);
        hash.update(part);
        ids.addAll(part);
        left -= bytesRead;
      }
    } catch (cause) {
      throw cause instanceof SnapshotUnusable ? cause : new SnapshotUnusable('the file of ids cannot be read', { cause });
    } finally {
      await file?.close();
    }
    if (ids.size !== count) throw new SnapshotUnusable('the file of ids has one twice');
    return { ids, hash };
  }
}

function readSnapshot(text: string): { readonly header: Header; readonly accounts: { account: AccountName; asset: AssetId; balance: bigint }[] } {
  try {
    const end = text.lastIndexOf('\n', text.length - 2) + 1;
    const { sha256 } = JSON.parse(text.slice(end)) as { readonly sha256?: unknown };
    if (createHash('sha256').update(text.slice(0, end)).digest('hex') !== sha256) throw new SnapshotUnusable('its hash is not that of its content');
    const [first = '', ...lines] = text.slice(0, end - 1).split('\n');
    const header = JSON.parse(first) as Header;
    if (header.format !== FORMAT) throw new SnapshotUnusable(`it is in the format ${String(header.format)}; this version reads ${FORMAT}`);
    const accounts = lines.filter((line) => line !== '').map((line) => {
      const [account, asset, balance] = JSON.parse(line) as [AccountName, AssetId, string];
      return { account, asset, balance: BigInt(balance) };
    });
    return { header, accounts };
  } catch (cause) {
    throw cause instanceof SnapshotUnusable ? cause : new SnapshotUnusable('it is cut off or damaged', { cause });
  }
}

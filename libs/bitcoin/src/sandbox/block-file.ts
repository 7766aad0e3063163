import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** "QZSB": marks the file as a sandbox chain. */
const APPLICATION_ID = 0x515a5342;
const SCHEMA_VERSION = 1;

const SCHEMA = `
  CREATE TABLE facts (name TEXT PRIMARY KEY, content TEXT NOT NULL) STRICT;
  CREATE TABLE blocks (hash TEXT PRIMARY KEY, height INTEGER NOT NULL, raw BLOB NOT NULL) STRICT;
  CREATE TABLE best_chain (height INTEGER PRIMARY KEY, hash TEXT NOT NULL REFERENCES blocks (hash)) STRICT;
  CREATE TABLE mempool (position INTEGER PRIMARY KEY AUTOINCREMENT, txid TEXT NOT NULL UNIQUE, raw BLOB NOT NULL) STRICT;
`;

/** The file of a sandbox chain cannot be used: another seed's, damaged, or open in another process. */
export class SandboxFileUnusable extends Error {
  override readonly name = 'SandboxFileUnusable';
  readonly code = 'sandbox-file-unusable';
}

export interface StoredBlock {
  readonly height: number;
  readonly hash: string;
  readonly raw: Uint8Array;
}

/**
 * Blocks and waiting transactions in one SQLite file. Blocks of abandoned branches stay: a node that was asked for one
 * before still has it. Each command is one transaction, so a kill at any moment leaves whole commands.
 */
export class BlockFile {
  private readonly db: DatabaseSync;

  /** @throws {SandboxFileUnusable} */
  constructor(readonly file: string) {
    if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true });
    try {
      this.db = new DatabaseSync(file, { timeout: 0 });
      this.db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
      this.db.exec('BEGIN IMMEDIATE');
      const version = this.db.prepare('PRAGMA user_version').get()?.['user_version'];
      const application = this.db.prepare('PRAGMA application_id').get()?.['application_id'];
      const tables = this.db.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.['n'];
      if (tables === 0) this.db.exec(`${SCHEMA} PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}`);
      else if (application !== APPLICATION_ID) throw new SandboxFileUnusable(`${file} is not a sandbox chain`);
      else if (version !== SCHEMA_VERSION) throw new SandboxFileUnusable(`${file} has the unknown schema version ${String(version)}`);
      this.db.exec('COMMIT');
    } catch (error) {
      if (error instanceof SandboxFileUnusable) throw error;
      const why = error instanceof Error ? error.message : String(error);
      throw new SandboxFileUnusable(/locked|busy/.test(why) ? `${file} is open in another process` : `${file} cannot be opened: ${why}`);
    }
  }

  /** Runs `change` as one durable transaction; nothing of it remains when it throws. */
  transaction<T>(change: () => T): T {
    this.db.exec('BEGIN IMMEDIATE');
    try {
      const result = change();
      this.db.exec('COMMIT');
      return result;
    } catch (error) {
      this.db.exec('ROLLBACK');
      throw error;
    }
  }

  fact(name: string): string | undefined {
    const content = this.db.prepare('SELECT content FROM facts WHERE name = ?').get(name)?.['content'];
    return typeof content === 'string' ? content : undefined;
  }

  setFact(name: string, content: string): void {
    this.db.prepare('INSERT INTO facts (name, content) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET content = excluded.content').run(name, content);
  }

  /** Adds a block on top of the best chain. */
  connect(block: StoredBlock): void {
    this.db.prepare('INSERT INTO blocks (hash, height, raw) VALUES (?, ?, ?)').run(block.hash, block.height, block.raw);
    this.db.prepare('INSERT INTO best_chain (height, hash) VALUES (?, ?)').run(block.height, block.hash);
  }

  /** Takes every block above this height out of the best chain. */
  disconnectAbove(height: number): void {
    this.db.prepare('DELETE FROM best_chain WHERE height > ?').run(height);
  }

  block(hash: string): StoredBlock | undefined {
    return storedBlock(this.db.prepare('SELECT height, hash, raw FROM blocks WHERE hash = ?').get(hash));
  }

  *bestChain(): IterableIterator<StoredBlock> {
    const rows = this.db.prepare('SELECT b.height, b.hash, b.raw FROM best_chain c JOIN blocks b USING (hash) ORDER BY c.height').iterate();
    for (const row of rows) {
      const block = storedBlock(row);
      if (block !== undefined) yield block;
    }
  }

  mempool(): Uint8Array[] {
    return this.db
      .prepare('SELECT raw FROM mempool ORDER BY position')
      .all()
      .map(({ raw }) => (raw instanceof Uint8Array ? raw : new Uint8Array()));
  }

  replaceMempool(transactions: readonly { readonly txid: string; readonly bytes: Uint8Array }[]): void {
    this.db.exec('DELETE FROM mempool');
    const insert = this.db.prepare('INSERT INTO mempool (txid, raw) VALUES (?, ?)');
    for (const { txid, bytes } of transactions) insert.run(txid, bytes);
  }

  close(): void {
    this.db.close();
  }
}

function storedBlock(row: Record<string, unknown> | undefined): StoredBlock | undefined {
  const { height, hash, raw } = row ?? {};
  return typeof height === 'number' && typeof hash === 'string' && raw instanceof Uint8Array ? { height, hash, raw } : undefined;
}

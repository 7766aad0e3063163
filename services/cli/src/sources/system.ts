import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { EventStoreDbStore, SqliteEventStore, type EventStore, type Position } from '@qazyna/event-store';
import { ClosingStack, type PlatformConfig } from '@qazyna/service-kit';
import { Unreachable } from '../exit-codes.js';
import { readCheckpoints } from './checkpoints.js';
import { EmbeddedTopics } from './embedded-topics.js';
import { hotCopy } from './hot-copy.js';
import { KafkaTopics } from './kafka-topics.js';
import type { TopicSource } from './topics.js';

export interface SystemPlaces {
  readonly config: PlatformConfig;
  /** Folders of the services; read models and checkpoints are looked for in each. */
  readonly dataDirs: readonly string[];
  /** Folder for copies and rebuilt views. Default: the system's temporary folder. */
  readonly scratchDir?: string | undefined;
}

/**
 * A system to look at, running or not. What it is read from is taken in an order in which nothing can be missing that is only
 * late: checkpoints before topics, offsets and topics before the log, views before the log.
 */
export class System {
  private readonly closing = new ClosingStack();
  private readonly scratch: string;
  private databases = 0;
  private opened: EventStore | undefined;

  private constructor(private readonly places: SystemPlaces) {
    this.scratch = mkdtempSync(join(places.scratchDir ?? tmpdir(), 'qazyna-audit-'));
    this.closing.add('scratch folder', () => rmSync(this.scratch, { recursive: true, force: true }));
  }

  static open(places: SystemPlaces): System {
    return new System(places);
  }

  get folders(): readonly string[] {
    return this.places.dataDirs;
  }

  checkpoints(): ReadonlyMap<string, Position> {
    return readCheckpoints(this.places.dataDirs, this.scratch);
  }

  /** @throws {BusUnavailable} @throws {Unreachable} */
  async topics(): Promise<TopicSource> {
    const { config } = this.places;
    const topics = config.kafkaBrokers === undefined ? EmbeddedTopics.open(hotCopy(join(config.dataDir, 'bus.sqlite'), this.scratch)) : await KafkaTopics.connect(config);
    this.closing.add('topics', () => topics.close());
    return topics;
  }

  /** Copies of a view's file, one from each folder that has it. Opening one throws where it is damaged. @throws {Unreachable} */
  views(name: string): readonly { readonly folder: string; readonly open: () => DatabaseSync }[] {
    return this.places.dataDirs.flatMap((folder) => {
      const copy = hotCopy(join(folder, 'read-models', `${name}.sqlite`), this.scratch);
      return copy === undefined ? [] : [{ folder, open: () => this.database(copy) }];
    });
  }

  /** An empty database that goes with the audit. */
  scratchDatabase(): DatabaseSync {
    return this.database(join(this.scratch, `scratch-${++this.databases}.sqlite`));
  }

  /** The log, to be read only. Ask for it last. @throws {StoreUnavailable | StoreUnusable | Unreachable} */
  async log(): Promise<EventStore> {
    const { config } = this.places;
    if (this.opened !== undefined) return this.opened;
    if (config.eventStoreUrl !== undefined) this.opened = await EventStoreDbStore.connect({ url: config.eventStoreUrl, timeoutMs: config.storeTimeoutMs });
    else {
      const file = join(config.dataDir, 'events.sqlite');
      const copy = hotCopy(file, this.scratch);
      if (copy === undefined) throw new Unreachable(`there is no event store: ${file} does not exist, and EVENTSTORE_URL is not set`);
      this.opened = SqliteEventStore.open({ file: copy, clock: { now: () => new Date() }, timeoutMs: config.storeTimeoutMs });
    }
    const store = this.opened;
    this.closing.add('log', () => store.close());
    return store;
  }

  close(): Promise<void> {
    return this.closing.close();
  }

  private database(file: string): DatabaseSync {
    const db = new DatabaseSync(file);
    this.closing.add(file, () => db.close());
    // Thrown away afterwards: nothing in it needs to survive a crash.
    db.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = FILE');
    return db;
  }
}

import { BusUnavailable } from '../port.js';

interface Waiting {
  readonly write: () => void;
  readonly records: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Records of one transaction: bounds how long the event loop stands still. */
const GROUP_RECORDS_MAX = 5_000;

/**
 * Collects concurrent publishes and offset commits and writes them together, once per turn of the event loop: one
 * flush to disk pays for everything that arrived meanwhile. When the queue is full, callers wait.
 */
export class WriteQueue {
  private waiting: Waiting[] = [];
  private records = 0;
  private scheduled = false;
  private closed = false;
  private readonly blocked: (() => void)[] = [];

  constructor(
    private readonly transaction: (work: () => void) => void,
    private readonly recordsMax: number,
  ) {}

  /** Resolves when `write` is durable. @throws {BusUnavailable} closed, or not written */
  async add(records: number, write: () => void): Promise<void> {
    while (!this.closed && this.records > 0 && this.records + records > this.recordsMax) {
      await new Promise<void>((resolve) => this.blocked.push(resolve));
    }
    if (this.closed) throw new BusUnavailable('the message bus is closed');
    await new Promise<void>((resolve, reject) => {
      this.waiting.push({ write, records, resolve, reject });
      this.records += records;
      if (!this.scheduled) {
        this.scheduled = true;
        setImmediate(() => this.flush());
      }
    });
  }

  /** Writes what was accepted, then refuses everything else. */
  close(): void {
    this.closed = true;
    while (this.waiting.length > 0) this.flush();
    this.wake();
  }

  private flush(): void {
    this.scheduled = false;
    const group = this.takeGroup();
    if (group.length > 0) this.write(group);
    if (this.waiting.length > 0 && !this.scheduled) {
      this.scheduled = true;
      setImmediate(() => this.flush());
    }
    this.wake();
  }

  private write(group: readonly Waiting[]): void {
    try {
      this.transaction(() => {
        for (const entry of group) entry.write();
      });
      for (const entry of group) entry.resolve();
    } catch (error) {
      if (group.length > 1) {
        // One caller's mistake must not fail the others: written again one by one, each with its own outcome.
        for (const entry of group) this.write([entry]);
        return;
      }
      group[0]?.reject(error instanceof BusUnavailable ? error : new BusUnavailable(`not written: ${(error as Error).message}`, { cause: error }));
    }
  }

  private takeGroup(): Waiting[] {
    let records = 0;
    let taken = 0;
    for (const entry of this.waiting) {
      if (taken > 0 && records + entry.records > GROUP_RECORDS_MAX) break;
      records += entry.records;
      taken += 1;
    }
    this.records -= records;
    return this.waiting.splice(0, taken);
  }

  private wake(): void {
    for (const resolve of this.blocked.splice(0)) resolve();
  }
}

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MessageBus, OutgoingRecord, ReceivedRecord, SubscriptionRequest } from '../port.js';

/** One log that outlives the buses opened on it. */
export interface BusHarness {
  /** Opens a bus on the log; called again after closing one, it is a restart. Pauses after failures should be short. */
  open(): Promise<MessageBus>;
  dispose(): Promise<void>;
}

/** A bus with topics and groups no other test uses. */
export class Scene {
  readonly group = `group-${randomUUID()}`;

  private constructor(
    private readonly harness: BusHarness,
    public bus: MessageBus,
  ) {}

  static async open(makeHarness: () => Promise<BusHarness>): Promise<Scene> {
    const harness = await makeHarness();
    return new Scene(harness, await harness.open());
  }

  async topic(partitions = 1): Promise<string> {
    const name = `contract.${randomUUID()}`;
    await this.bus.ensureTopics([{ name, partitions, retentionMs: 3_600_000 }]);
    return name;
  }

  async restart(): Promise<void> {
    await this.bus.close();
    this.bus = await this.harness.open();
  }

  async close(): Promise<void> {
    await this.bus.close();
    await this.harness.dispose();
  }

  /** Subscribes with a handler that keeps everything; `seen` grows as batches are handled. */
  async collect(topics: readonly string[], more: Partial<SubscriptionRequest> = {}): Promise<{ readonly seen: ReceivedRecord[]; readonly stop: () => Promise<void> }> {
    const seen: ReceivedRecord[] = [];
    const subscription = await this.bus.subscribe({
      topics,
      group: this.group,
      handler: (records) => {
        seen.push(...records);
        return Promise.resolve();
      },
      ...more,
    });
    return { seen, stop: () => subscription.stop() };
  }
}

export function text(key: string | null, value: string, headers: Record<string, string> = {}): OutgoingRecord {
  return { key, headers, value: Buffer.from(value, 'utf8') };
}

export function texts(records: readonly ReceivedRecord[]): string[] {
  return records.map((record) => Buffer.from(record.value ?? []).toString('utf8'));
}

/** Waits, within a bound, for what must come true. */
export async function until(condition: () => boolean | Promise<boolean>, what: string, withinMs = 20_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`);
    await sleep(10);
  }
}

export function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

import type { EventStoreDBClient } from '@eventstore/db-client';
import { setTimeout as sleep } from 'node:timers/promises';
import { untilAborted } from '../iteration.js';
import { StoreUnavailable, StoreUnusable, type Position, type RecordedEvent, type SubscribeOptions, type SubscriptionMessage } from '../port.js';
import { explainReadFailure } from './errors.js';
import { Feed } from './feed.js';
import { logPosition, type LogPosition } from './records.js';

export interface SubscriptionSettings {
  readonly timeoutMs: number;
  readonly pageSize: number;
  readonly subscriptionQueueMax: number;
  readonly reconnectPauseMsMax: number;
  readonly onDisconnect: ((error: Error) => void) | undefined;
}

const RECONNECT_PAUSE_MS = 100;
/** Servers before CaughtUp messages existed say nothing: silence for this long counts as caught up. */
const QUIET_MS = 500;
/**
 * The client hands over a few events at a time. A subscriber waits this long for a page to fill: whoever follows the log
 * pays for its own durable writes by the page, and single events would cost it one each.
 */
const GATHER_MS = 10;

/** The client's subscriptions end with their connection; these are opened again where they stopped. */
export class SupervisedSubscriptions {
  private readonly feeds = new Set<Feed>();

  constructor(
    private readonly client: EventStoreDBClient,
    private readonly settings: SubscriptionSettings,
    private readonly see: (position: LogPosition) => void,
  ) {}

  /** Events held in memory for all subscriptions together. */
  get heldEvents(): number {
    let held = 0;
    for (const feed of this.feeds) held += feed.depth;
    return held;
  }

  /** Catches up, goes on, and comes back after every disconnect, until the signal aborts. */
  async *messages(options: SubscribeOptions, signal: AbortSignal): AsyncGenerator<SubscriptionMessage, void, undefined> {
    const progress: Progress = { at: options.after, behind: true };
    for (let failures = 0; ; failures++) {
      const feed = new Feed(this.client, progress.at === undefined ? undefined : logPosition(progress.at), options.filter, this.settings.subscriptionQueueMax);
      this.feeds.add(feed);
      try {
        for await (const message of this.drain(feed, progress, options.timeoutMs ?? this.settings.timeoutMs, signal)) {
          failures = 0;
          yield message;
        }
      } catch (error) {
        signal.throwIfAborted();
        const explained = explainReadFailure(error);
        if (explained instanceof StoreUnusable) throw explained;
        this.settings.onDisconnect?.(explained);
      } finally {
        this.feeds.delete(feed);
        feed.stop();
      }
      progress.behind = true;
      const ceiling = Math.min(this.settings.reconnectPauseMsMax, RECONNECT_PAUSE_MS * 2 ** Math.min(failures, 10));
      // Full jitter: many subscribers of a server that came back do not all return at once.
      await untilAborted(sleep(ceiling * (0.5 + Math.random() / 2)), signal);
    }
  }

  /** Everything one connection brings, until it breaks. */
  private async *drain(feed: Feed, progress: Progress, timeoutMs: number, signal: AbortSignal): AsyncGenerator<SubscriptionMessage, void, undefined> {
    const opened = Date.now();
    const full = Math.min(this.settings.pageSize, this.settings.subscriptionQueueMax / 2);
    for (;;) {
      signal.throwIfAborted();
      if (feed.depth > 0 && feed.depth < full) await untilAborted(sleep(GATHER_MS, undefined, { ref: false }), signal);
      const items = feed.shift(this.settings.pageSize);
      let events: RecordedEvent[] = [];
      for (const [index, item] of items.entries()) {
        if (item.kind === 'event') {
          if (progress.at === undefined || item.event.position > progress.at) events.push(item.event);
          continue;
        }
        // What comes next in the same page says where it is, too.
        if (item.kind === 'checkpoint' && (items[index + 1]?.kind ?? 'caught-up') !== 'caught-up') continue;
        if (events.length > 0) yield this.advance(progress, events);
        events = [];
        if (item.kind === 'checkpoint' && (progress.at === undefined || item.position > progress.at)) {
          progress.at = item.position;
          yield { kind: 'checkpoint', position: item.position };
        } else if (item.kind === 'caught-up' && progress.behind) {
          progress.behind = false;
          yield { kind: 'caught-up', position: progress.at };
        }
      }
      if (events.length > 0) yield this.advance(progress, events);
      if (feed.overflowed) {
        feed.overflowed = false;
        progress.behind = true;
      }
      if (items.length > 0) continue;
      const waited = progress.behind || !feed.confirmed ? await quiet(feed, QUIET_MS, signal) : await untilAborted(feed.next, signal).then(() => false);
      if (!waited) continue;
      if (!feed.confirmed) {
        if (Date.now() - opened > timeoutMs) throw new StoreUnavailable(`the event store did not confirm a subscription within ${timeoutMs} ms`);
      } else {
        progress.behind = false;
        yield { kind: 'caught-up', position: progress.at };
      }
    }
  }

  private advance(progress: Progress, events: readonly RecordedEvent[]): SubscriptionMessage {
    const position = (events.at(-1) as RecordedEvent).position;
    progress.at = position;
    this.see(logPosition(position));
    return { kind: 'events', events, position };
  }
}

interface Progress {
  at: Position | undefined;
  behind: boolean;
}

/** True when nothing came for that long. */
async function quiet(feed: Feed, forMs: number, signal: AbortSignal): Promise<boolean> {
  const timer = new AbortController();
  try {
    return await untilAborted(
      Promise.race([
        feed.next.then(() => false),
        sleep(forMs, true, { signal: timer.signal }).catch(() => true),
      ]),
      signal,
    );
  } finally {
    timer.abort();
  }
}

import type { AllStreamResolvedEvent, AllStreamSubscription, EventStoreDBClient, Filter } from '@eventstore/db-client';
import type { EventFilter, RecordedEvent } from '../port.js';
import { passesFilter } from '../encoding.js';
import { isSystemStream, positionText, recordedEvent, type LogPosition, type ServerRecord } from './records.js';
import type { Position } from '../port.js';

export type FeedItem =
  | { readonly kind: 'event'; readonly event: RecordedEvent }
  | { readonly kind: 'checkpoint'; readonly position: Position }
  | { readonly kind: 'caught-up' };

/** The server looks at this many events between two checkpoints, times the interval below. */
const SEARCH_WINDOW = 32;
const CHECKPOINT_INTERVAL = 16;

/**
 * One connection of a subscription: a bounded queue between the client's stream and the consumer. When the queue is
 * full the stream is paused, and HTTP/2's flow control stops the server.
 */
export class Feed {
  private items: FeedItem[] = [];
  /** Signals the client emits ahead of the events that precede them: each waits for that many events. */
  private readonly early: { after: number; readonly item: FeedItem }[] = [];
  private received = 0;
  private failure: unknown;
  private ended = false;
  private changed = Promise.withResolvers<void>();
  private readonly subscription: AllStreamSubscription;
  /** True once the queue has been full: the consumer is behind the log. */
  overflowed = false;
  confirmed = false;

  constructor(
    client: EventStoreDBClient,
    after: LogPosition | undefined,
    private readonly filter: EventFilter | undefined,
    private readonly queueMax: number,
  ) {
    this.subscription = client.subscribeToAll({
      fromPosition: after ?? 'start',
      filter: this.serverFilter(),
    });
    this.subscription.on('confirmation', () => {
      this.confirmed = true;
      this.wake();
    });
    this.subscription.on('caughtUp', () => this.signal({ kind: 'caught-up' }));
    this.subscription.on('data', (resolved: AllStreamResolvedEvent) => this.take(resolved));
    this.subscription.on('error', (error: unknown) => this.end(error));
    this.subscription.on('end', () => this.end(new Error('the subscription ended')));
    this.subscription.on('close', () => this.end(new Error('the subscription closed')));
  }

  /** Up to `max` items that are there; empty when there are none. @throws what ended the connection, once all is taken */
  shift(max: number): FeedItem[] {
    if (this.items.length === 0 && this.ended) throw this.failure;
    const taken = this.items.splice(0, max);
    if (this.items.length < this.queueMax / 2 && this.subscription.isPaused()) this.subscription.resume();
    return taken;
  }

  /** Resolves at the next change: items, confirmation or the end. */
  get next(): Promise<void> {
    return this.items.length > 0 || this.ended ? Promise.resolve() : this.changed.promise;
  }

  /** Items held in memory. */
  get depth(): number {
    return this.items.length;
  }

  stop(): void {
    // Cancels the call underneath; rejects when there never was one.
    this.subscription.unsubscribe().catch(() => undefined);
    this.subscription.removeAllListeners('data');
    this.subscription.destroy();
  }

  private serverFilter(): Filter {
    const checkpoints = {
      checkpointInterval: CHECKPOINT_INTERVAL,
      maxSearchWindow: SEARCH_WINDOW,
      // Must never throw: the client would turn that into an unhandled rejection.
      checkpointReached: (_: unknown, position: LogPosition) => this.signal({ kind: 'checkpoint', position: positionText(position) }),
    };
    return this.filter === undefined
      ? { filterOn: 'eventType', regex: '^[^$].*', ...checkpoints }
      : { filterOn: 'streamName', prefixes: [...this.filter.streamPrefixes], ...checkpoints };
  }

  private take(resolved: AllStreamResolvedEvent): void {
    this.received += 1;
    const record = resolved.event as ServerRecord | undefined;
    try {
      if (record !== undefined && !isSystemStream(record.streamId) && passesFilter(record.streamId, this.filter)) {
        this.items.push({ kind: 'event', event: recordedEvent(record) });
      }
    } catch (error) {
      this.end(error);
      return;
    }
    while (this.early[0] !== undefined && this.early[0].after <= this.received) {
      this.items.push((this.early.shift() as { item: FeedItem }).item);
    }
    if (this.items.length >= this.queueMax) {
      this.overflowed = true;
      this.subscription.pause();
    }
    this.wake();
  }

  private signal(item: FeedItem): void {
    const ahead = this.subscription.readableLength;
    if (ahead === 0 && this.early.length === 0) {
      this.items.push(item);
      this.wake();
    } else {
      this.early.push({ after: this.received + ahead, item });
    }
  }

  private end(error: unknown): void {
    if (this.ended) return;
    this.ended = true;
    this.failure = error;
    this.wake();
  }

  private wake(): void {
    const before = this.changed;
    this.changed = Promise.withResolvers();
    before.resolve();
  }
}

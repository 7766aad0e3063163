import {
  StoreTimeout,
  StoreUnavailable,
  type AppendResult,
  type CallOptions,
  type EventPages,
  type EventStore,
  type ExpectedRevision,
  type NewEvent,
  type Position,
  type ReadAllOptions,
  type ReadStreamOptions,
  type RecordedEvent,
  type SubscribeOptions,
  type SubscriptionMessage,
} from '@qazyna/event-store';
import type { Faults, Outcome } from '../engine/faults.js';
import { placeOf, positionNumber, positionText, type EventLog } from './event-log.js';

/** `StoreUnavailable` promises that nothing was written, so the store never says it after writing. */
const OUTCOME: Outcome = {
  refused: () => new StoreUnavailable('simulated: the store is away'),
  lost: () => new StoreTimeout('simulated: no answer from the store'),
};

/** One service's view of the event store: the same log for all, over a network that fails by the seed. */
export class SimulatedStore implements EventStore {
  private readonly closing = new AbortController();

  constructor(
    private readonly log: EventLog,
    private readonly faults: Faults,
  ) {}

  append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[], options?: CallOptions): Promise<AppendResult> {
    // Encoded as it is sent: what the caller changes afterwards changes nothing.
    const sent = JSON.parse(JSON.stringify(events)) as NewEvent[];
    return this.bounded(
      this.faults.call(
        `append ${stream} ${events.map(({ type }) => type.slice(type.indexOf('.') + 1)).join('+')}`,
        () => {
          const result = this.log.append(stream, expected, sent);
          this.faults.trace(() => `store ${result.duplicate ? 'has' : 'takes'} ${stream}@${result.revision}: ${sent.map(({ type }) => type).join(', ')}`);
          return result;
        },
        OUTCOME,
      ),
      options?.signal,
    );
  }

  readStream(stream: string, options: ReadStreamOptions = {}): EventPages {
    return this.pages(options, async function* (this: SimulatedStore, signal) {
      let left = options.limit ?? Number.POSITIVE_INFINITY;
      let from = options.from === undefined ? undefined : placeOf(options.from);
      const backwards = options.direction === 'backwards';
      while (left > 0) {
        const size = Math.min(left, this.pageSize());
        const start = from;
        const page = await this.bounded(this.faults.call(`read ${stream}`, () => slice(this.log.stream(stream), start, size, backwards), OUTCOME), signal);
        const last = page.at(-1);
        if (last === undefined) return;
        yield page;
        if (backwards && last.revision === 0n) return;
        left -= page.length;
        from = placeOf(last.revision) + (backwards ? -1 : 1);
      }
    });
  }

  readAll(options: ReadAllOptions = {}): EventPages {
    return this.pages(options, async function* (this: SimulatedStore, signal) {
      let left = options.limit ?? Number.POSITIVE_INFINITY;
      let at = positionNumber(options.after);
      let end: number | undefined;
      while (left > 0 && (end === undefined || at < end)) {
        const [after, size] = [at, Math.min(left, this.pageSize())];
        const found = await this.bounded(
          this.faults.call('read-all', () => {
            end ??= this.log.all.length;
            return this.log.scan(after, end, size, options.filter);
          }, OUTCOME),
          signal,
        );
        if (found.events.length > 0) yield found.events;
        left -= found.events.length;
        at = found.scannedTo;
      }
    });
  }

  subscribe(options: SubscribeOptions = {}): AsyncIterable<SubscriptionMessage> {
    return iterable(options.signal, this.closing.signal, (signal) => this.follow(options, signal));
  }

  head(options?: CallOptions): Promise<Position | undefined> {
    return this.bounded(this.faults.call('head', () => this.log.head(), OUTCOME), options?.signal);
  }

  ping(): Promise<void> {
    return this.faults.call('ping', () => undefined, OUTCOME);
  }

  close(): Promise<void> {
    this.closing.abort(new StoreUnavailable('the event store is closed'));
    return Promise.resolve();
  }

  private async *follow({ after, filter }: SubscribeOptions, signal: AbortSignal): AsyncGenerator<SubscriptionMessage, void, undefined> {
    let at = positionNumber(after);
    let behind = true;
    for (;;) {
      if (at < this.log.all.length) {
        const start = at;
        // A subscription survives what its connection suffers: it only takes longer.
        const { events, scannedTo } = await this.bounded(
          this.faults.time.wait(this.faults.latencyMs()).then(() => this.log.scan(start, this.log.all.length, this.pageSize(), filter)),
          signal,
        );
        if (this.faults.happens(this.faults.weather.trouble / 10)) throw new StoreUnavailable('simulated: the subscription is dropped');
        at = scannedTo;
        behind ||= at < this.log.all.length;
        const last = events.at(-1);
        if (last !== undefined) yield { kind: 'events', events, position: last.position };
        else if (this.faults.chance.happens(0.1)) yield { kind: 'checkpoint', position: positionText(at) };
        continue;
      }
      if (behind) {
        behind = false;
        yield { kind: 'caught-up', position: at === 0 ? undefined : positionText(at) };
        continue;
      }
      await this.growth(signal);
    }
  }

  private growth(signal: AbortSignal): Promise<void> {
    let unwatch: () => void = () => undefined;
    const grown = new Promise<void>((resolve) => {
      unwatch = this.log.watch(resolve);
    });
    return this.bounded(grown, signal).finally(unwatch);
  }

  private pageSize(): number {
    return this.faults.calm ? 500 : this.faults.chance.oneOf([1, 3, 20, 500]);
  }

  private pages(options: CallOptions, generate: (this: SimulatedStore, signal: AbortSignal) => AsyncGenerator<readonly RecordedEvent[], void, undefined>): EventPages {
    return iterable(options.signal, this.closing.signal, generate.bind(this));
  }

  private bounded<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    if (signal === undefined) return work;
    if (signal.aborted) return Promise.reject(signal.reason as Error);
    return new Promise((resolve, reject) => {
      const onAbort = (): void => reject(signal.reason as Error);
      signal.addEventListener('abort', onAbort, { once: true });
      work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
    });
  }
}

function slice(events: readonly RecordedEvent[], from: number | undefined, size: number, backwards: boolean): readonly RecordedEvent[] {
  if (!backwards) return events.slice(from ?? 0, (from ?? 0) + size);
  const end = Math.min(from ?? events.length - 1, events.length - 1) + 1;
  return events.slice(Math.max(0, end - size), end).toReversed();
}

/** Leaves at any time: by its own `return`, or with the reason of the caller's signal or of the store that closes. */
function iterable<T>(outer: AbortSignal | undefined, closing: AbortSignal, generate: (signal: AbortSignal) => AsyncGenerator<T, void, undefined>): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator](): AsyncIterator<T, undefined> {
      const leaving = new AbortController();
      const pass = (signal: AbortSignal): void => {
        if (signal.aborted) leaving.abort(signal.reason);
        else signal.addEventListener('abort', () => leaving.abort(signal.reason), { once: true, signal: leaving.signal });
      };
      if (outer !== undefined) pass(outer);
      pass(closing);
      const inner = generate(leaving.signal);
      return {
        async next(): Promise<IteratorResult<T, undefined>> {
          leaving.signal.throwIfAborted();
          const result = await inner.next();
          return result.done === true ? { done: true, value: undefined } : result;
        },
        async return(): Promise<IteratorResult<T, undefined>> {
          leaving.abort(new Error('left'));
          await inner.return().catch(() => undefined);
          return { done: true, value: undefined };
        },
      };
    },
  };
}

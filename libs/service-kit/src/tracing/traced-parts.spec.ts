import { SqliteEventStore, type EventMetadata, type NewEvent } from '@qazyna/event-store';
import { EmbeddedBus, type OutgoingRecord } from '@qazyna/messaging';
import { randomUUID } from 'node:crypto';
import { runTraced } from './active-trace.js';
import { TraceMemory } from './trace-memory.js';
import { TracedBus } from './traced-bus.js';
import { TracedEventStore } from './traced-store.js';
import type { SpanOptions, StartedSpan, Tracing } from './tracing.js';

const CALLER = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

interface Noted extends SpanOptions {
  readonly name: string;
  readonly traceparent: string;
  error?: unknown;
  ended: boolean;
}

/** Notes every span; a span's own context is its number. */
class NotingTracing implements Tracing {
  readonly spans: Noted[] = [];

  start(name: string, options: SpanOptions): StartedSpan {
    const trace = options.parent?.split('-')[1] ?? String(this.spans.length).padStart(32, 'f');
    const noted: Noted = { name, ...options, traceparent: `00-${trace}-${String(this.spans.length).padStart(16, '0')}-01`, ended: false };
    this.spans.push(noted);
    return {
      traceparent: noted.traceparent,
      rename: () => undefined,
      set: () => undefined,
      end: (error) => {
        noted.ended = true;
        noted.error = error;
      },
    };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function event(metadata: Partial<EventMetadata> = {}): NewEvent {
  return { id: randomUUID(), type: 'test.happened', data: {}, metadata: { schemaVersion: 1, actor: { subject: 's', organisation: 'o' }, correlationId: randomUUID(), ...metadata } };
}

describe('a traced event store', () => {
  const inner = SqliteEventStore.open({ file: ':memory:' });
  const tracing = new NotingTracing();
  const store = new TracedEventStore(inner, tracing);
  beforeEach(() => void (tracing.spans.length = 0));
  afterAll(() => store.close());

  async function traceparentOf(stream: string, revision: bigint): Promise<string | undefined> {
    for await (const page of inner.readStream(stream, { from: revision, limit: 1 })) return page[0]?.metadata.traceparent;
    return undefined;
  }

  it('makes no trace up where nothing is known of a cause', async () => {
    await store.append('thing-1', 'no-stream', [event()]);
    expect(tracing.spans).toEqual([]);
    expect(await traceparentOf('thing-1', 0n)).toBeUndefined();
  });

  it('carries the trace of a request into the event, as a span of its own', async () => {
    await runTraced({ traceparent: CALLER }, () => store.append('thing-2', 'no-stream', [event()]));
    expect(tracing.spans).toMatchObject([{ name: 'append test.happened', parent: CALLER, ended: true, error: undefined }]);
    expect(await traceparentOf('thing-2', 0n)).toBe(tracing.spans[0]?.traceparent);
  });

  it('gives each event of a batch the trace of its own message', async () => {
    const other = CALLER.replace('0af', '1af');
    const byMessage = new Map([['message-1', CALLER], ['message-2', other]]);
    await runTraced({ traceparent: 'batch', byMessage }, () =>
      store.append('journal', 'no-stream', [event({ causationId: 'message-1' }), event({ correlationId: 'message-2' }), event({ causationId: 'message-1' })]),
    );
    expect(tracing.spans.map(({ parent }) => parent)).toEqual([CALLER, other]);
    expect(await traceparentOf('journal', 0n)).toBe(await traceparentOf('journal', 2n));
    expect(await traceparentOf('journal', 1n)).toContain(other.slice(3, 35));
  });

  it('finds the trace of later work by the stream, the identity and the event it names', async () => {
    await runTraced({ traceparent: CALLER }, () => store.append('claim-p1', 'no-stream', [event()]));
    await store.append('deposit-d1', 'no-stream', [event({ correlationId: 'p1' })]);
    await store.append('journal-2', 'no-stream', [event({ causationId: 'deposit-d1@0' })]);
    expect(tracing.spans).toHaveLength(3);
    for (const { traceparent } of tracing.spans) expect(traceparent).toContain(CALLER.slice(3, 35));
  });

  it('says in the span that an append failed', async () => {
    await expect(runTraced({ traceparent: CALLER }, () => store.append('thing-2', 'no-stream', [event()]))).rejects.toThrow('expected');
    expect(tracing.spans).toMatchObject([{ ended: true, error: expect.any(Error) as Error }]);
  });
});

describe('the memory of traces', () => {
  it('is bounded and forgets the oldest', () => {
    const memory = new TraceMemory(4);
    for (const name of ['a', 'b', 'c']) memory.remember('journal', { id: name, metadata: event({ traceparent: `trace-${name}` }).metadata });
    memory.remember('claim-x', { id: 'd', metadata: event({ traceparent: 'trace-d' }).metadata });
    expect(memory.of('a')).toBeUndefined();
    expect(memory.of('b')).toBeUndefined();
    expect([memory.of('c'), memory.of('d'), memory.of('claim-x'), memory.of('x'), memory.of('claim-x@7')]).toEqual(['trace-c', 'trace-d', 'trace-d', 'trace-d', 'trace-d']);
  });
});

describe('a traced bus', () => {
  it('continues the trace of a message in its handler, and links those of a batch', async () => {
    const tracing = new NotingTracing();
    const inner = EmbeddedBus.open({ file: ':memory:' });
    const bus = new TracedBus(inner, tracing);
    try {
      await bus.ensureTopics([{ name: 'topic', partitions: 1 }]);
      const record = (id: string, traceparent?: string): OutgoingRecord => ({ key: null, headers: { ce_id: id, ...(traceparent === undefined ? {} : { ce_traceparent: traceparent }) }, value: Buffer.from('{}') });
      await bus.publish('topic', [record('silent')]);
      expect(tracing.spans).toEqual([]);
      await bus.publish('topic', [record('1', CALLER), record('2', CALLER.replace('0af', '1af'))]);
      expect(tracing.spans).toMatchObject([{ name: 'publish topic', kind: 'producer', ended: true, links: [CALLER, CALLER.replace('0af', '1af')] }]);
      const { promise, resolve } = Promise.withResolvers<void>();
      await bus.subscribe({ topics: ['topic'], group: 'g', handler: () => Promise.resolve(resolve()) });
      await promise;
      expect(tracing.spans[1]).toMatchObject({ name: 'process topic', kind: 'consumer', links: expect.arrayContaining([CALLER]) as string[] });
    } finally {
      await bus.close();
    }
  });
});

import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accept, refuse, type Decider, type Decision } from './decider.js';
import {
  ConcurrencyConflict,
  InvalidAppend,
  StoreTimeout,
  StoreUnavailable,
  type AppendResult,
  type EventStore,
  type ExpectedRevision,
  type NewEvent,
} from './port.js';
import { eventId, handleCommand, loadState, TooManyConflicts, type CommandOutcome } from './runner.js';
import { SqliteEventStore } from './sqlite/sqlite-event-store.js';
import { UnknownEventVersion, Upcasters } from './upcasters.js';

/** A till that knows nothing of command ids: withdrawing twice is two withdrawals. */
type TillEvent =
  | { readonly type: 'opened'; readonly data: { readonly owner: string } }
  | { readonly type: 'withdrawn'; readonly data: { readonly amount: string } };
type TillCommand = { readonly do: 'open'; readonly owner: string } | { readonly do: 'withdraw'; readonly amount: bigint } | { readonly do: 'touch' };
interface Till {
  readonly owner: string | undefined;
  readonly left: bigint;
}

const till: Decider<Till, TillCommand, TillEvent> = {
  initialState: () => ({ owner: undefined, left: 100n }),
  decide(command, state): Decision<TillEvent> {
    if (command.do === 'open') {
      if (state.owner === undefined) return accept<TillEvent>({ type: 'opened', data: { owner: command.owner } });
      return state.owner === command.owner ? accept() : refuse('conflict', `the till belongs to ${state.owner}`);
    }
    if (command.do === 'touch') return accept();
    if (command.amount > state.left) return refuse('insufficient', `only ${state.left} left`);
    return accept<TillEvent>({ type: 'withdrawn', data: { amount: String(command.amount) } });
  },
  evolve: (state, event) => (event.type === 'opened' ? { ...state, owner: event.data.owner } : { ...state, left: state.left - BigInt(event.data.amount) }),
};

const metadata = { actor: { subject: 'tester', organisation: 'laboratory' }, correlationId: 'runner' };

/** A store that lets the test act before and after each append. */
function watched(inner: EventStore, around: (append: () => Promise<AppendResult>, call: number) => Promise<AppendResult>): EventStore & { appends: number; reads: number } {
  const store = {
    appends: 0,
    reads: 0,
    append: (stream: string, expected: ExpectedRevision, events: readonly NewEvent[]) => around(() => inner.append(stream, expected, events), ++store.appends),
    readStream: (...args: Parameters<EventStore['readStream']>) => {
      store.reads += 1;
      return inner.readStream(...args);
    },
    readAll: inner.readAll.bind(inner),
    subscribe: inner.subscribe.bind(inner),
    head: inner.head.bind(inner),
    ping: inner.ping.bind(inner),
    close: inner.close.bind(inner),
  };
  return store;
}

describe('handling a command', () => {
  let folder: string;
  let store: SqliteEventStore;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'qazyna-runner-'));
    store = SqliteEventStore.open({ file: join(folder, 'events.db'), pageSize: 3 });
  });
  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });

  const run = (command: TillCommand, commandId: string, options: { store?: EventStore; expectNew?: boolean; retriesMax?: number; repeatable?: boolean } = {}): Promise<CommandOutcome<Till, TillEvent>> =>
    handleCommand(options.store ?? store, till, { stream: 'till-1', command, commandId, metadata, ...options });
  const withdraw = (amount: bigint): TillCommand => ({ do: 'withdraw', amount });

  it('appends what was decided, with ids from stream, command and index', async () => {
    const outcome = await run({ do: 'open', owner: 'Ada' }, 'c-1');
    expect(outcome).toEqual({ kind: 'accepted', events: [{ type: 'opened', data: { owner: 'Ada' } }], revision: 0n, state: { owner: 'Ada', left: 100n }, duplicate: false });
    for await (const [event] of store.readStream('till-1')) {
      expect(event).toMatchObject({ id: eventId('till-1', 'c-1', 0), metadata: { ...metadata, schemaVersion: 1 } });
    }
    expect(await loadState(store, till, 'till-1')).toEqual({ state: { owner: 'Ada', left: 100n }, expected: 0n });
    expect(await loadState(store, till, 'till-2')).toEqual({ state: { owner: undefined, left: 100n }, expected: 'no-stream' });
  });

  it('returns a refusal and writes nothing', async () => {
    expect(await run(withdraw(101n), 'c-1')).toMatchObject({ kind: 'refused', refusal: { code: 'insufficient' } });
    expect(await store.head()).toBeUndefined();
  });

  it('writes nothing where nothing changes', async () => {
    expect(await run({ do: 'touch' }, 'c-1')).toMatchObject({ kind: 'accepted', events: [], revision: undefined, duplicate: false });
    expect(await store.head()).toBeUndefined();
  });

  it.each([false, true])('carries out the same command once (stream asserted new: %s)', async (expectNew) => {
    await run(withdraw(30n), 'c-1', { expectNew });
    await run(withdraw(40n), 'c-2');
    const again = await run(withdraw(30n), 'c-1', { expectNew });
    expect(again).toEqual({ kind: 'accepted', events: [{ type: 'withdrawn', data: { amount: '30' } }], revision: 1n, state: { owner: undefined, left: 30n }, duplicate: true });
  });

  it.each([false, true])('carries out a repeatable command each time its decider says so (stream asserted new: %s)', async (expectNew) => {
    const options = { expectNew, repeatable: true };
    for (const left of [70n, 40n, 10n]) expect(await run(withdraw(30n), 'c-1', options)).toMatchObject({ kind: 'accepted', duplicate: false, state: { left } });
    expect(await run(withdraw(30n), 'c-1', options)).toMatchObject({ kind: 'refused', refusal: { code: 'insufficient' } });
  });

  it('carries a repeatable command out once when its append succeeded unseen', async () => {
    let isLost = false;
    const flaky = watched(store, async (append) => {
      const result = await append();
      if (isLost) return result;
      isLost = true;
      throw new StoreTimeout('no answer');
    });
    expect(await run(withdraw(30n), 'c-1', { store: flaky, repeatable: true })).toMatchObject({ kind: 'accepted', state: { left: 70n } });
    expect((await loadState(store, till, 'till-1')).state.left).toBe(70n);
  });

  it.each([false, true])('recognises a command that would be refused today (stream asserted new: %s)', async (expectNew) => {
    await run(withdraw(60n), 'c-1', { expectNew });
    expect(await run(withdraw(60n), 'c-1', { expectNew })).toMatchObject({ kind: 'accepted', duplicate: true, revision: 0n });
    expect(await run(withdraw(60n), 'c-2', { expectNew })).toMatchObject({ kind: 'refused', refusal: { code: 'insufficient' } });
  });

  it.each([false, true])('refuses the same id with other content (stream asserted new: %s)', async (expectNew) => {
    await run(withdraw(30n), 'c-1', { expectNew });
    expect(await run(withdraw(31n), 'c-1', { expectNew })).toMatchObject({ kind: 'refused', refusal: { code: 'command-id-reused' } });
    expect((await loadState(store, till, 'till-1')).state.left).toBe(70n);
  });

  it('tells the same id with other content apart when both arrive at once', async () => {
    const outcomes = await Promise.all([run(withdraw(30n), 'c-1', { expectNew: true }), run(withdraw(31n), 'c-1', { expectNew: true })]);
    expect(outcomes.map((outcome) => outcome.kind).sort()).toEqual(['accepted', 'refused']);
  });

  it("leaves a repeated message to the decider's own answer", async () => {
    await run({ do: 'open', owner: 'Ada' }, 'c-1');
    expect(await run({ do: 'open', owner: 'Ada' }, 'c-2')).toMatchObject({ kind: 'accepted', events: [], duplicate: false });
    expect(await run({ do: 'open', owner: 'Bob' }, 'c-1')).toMatchObject({ kind: 'refused', refusal: { code: 'conflict' } });
  });

  it('needs no read for a new stream that is really new, and one load when it is not', async () => {
    const spied = watched(store, (append) => append());
    await run({ do: 'open', owner: 'Ada' }, 'c-1', { store: spied, expectNew: true });
    expect(spied.reads).toBe(0);
    expect(await run({ do: 'open', owner: 'Ada' }, 'c-2', { store: spied, expectNew: true })).toMatchObject({ kind: 'accepted', events: [] });
    expect(spied.reads).toBe(1);
  });

  it('decides again on the new state after a conflict', async () => {
    const racing = watched(store, async (append, call) => {
      if (call === 1) await run(withdraw(50n), 'other');
      return append();
    });
    expect(await run(withdraw(60n), 'c-1', { store: racing })).toMatchObject({ kind: 'refused', refusal: { code: 'insufficient' } });
    expect(await run(withdraw(50n), 'c-2', { store: racing })).toMatchObject({ kind: 'accepted', state: { left: 0n } });
  });

  it('gives up after a bounded number of conflicts', async () => {
    const hopeless = watched(store, () => Promise.reject(new ConcurrencyConflict('till-1', 'no-stream', 1n)));
    await expect(run(withdraw(1n), 'c-1', { store: hopeless, retriesMax: 3 })).rejects.toThrow(TooManyConflicts);
    expect(hopeless.appends).toBe(4);
  });

  it('repeats an append whose outcome is unknown, and carries it out once', async () => {
    const flaky = watched(store, async (append, call) => {
      const result = await append();
      if (call === 1) throw new StoreTimeout('applied, but nobody heard');
      return result;
    });
    expect(await run(withdraw(30n), 'c-1', { store: flaky })).toMatchObject({ kind: 'accepted', revision: 0n, state: { left: 70n } });
    const silent = watched(store, () => Promise.reject(new StoreTimeout('silence')));
    await expect(run(withdraw(30n), 'c-2', { store: silent })).rejects.toThrow(StoreTimeout);
    expect(silent.appends).toBe(4);
  });

  it.each([new StoreUnavailable('down'), new InvalidAppend('wrong')])('lets %s through', async (error) => {
    await expect(run(withdraw(1n), 'c-1', { store: watched(store, () => Promise.reject(error)) })).rejects.toBe(error);
  });

  it('never withdraws more than there is, whatever arrives twice or at once', async () => {
    let round = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ id: fc.integer({ min: 0, max: 5 }), expectNew: fc.boolean(), together: fc.boolean() }), { maxLength: 20 }),
        async (commands) => {
          const stream = `till-${round++}`;
          const pending: Promise<unknown>[] = [];
          for (const { id, expectNew, together } of commands) {
            const handling = handleCommand(store, till, { stream, command: withdraw(BigInt(10 + 10 * id)), commandId: `c-${id}`, metadata, expectNew, retriesMax: 50 });
            pending.push(handling);
            if (!together) await handling;
          }
          await Promise.all(pending);
          const ids = new Set<string>();
          let events = 0;
          for await (const page of store.readStream(stream)) {
            events += page.length;
            for (const event of page) ids.add(event.id);
          }
          expect(ids.size).toBe(events);
          expect((await loadState(store, till, stream)).state.left).toBeGreaterThanOrEqual(0n);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('reads older events through the upcasters and refuses newer ones', async () => {
    const upcasters = new Upcasters().register('withdrawn', 1, (data) => ({ amount: String(BigInt(data['amountInCents'] as string) / 100n) }));
    const old = { id: eventId('till-1', 'old', 0), type: 'withdrawn', data: { amountInCents: '3000' }, metadata: { ...metadata, schemaVersion: 1 } };
    await store.append('till-1', 'no-stream', [old]);
    expect((await loadState(store, till, 'till-1', { upcasters })).state.left).toBe(70n);
    await handleCommand(store, till, { stream: 'till-1', command: withdraw(20n), commandId: 'new', metadata, upcasters });
    expect((await loadState(store, till, 'till-1', { upcasters })).state.left).toBe(50n);
    await handleCommand(store, till, { stream: 'till-2', command: withdraw(20n), commandId: 'new', metadata, upcasters });
    await expect(loadState(store, till, 'till-2')).rejects.toThrow(UnknownEventVersion);
  });
});

import { jest } from '@jest/globals';
import { setTimeout as wait } from 'node:timers/promises';
import { SqliteEventStore, StoreUnavailable, systemIds, type EventStore } from '@qazyna/event-store';
import { createLogger } from '@qazyna/service-kit';
import { FencedStore } from './fenced.store.js';
import { LeadershipWorker } from './leadership.worker.js';
import { LeaseWatch, LEADERSHIP_STREAM, type SeenTerm } from './term.js';

/** Two busy cores: what takes milliseconds alone may take seconds beside others. */
jest.setTimeout(20_000);

const TIMES = { renewMs: 5, leaseMs: 1_000, expiryMs: 1_500, lookMs: 2, callMs: 4_000 };
const logger = createLogger({ service: 'spec', level: 'silent', pretty: false });
const event = (id: string): Parameters<EventStore['append']>[2][number] => ({ id, type: 't', data: {}, metadata: { schemaVersion: 1, actor: { subject: 's', organisation: 'o' }, correlationId: 'c' } });

async function until(wanted: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + 8_000;
  while (!wanted()) {
    if (Date.now() > deadline) throw new Error(`not in time: ${what}`);
    await wait(2);
  }
}

describe('leadership', () => {
  let store: SqliteEventStore;
  /** The monotonic clock of all of them; it moves only when told to. */
  let now: number;
  let started: Instance[];

  class Instance {
    readonly did: string[] = [];
    /** While set, nothing it asks of the store is answered: a stopped process. */
    frozen: Promise<void> | undefined;
    broken = false;
    /** Calls answered. */
    answered = 0;
    readonly worker: LeadershipWorker;

    constructor(instance: string) {
      const reach = async (): Promise<void> => {
        await this.frozen;
        if (this.broken) throw new StoreUnavailable('gone');
      };
      const answered = (): void => void (this.answered += 1);
      const reached = new Proxy<EventStore>(store, {
        get: (target, name) => {
          if (name === 'append') return async (...args: Parameters<EventStore['append']>) => reach().then(() => target.append(...args)).finally(answered);
          if (name === 'readStream')
            return async function* (...args: Parameters<EventStore['readStream']>) {
              await reach();
              try {
                yield* target.readStream(...args);
              } finally {
                answered();
              }
            };
          return Reflect.get(target, name) as unknown;
        },
      });
      this.worker = new LeadershipWorker({ store: reached, self: { instance, process: systemIds.next() }, logger, times: TIMES, now: () => now });
    }

    async start(): Promise<this> {
      started.push(this);
      const note = (what: string) => (): Promise<void> => Promise.resolve(void this.did.push(what));
      await this.worker.start({ begin: note('begin'), end: note('end'), watch: () => Promise.resolve() }, 5_000);
      return this;
    }
  }

  beforeEach(() => {
    store = SqliteEventStore.open({ file: ':memory:' });
    now = 1_000;
    started = [];
  });
  afterEach(async () => {
    for (const instance of started) instance.frozen = undefined;
    await Promise.all(started.map(({ worker }) => worker.stop()));
    await store.close();
  });

  it('is taken by the first, waited for by the second, and handed over when the first stops', async () => {
    const first = await new Instance('a').start();
    const second = await new Instance('b').start();
    expect([first.worker.standing, second.worker.standing]).toEqual([{ role: 'leader', term: 1 }, { role: 'standby', term: 1 }]);
    expect([first.worker.holds(), second.worker.holds()]).toEqual([true, false]);
    await first.worker.stop();
    await until(() => second.worker.ready, 'the second leads');
    expect([first.did, second.did, second.worker.standing.term]).toEqual([['begin', 'end'], ['begin'], 2]);
  });

  it('is not taken while it is renewed, however long', async () => {
    const first = await new Instance('a').start();
    const second = await new Instance('b').start();
    for (let step = 0; step < 10; step++) {
      now += TIMES.leaseMs - 1;
      // A renewal must be made and then seen before time goes on. The call in hand may be older than the step.
      const renewals = first.answered;
      await until(() => first.answered >= renewals + 2, 'a renewal');
      const looks = second.answered;
      await until(() => second.answered >= looks + 2, 'a look at it');
    }
    expect([first.worker.standing.term, second.did]).toEqual([1, []]);
  });

  it('goes over when the leader is stopped, which is fenced from its first moment after', async () => {
    const first = await new Instance('a').start();
    const second = await new Instance('b').start();
    const fenced = new FencedStore(store, first.worker);
    await fenced.append('work-1', 'no-stream', [event('018f0000-0000-7000-8000-000000000001')]);
    let go = (): void => undefined;
    first.frozen = new Promise((resolve) => (go = resolve));
    // Its own count ends before the standby's.
    now += TIMES.leaseMs + 1;
    expect(first.worker.holds()).toBe(false);
    await wait(20);
    expect(second.did).toEqual([]);
    now += TIMES.expiryMs;
    await until(() => second.worker.ready, 'the second leads');
    await expect(fenced.append('work-1', 0n, [event('018f0000-0000-7000-8000-000000000002')])).rejects.toMatchObject({ status: 503, code: 'custody-standby' });
    go();
    await until(() => first.did.includes('end'), 'the first ends its work');
    await until(() => first.worker.standing.role === 'standby', 'the first waits');
    expect([first.worker.holds(), second.worker.ready, second.worker.standing.term]).toEqual([false, true, 2]);
  });

  it('is taken at once by the next process of the same data folder', async () => {
    const first = await new Instance('a').start();
    first.broken = true;
    const again = await new Instance('a').start();
    expect(again.worker.standing).toEqual({ role: 'leader', term: 2 });
    first.broken = false;
    await until(() => first.worker.standing.role === 'standby', 'the first waits');
    await wait(20);
    expect(again.did).toEqual(['begin']);
  });

  it('survives a store that is away for long: nobody takes it over, and it is held again when the store is back', async () => {
    const first = await new Instance('a').start();
    const second = await new Instance('b').start();
    first.broken = second.broken = true;
    now += 10 * TIMES.expiryMs;
    await until(() => !first.worker.holds(), 'the lease runs out');
    first.broken = false;
    await until(() => first.worker.ready, 'the lease is held again');
    second.broken = false;
    await wait(20);
    expect([first.worker.standing.term, second.did]).toEqual([1, []]);
  });

  it('begins again when its duties cannot begin', async () => {
    const instance = new Instance('a');
    started.push(instance);
    let tries = 0;
    await instance.worker.start({ begin: () => (++tries === 1 ? Promise.reject(new Error('no')) : Promise.resolve()), end: () => Promise.resolve(), watch: () => Promise.resolve() }, 5_000);
    await until(() => instance.worker.ready, 'it leads');
    const kinds: string[] = [];
    for await (const page of store.readStream(LEADERSHIP_STREAM)) kinds.push(...page.map(({ type }) => type));
    expect(kinds.filter((kind) => kind !== 'custody.term-renewed').slice(0, 3)).toEqual(['custody.term-begun', 'custody.term-ended', 'custody.term-begun']);
  });
});

describe('a standby\'s judgement', () => {
  const seen = (revision: bigint, more: Partial<SeenTerm> = {}): SeenTerm => ({ revision, term: 1, instance: 'a', process: 'p', ended: false, ...more });

  it('waits from the last renewal it saw, and from the first look after a blind one', () => {
    const watch = new LeaseWatch({ instance: 'b', process: 'q' }, 100);
    watch.look(seen(0n), 0);
    watch.look(seen(1n), 90);
    expect([watch.mayTake(189), watch.mayTake(190)]).toEqual([false, true]);
    watch.blind();
    expect(watch.mayTake(500)).toBe(false);
    watch.look(seen(1n), 500);
    expect([watch.mayTake(599), watch.mayTake(600)]).toEqual([false, true]);
  });

  it('takes an empty or an ended place at once, and the place of its own folder only at the first look', () => {
    const at = (...looks: (SeenTerm | undefined)[]): boolean => {
      const watch = new LeaseWatch({ instance: 'b', process: 'q' }, 100);
      for (const look of looks) watch.look(look, 0);
      return watch.mayTake(0);
    };
    expect(at(undefined)).toBe(true);
    expect(at(seen(3n, { ended: true }))).toBe(true);
    expect(at(seen(3n, { instance: 'b' }))).toBe(true);
    expect(at(seen(3n), seen(4n, { instance: 'b' }))).toBe(false);
    expect(at(seen(3n))).toBe(false);
  });
});

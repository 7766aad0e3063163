import { setTimeout as wait } from 'node:timers/promises';
import { until } from '../system/caller.js';
import type { Seeded } from '../system/seeded.js';
import { SERVICES, type Cast, type ServiceName } from './cast.js';

/** A standby must have taken over after this long, by the promise made to operators. */
const TAKEOVER_MS_MAX = 10_000;
/** How long one is waited for, so that the rest of a run is still seen after a promise was broken. */
const TAKEOVER_PATIENCE_MS = 30_000;

export interface FaultOptions {
  readonly cast: Cast;
  readonly random: Seeded;
  /** How long the broker stands still. */
  readonly brokerPauseMs: number;
  /** Services that get a second instance. */
  readonly doubled: readonly ServiceName[];
  /** Told of a promise to operators that was broken: the run goes on, and fails at its end. */
  readonly broken: (promise: string) => void;
}

export interface Fault {
  readonly name: string;
  /** Does its harm while claims arrive, and mends it. @returns what was seen, or undefined when it cannot be done here */
  readonly strike: (options: FaultOptions) => Promise<string | undefined>;
}

const moment = (random: Seeded, msMax: number): Promise<void> => wait(random.between(0, msMax));

const killServices: Fault = {
  name: 'kill -9 of each service',
  async strike({ cast, random }) {
    const order = [...SERVICES].map((name) => ({ name, at: random.next() })).sort((a, b) => a.at - b.at);
    let since = Promise.resolve();
    for (const { name } of order) {
      await moment(random, 400);
      await cast.kill9(name);
      // The next one dies while this one is still getting up.
      since = Promise.all([since, cast.again(name)]).then(() => undefined);
      since.catch(() => undefined);
    }
    await since;
    return order.map(({ name }) => name).join(', ');
  },
};

const killBroker: Fault = {
  name: 'kill -9 of the broker',
  async strike({ cast, random }) {
    await moment(random, 300);
    await cast.kafka.kill9();
    await moment(random, 1_000);
    await cast.kafka.restart();
    return undefined;
  },
};

const killStore: Fault = {
  name: 'kill -9 of the store\'s server',
  async strike({ cast, random }) {
    for (let time = 0; time < 2; time++) {
      await moment(random, 300);
      await cast.store.kill9();
      await moment(random, 1_000);
      await cast.store.again();
    }
    return 'twice';
  },
};

const pauseBroker: Fault = {
  name: 'the broker stands still',
  async strike({ cast, brokerPauseMs }) {
    const { pid } = cast.kafka;
    if (pid === undefined) return 'skipped: the broker is no process of this machine';
    process.kill(pid, 'SIGSTOP');
    try {
      await wait(brokerPauseMs);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    return `${brokerPauseMs / 1_000} s`;
  },
};

const cutStore: Fault = {
  name: 'store connections break mid-append',
  async strike({ cast, random }) {
    const before = cast.proxy.cuts;
    for (let time = 0; time < 6; time++) {
      cast.proxy.cutAfter(random.between(200, 40_000));
      const cuts = cast.proxy.cuts;
      await until('bytes enough to cut', () => cast.proxy.cuts > cuts, (cut) => cut, 20_000);
      await moment(random, 200);
    }
    return `${cast.proxy.cuts - before} times`;
  },
};

const losesAnswers: Fault = {
  name: 'appends are applied and never answered',
  async strike({ cast, random }) {
    for (let time = 0; time < 3; time++) {
      cast.store.tell('apply-then-time-out 3');
      await moment(random, 500);
    }
    return undefined;
  },
};

/** The one instance of custody that leads. */
export async function leaderOf(cast: Cast, withinMs = TAKEOVER_PATIENCE_MS, except?: string): Promise<string> {
  const names = cast.names.filter((name) => name.startsWith('custody') && name !== except);
  const leads = async (name: string): Promise<boolean> => fetch(`${cast.url(name)}/health/leader`, { signal: AbortSignal.timeout(1_000) }).then(({ status }) => status === 200, () => false);
  const found = await until(
    'one instance of custody leads',
    async () => (await Promise.all(names.map(async (name) => ((await leads(name)) ? [name] : [])))).flat(),
    (leaders) => leaders.length === 1,
    withinMs,
  );
  return found[0] as string;
}

const late = (name: string, tookMs: number): string => `${name} took over after ${tookMs} ms, ${TAKEOVER_MS_MAX} are promised`;

const twoOfEach: Fault = {
  name: 'two instances at once; the leading custody dies',
  async strike({ cast, random, doubled, broken }) {
    await Promise.all(doubled.filter((service) => !cast.names.includes(`${service}-2`)).map((service) => cast.add(service, `${service}-2`)));
    await moment(random, 500);
    const leader = await leaderOf(cast);
    const standby = await fetch(`${cast.url(leader === 'custody' ? 'custody-2' : 'custody')}/health/ready`).then((answer) => answer.text());
    const diedAt = performance.now();
    await cast.kill9(leader);
    const next = await leaderOf(cast, TAKEOVER_PATIENCE_MS, leader);
    const tookMs = Math.round(performance.now() - diedAt);
    if (tookMs > TAKEOVER_MS_MAX) broken(late(next, tookMs));
    await cast.again(leader);
    if (!standby.includes('"standby')) throw new Error(`the standby does not call itself one: ${standby}`);
    return `${doubled.join(', ')} twice; ${next} took over after ${tookMs} ms`;
  },
};

const stopLeader: Fault = {
  name: 'the leading custody is stopped, replaced, and goes on',
  async strike({ cast, broken }) {
    const leader = await leaderOf(cast);
    cast.signal(leader, 'SIGSTOP');
    const stoppedAt = performance.now();
    try {
      const next = await leaderOf(cast, TAKEOVER_PATIENCE_MS, leader);
      const tookMs = Math.round(performance.now() - stoppedAt);
      if (tookMs > TAKEOVER_MS_MAX) broken(late(next, tookMs));
      cast.signal(leader, 'SIGCONT');
      const readiness = async (): Promise<string> => fetch(`${cast.url(leader)}/health/ready`).then((answer) => answer.text());
      await until('the old leader waits', readiness, (text) => text.includes('"standby'), TAKEOVER_PATIENCE_MS);
      return `${next} took over after ${tookMs} ms; the old one is fenced`;
    } finally {
      cast.signal(leader, 'SIGCONT');
    }
  },
};

const rollingRestart: Fault = {
  name: 'rolling restart',
  async strike({ cast }) {
    // One of each pair at a time, as an operator would: the other one serves.
    for (const turn of [cast.names.filter((name) => !name.endsWith('-2')), cast.names.filter((name) => name.endsWith('-2'))]) {
      await Promise.all(
        turn.map(async (name) => {
          await cast.drain(name);
          await cast.again(name);
        }),
      );
    }
    return `${cast.names.length} instances`;
  },
};

export const FAULTS: readonly Fault[] = [killServices, killBroker, killStore, pauseBroker, cutStore, losesAnswers, twoOfEach, stopLeader, rollingRestart];

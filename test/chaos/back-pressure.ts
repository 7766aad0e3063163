import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { MINING_PAYOUT_TYPE, TOPICS } from '@qazyna/contracts';
import { EventStoreDbStore } from '@qazyna/event-store';
import { encodeRecord, KafkaBus } from '@qazyna/messaging';
import type { RunningKafka } from '@qazyna/testing';
import kafkajs from 'kafkajs';
import { ASSET, inventedTxid, POOL } from '../system/messages.js';
import { POOL_ACCOUNT, registerPool } from '../system/sandbox-world.js';
import { Cast, SERVICES } from './cast.js';

/**
 * Payouts published as fast as Kafka takes them, while the store takes 1,000 appends a second for a while. They are of
 * transactions that no chain has, so their way ends at custody's claims and at reporting's open payouts.
 */

const RSS_MIB_MAX = 512;
const SLOW_APPENDS_PER_S = 1_000;
/** So long the store is slow, or for a quarter of the messages, whichever is shorter. */
const SLOW_MS_MAX = 60_000;
const PUBLISHED_AT_ONCE = 1_000;
const SAMPLE_MS = 500;
const TELL_EVERY_MS = 10_000;
/** Longest time in which nothing moves. */
const STALLED_MS_MAX = 60_000;

interface Counted {
  readonly accepted: number;
  readonly claimed: number;
}

/** @returns the exit code */
export async function backPressure(kafka: RunningKafka, messages: number, say: (text: string) => void): Promise<number> {
  // The session that services have by themselves.
  const cast = await Cast.start({ kafka, env: { KAFKA_SESSION_MS: '30000' } });
  const admin = new kafkajs.Kafka({ brokers: [...kafka.brokers], logLevel: kafkajs.logLevel.NOTHING }).admin();
  await admin.connect();
  const watching = new AbortController();
  try {
    const address = await registerPool(cast.world);
    const residents = new Residents(cast);
    const members = new Members(admin);
    await members.look();
    const sampling = sample(watching.signal, residents, members);
    const counting = new Counting(cast.storeUrl);
    const following = counting.follow(watching.signal);

    cast.store.tell(`rate ${SLOW_APPENDS_PER_S}`);
    const slowMs = Math.min(SLOW_MS_MAX, (messages / 4 / SLOW_APPENDS_PER_S) * 1_000);
    const quick = wait(slowMs).then(() => {
      cast.store.tell('rate 0');
      say(`the store is quick again after ${(slowMs / 1_000).toFixed(0)} s`);
    });
    const from = performance.now();
    await publish(kafka, address, messages);
    say(`${messages} messages are in Kafka after ${((performance.now() - from) / 1_000).toFixed(1)} s`);
    await quick;
    await settled(counting, messages, residents, say);
    const seconds = (performance.now() - from) / 1_000;
    watching.abort();
    await Promise.all([sampling, following]);

    const findings = [...residents.findings(), ...members.findings(), ...counting.findings(messages)];
    say(`${messages} messages in ${seconds.toFixed(1)} s, ${Math.round(messages / seconds)} a second; resident at most: ${residents.text()}`);
    process.stdout.write(`${findings.length === 0 ? 'Within bounds: memory, group membership, and each message processed once.' : findings.join('\n')}\n`);
    return findings.length === 0 ? 0 : 1;
  } finally {
    watching.abort();
    await admin.disconnect();
    await cast.stop();
  }
}

async function publish(kafka: RunningKafka, address: string, messages: number): Promise<void> {
  const bus = await KafkaBus.connect({ brokers: [...kafka.brokers], clientId: 'flood' });
  const txid = inventedTxid('flood');
  const { account } = POOL_ACCOUNT;
  try {
    for (let at = 0; at < messages; at += PUBLISHED_AT_ONCE) {
      const records = Array.from({ length: Math.min(PUBLISHED_AT_ONCE, messages - at) }, (_, index) => {
        const paymentId = `flood-${at + index}`;
        const data = { pool: POOL, account, paymentId, asset: ASSET, amount: '1000', address, txid, outputIndex: at + index, paidAt: '2026-03-01T00:00:00Z' };
        return encodeRecord({ id: paymentId, source: '/pools/flood', type: MINING_PAYOUT_TYPE, subject: paymentId, extensions: {}, data });
      });
      await bus.publish(TOPICS.miningPayouts, records);
    }
  } finally {
    await bus.close();
  }
}

async function settled(counting: Counting, messages: number, residents: Residents, say: (text: string) => void): Promise<void> {
  let last = { accepted: -1, claimed: -1 };
  let movedAt = performance.now();
  let toldAt = movedAt;
  while (counting.now.claimed < messages || counting.now.accepted < messages) {
    await wait(SAMPLE_MS);
    const { now } = counting;
    if (now.accepted !== last.accepted || now.claimed !== last.claimed) movedAt = performance.now();
    last = now;
    if (performance.now() - movedAt > STALLED_MS_MAX) throw new Error(`nothing moves any more: ${JSON.stringify(now)} of ${messages}`);
    if (performance.now() - toldAt < TELL_EVERY_MS) continue;
    toldAt = performance.now();
    say(`${now.accepted} accepted, ${now.claimed} with custody; resident ${residents.text()}`);
  }
}

/** Effects in the streams, counted as they are recorded. */
class Counting {
  private accepted = 0;
  private claimed = 0;
  private unexpected = 0;

  constructor(private readonly url: string) {}

  get now(): Counted {
    return { accepted: this.accepted, claimed: this.claimed };
  }

  async follow(signal: AbortSignal): Promise<void> {
    const store = await EventStoreDbStore.connect({ url: this.url });
    try {
      for await (const message of store.subscribe({ filter: { streamPrefixes: ['payout-', 'claim-'] }, signal })) {
        if (message.kind !== 'events') continue;
        for (const { type } of message.events) {
          if (type === 'mining.payout-accepted') this.accepted += 1;
          else if (type === 'custody.claim-registered') this.claimed += 1;
          else if (type !== 'mining.payout-received') this.unexpected += 1;
        }
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      await store.close();
    }
  }

  findings(messages: number): string[] {
    const found: string[] = [];
    if (this.accepted !== messages) found.push(`${this.accepted} payouts were accepted instead of ${messages}`);
    if (this.claimed !== messages) found.push(`${this.claimed} claims were registered instead of ${messages}`);
    if (this.unexpected > 0) found.push(`${this.unexpected} events nobody expected`);
    return found;
  }
}

/** Resident memory of each service, from /proc. */
class Residents {
  private readonly most = new Map<string, number>();

  constructor(private readonly cast: Cast) {}

  look(): void {
    for (const name of SERVICES) {
      const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.cast.pid(name)}/status`, 'utf8'))?.[1];
      this.most.set(name, Math.max(this.most.get(name) ?? 0, Number(kib ?? 0) / 1_024));
    }
  }

  text(): string {
    return [...this.most].map(([name, mib]) => `${name} ${mib.toFixed(0)} MiB`).join(', ');
  }

  findings(): string[] {
    return [...this.most].filter(([, mib]) => mib >= RSS_MIB_MAX).map(([name, mib]) => `${name} took ${mib.toFixed(0)} MiB, ${RSS_MIB_MAX} are allowed`);
  }
}

/** Members of every consumer group: one that is thrown out comes back under another id. */
class Members {
  private readonly seen = new Map<string, Set<string>>();

  constructor(private readonly admin: kafkajs.Admin) {}

  async look(): Promise<void> {
    const { groups } = await this.admin.listGroups();
    const described = await this.admin.describeGroups(groups.map(({ groupId }) => groupId));
    for (const { groupId, members } of described.groups) {
      const known = this.seen.get(groupId) ?? new Set();
      for (const { memberId } of members) known.add(memberId);
      this.seen.set(groupId, known);
    }
  }

  findings(): string[] {
    return [...this.seen].filter(([, members]) => members.size > 1).map(([group, members]) => `${group} had ${members.size} members instead of one: it was left and joined again`);
  }
}

async function sample(signal: AbortSignal, residents: Residents, members: Members): Promise<void> {
  while (!signal.aborted) {
    residents.look();
    await members.look().catch(() => undefined);
    await wait(SAMPLE_MS, undefined, { signal }).catch(() => undefined);
  }
}

import type { Finding, RawEvent, RawRecord, Testimony } from './testimony.js';

/** Which streams each service tells the others of, as documented. */
const RELAYS: readonly { readonly topic: string; readonly prefixes: readonly string[] }[] = [
  { topic: 'qazyna.intake-events.v1', prefixes: ['case-', 'seizure-fact-', 'intake-conflict-', 'purchase-', 'campaign-', 'donation-', 'screening-'] },
  { topic: 'qazyna.mining-events.v1', prefixes: ['licence-', 'pool-account-', 'statement-', 'payout-', 'mining-conflict-', 'farm-', 'energy-', 'earnings-', 'network-day-'] },
  { topic: 'qazyna.custody-events.v1', prefixes: ['vault-', 'chain-', 'deposit-', 'claim-', 'custody-case-', 'custody-screening-', 'journal'] },
];
const DEAD_LETTERS = 'qazyna.dead-letters.v1';
const UPSTREAM: Readonly<Record<string, string>> = { 'qazyna.seizure-facts.v1': 'publish-fact', 'qazyna.mining-payouts.v1': 'claim-payout' };

type Find = (rule: string, message: string) => void;

/** Nothing is lost between the parts: every event is on its topic, every message was dealt with or put aside. */
export function judgePipeline(told: Testimony, refusedRecord: (topic: string, record: RawRecord) => boolean | undefined): Finding[] {
  const findings: Finding[] = [];
  const find: Find = (rule, message) => void findings.push({ rule, message });
  judgeStreams(told.events, find);
  for (const { topic, prefixes } of RELAYS) judgeRelay(told, topic, prefixes, find);
  judgeConsumed(told, find);
  judgeDeadLetters(told, refusedRecord, find);
  return findings;
}

function judgeStreams(events: readonly RawEvent[], find: Find): void {
  const next = new Map<string, number>();
  const ids = new Set<string>();
  for (const { stream, revision, id, type } of events) {
    if (revision !== (next.get(stream) ?? 0)) find('INV-25', `${stream} goes from ${(next.get(stream) ?? 0) - 1} to ${revision}`);
    next.set(stream, revision + 1);
    if (ids.has(id)) find('INV-11', `${type} in ${stream} has an id that was used before`);
    ids.add(id);
  }
}

function judgeRelay(told: Testimony, topic: string, prefixes: readonly string[], find: Find): void {
  const records = told.topics[topic] ?? [];
  const events = told.events.filter(({ stream }) => prefixes.some((prefix) => stream.startsWith(prefix)));
  const known = new Map(events.map((event) => [event.id, event]));
  const relayed = new Set<string>();
  const reached = new Map<string, number>();
  for (const { headers, value } of records) {
    const event = known.get(headers['ce_id'] ?? '');
    if (event === undefined) {
      find('relay', `${topic} has a message ${headers['ce_id'] ?? '?'} of no event`);
      continue;
    }
    if (value !== null && JSON.stringify(JSON.parse(value)) !== JSON.stringify(event.data)) find('relay', `${topic} tells ${event.stream}@${event.revision} otherwise than it is`);
    if (relayed.has(event.id)) continue;
    relayed.add(event.id);
    const before = reached.get(event.stream) ?? -1;
    if (event.revision !== before + 1) find('relay', `${topic} tells ${event.stream}@${event.revision} first, after @${before}`);
    reached.set(event.stream, event.revision);
  }
  for (const { id, stream, revision, type } of events) if (!relayed.has(id)) find('INV-20', `${topic} never told of ${type} ${stream}@${revision}`);
}

/** What one service must have learned from another's events. */
function judgeConsumed(told: Testimony, find: Find): void {
  const registered = told.events.filter(({ type }) => type === 'custody.claim-registered').map(({ data }) => data['payoutId'] as string);
  if (new Set(registered).size !== registered.length) find('INV-21', 'custody registered a claim twice');
  for (const { data } of told.events.filter(({ type }) => type === 'mining.payout-accepted')) {
    if (!registered.includes(data['payoutId'] as string)) find('INV-20', `custody never heard of payout ${String(data['payoutId'])}, which was accepted`);
  }
}

function judgeDeadLetters(told: Testimony, refusedRecord: (topic: string, record: RawRecord) => boolean | undefined, find: Find): void {
  const letters = new Map<string, RawRecord>();
  for (const letter of told.topics[DEAD_LETTERS] ?? []) {
    const place = `${letter.headers['dead-letter-topic'] ?? ''}/${letter.headers['dead-letter-partition'] ?? ''}/${letter.headers['dead-letter-offset'] ?? ''}`;
    letters.set(place, letter);
  }
  for (const topic of Object.keys(UPSTREAM)) {
    for (const record of told.topics[topic] ?? []) {
      const letter = letters.get(`${topic}/${record.partition}/${record.offset}`);
      const refused = refusedRecord(topic, record);
      if (letter !== undefined && letter.value !== record.value) find('dead-letter', `the dead letter of ${topic}/${record.partition}/${record.offset} has other bytes`);
      if (refused === true && letter === undefined) find('INV-20', `${topic}/${record.partition}/${record.offset} was refused and is in no dead letter`);
      if (refused === false && letter !== undefined) find('dead-letter', `${topic}/${record.partition}/${record.offset} was put aside (${letter.headers['dead-letter-code'] ?? ''}) and is sound`);
    }
  }
}

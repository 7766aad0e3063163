import { MANY_CASE } from './case-of-many.js';
import { plainCase, type PlainFact } from './cases-law.js';
import type { Finding, RawEvent, Sent, Testimony } from './testimony.js';

type Find = (rule: string, message: string) => void;

interface Received {
  readonly factId: string;
  readonly event: RawEvent;
  readonly content: Readonly<Record<string, unknown>>;
}

/** Every fact that was taken has its one effect in its case, and every case went the way of the law. */
export function judgeCases(told: Testimony): Finding[] {
  const findings: Finding[] = [];
  const find: Find = (rule, message) => void findings.push({ rule, message });
  const received = new Map<string, Received>();
  const refused = new Map<string, RawEvent>();
  const cases = new Map<string, RawEvent[]>();
  for (const event of told.events) {
    const { type, data, stream } = event;
    if (type === 'intake.fact-received') {
      const messageId = data['messageId'] as string;
      if (received.has(messageId)) find('INV-21', `fact ${messageId} was received twice`);
      received.set(messageId, { factId: data['factId'] as string, event, content: data['fact'] as Received['content'] });
    } else if (type === 'intake.fact-refused') {
      if (refused.has(data['factId'] as string)) find('INV-21', `${stream} was refused twice`);
      refused.set(data['factId'] as string, event);
    } else if (stream.startsWith('case-')) cases.set(stream, [...(cases.get(stream) ?? []), event]);
  }
  const statuses = new Map([...cases].filter(([stream]) => stream !== `case-${MANY_CASE}`).map(([stream, events]) => [stream.slice('case-'.length), judgeCase(stream, events, find)]));
  const effects = new Map<string, RawEvent>();
  for (const event of [...cases.values()].flat()) {
    const factId = event.data['factId'] as string;
    if ((event.type === 'intake.act-applied' || event.type === 'intake.act-held') && !effects.has(factId)) effects.set(factId, event);
  }
  for (const [messageId, { factId }] of received) {
    if (effects.has(factId) === refused.has(factId)) find('INV-20', `fact ${messageId} was received and ${effects.has(factId) ? 'had its effect and was refused' : 'nothing became of it'}`);
  }
  for (const { data, stream, position } of [...refused.values()].filter(({ data }) => data['caseId'] !== MANY_CASE)) judgeRefusal(String(data['code']), shownBefore(cases.get(`case-${data['caseId'] as string}`) ?? [], position), stream, find);
  for (const sent of told.sent.filter(({ command, flaw }) => command === 'publish-fact' && flaw === undefined)) judgeFact(told, sent, received, effects, refused, find);
  judgeLists(told, statuses, find);
  return findings;
}

/** @returns the legal status at the end */
function judgeCase(stream: string, events: readonly RawEvent[], find: Find): string {
  const told = new Map<string, string>();
  const facts = new Map<string, PlainFact>();
  const lapsed = new Set<string>();
  let stateProperty = false;
  for (const { type, data, revision } of events) {
    const factId = data['factId'] as string;
    const at = `${stream}@${revision}`;
    if (type === 'intake.act-applied' || type === 'intake.act-held') {
      if (told.get(factId) === type) find('INV-21', `${at} says a second time what became of a fact`);
      told.set(factId, type);
      const fact = (type === 'intake.act-held' ? data['fact'] : data) as Omit<PlainFact, 'factId'>;
      facts.set(factId, { factId, act: fact.act, effectiveAt: fact.effectiveAt, lapsesAt: fact.lapsesAt });
    } else if (type === 'intake.act-overtaken') told.set(factId, type);
    else if (type === 'intake.restriction-lapsed') lapsed.add(factId);
    else if (type === 'intake.restriction-lapse-undone') lapsed.delete(factId);
    else if (type === 'intake.case-became-state-property') {
      if (stateProperty) find('INV-21', `${at} makes the case state property a second time`);
      stateProperty = true;
    } else if (type === 'intake.case-state-property-reversed') stateProperty = false;
  }
  const { status, applied } = plainCase([...facts.values()], lapsed);
  for (const [factId, type] of told) {
    if ((type === 'intake.act-applied') !== applied.has(factId)) find('law', `${stream}: ${facts.get(factId)?.act ?? 'an act'} was told as ${type}, and by the law it ${applied.has(factId) ? 'applies' : 'does not'}`);
  }
  if (stateProperty !== (status === 'state-property')) find('law', `${stream} is ${status}, and custody was told ${stateProperty ? 'that it is' : 'not that it is'} state property`);
  const shown = (events.findLast(({ type }) => type === 'intake.asset-status-changed')?.data['legalStatus'] as string | undefined) ?? 'none';
  if (shown !== status) find('law', `${stream} shows its asset as ${shown}; by the law it is ${status}`);
  return status;
}

/** What the case was shown as when a fact was refused: a refusal is by what was known then. */
function shownBefore(events: readonly RawEvent[], position: number): string {
  const before = events.filter((event) => event.position < position && event.type === 'intake.asset-status-changed');
  return (before.at(-1)?.data['legalStatus'] as string | undefined) ?? 'none';
}

/** Statuses in which a case may refuse an act for this reason; a code that is not here is judged by its field alone. */
const REFUSED_IN: Readonly<Record<string, (status: string) => boolean>> = {
  'case-released': (status) => status === 'released',
  'case-already-reported': (status) => status !== 'none',
  // Of two first reports, the earlier one comes too late as well.
  'act-superseded': (status) => status !== 'none',
  'case-is-state-property': (status) => status === 'state-property',
  'too-many-held-acts': (status) => status === 'none',
};

function judgeRefusal(code: string, status: string, stream: string, find: Find): void {
  if (REFUSED_IN[code]?.(status) === false) find('law', `${stream} was refused (${code}) in a case that was ${status}`);
}

function judgeFact(told: Testimony, sent: Sent, received: ReadonlyMap<string, Received>, effects: ReadonlyMap<string, RawEvent>, refused: ReadonlyMap<string, RawEvent>, find: Find): void {
  const known = received.get(sent.key);
  const same = known !== undefined && sameFact(known.content, sent.content);
  const onRecord = (): boolean =>
    told.events.some(({ type, data }) => type === 'intake.conflict-raised' && data['subject'] === known?.factId && sameFact(JSON.parse(data['offered'] as string) as Received['content'], sent.content));
  if (sent.way === 'kafka' && known === undefined) return find('INV-20', `fact ${sent.key} is on the topic and was never received`);
  if (sent.way === 'kafka' && !same && !onRecord()) find('INV-23', `fact ${sent.key} came with other content and no conflict was raised`);
  for (const { code, at } of sent.answers) {
    const factId = known?.factId ?? '';
    if (['accepted', 'held', 'duplicate'].includes(code)) {
      if ((effects.get(factId)?.position ?? Infinity) > at) find('INV-20', `fact ${sent.key} was answered "${code}" before it had its effect`);
      if (!same) find('INV-23', `fact ${sent.key} was answered "${code}" to content that contradicts what is known`);
    } else if (code === 'fact-conflict') {
      if (same || !onRecord()) find('INV-23', `fact ${sent.key} was refused as a conflict and none is on record`);
    } else if ((refused.get(factId)?.position ?? Infinity) > at) find('INV-20', `fact ${sent.key} was refused (${code}) before that was recorded`);
  }
}

/** The end of a restriction may be added by law where the message leaves it out. */
function sameFact(a: Received['content'], b: Received['content']): boolean {
  const text = (content: Received['content']): string => JSON.stringify(Object.entries(content).filter(([name, value]) => name !== 'lapsesAt' && value !== undefined).sort(([x], [y]) => (x < y ? -1 : 1)), sortKeys);
  return text(a) === text(b);
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function judgeLists(told: Testimony, statuses: ReadonlyMap<string, string>, find: Find): void {
  const listed = new Map((told.pages['/v1/cases'] as { items: { caseId: string; legalStatus: string | null }[] }).items.map(({ caseId, legalStatus }) => [caseId, legalStatus ?? 'none']));
  for (const [caseId, status] of statuses) if (listed.get(caseId) !== status) find('INV-31', `the list shows case ${caseId} as ${listed.get(caseId) ?? 'nothing'}, its stream says ${status}`);
  const noted = told.events.filter(({ type }) => type === 'custody.case-state-property-noted').map(({ data }) => data['caseId'] as string);
  for (const [caseId, status] of statuses) {
    const times = noted.filter((each) => each === caseId).length;
    // A reversal does not unsay what was noted: the journal compensates.
    if (status === 'state-property' ? times < 1 : times > 0 && !told.events.some(({ type, data }) => type === 'intake.case-state-property-reversed' && data['caseId'] === caseId)) find('INV-20', `custody noted case ${caseId} (${status}) ${times} times as state property`);
  }
}

import type { Finding, RawEvent, Sent, Testimony } from './testimony.js';

/** The law as the public documents describe it: from which statuses each act applies, and to which it leads. */
const LAW: Readonly<Record<string, { readonly from: readonly string[]; readonly to: string }>> = {
  'reported': { from: ['none'], to: 'reported' },
  'restriction': { from: ['reported', 'restricted'], to: 'restricted' },
  'arrest': { from: ['reported', 'restricted', 'arrested'], to: 'arrested' },
  'confiscation-order': { from: ['arrested'], to: 'confiscation-ordered' },
  'finality': { from: ['confiscation-ordered'], to: 'final' },
  'state-property-decision': { from: ['final'], to: 'state-property' },
  'release-to-owner': { from: ['reported', 'restricted', 'arrested', 'confiscation-ordered'], to: 'released' },
};
const ORDER = ['none', 'reported', 'restricted', 'arrested', 'confiscation-ordered', 'final', 'state-property', 'released'];

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
  const statuses = new Map([...cases].map(([stream, events]) => [stream.slice('case-'.length), judgeCase(stream, events, find)]));
  const effects = new Map<string, RawEvent>();
  for (const event of [...cases.values()].flat()) {
    const factId = event.data['factId'] as string;
    if ((event.type === 'intake.act-applied' || event.type === 'intake.act-held') && !effects.has(factId)) effects.set(factId, event);
  }
  for (const [messageId, { factId }] of received) {
    if (effects.has(factId) === refused.has(factId)) find('INV-20', `fact ${messageId} was received and ${effects.has(factId) ? 'had its effect and was refused' : 'nothing became of it'}`);
  }
  for (const { data, stream } of refused.values()) judgeRefusal(String(data['code']), statuses.get(data['caseId'] as string), stream, find);
  for (const sent of told.sent.filter(({ command, flaw }) => command === 'publish-fact' && flaw === undefined)) judgeFact(told, sent, received, effects, refused, find);
  judgeLists(told, statuses, find);
  return findings;
}

/** @returns the legal status at the end */
function judgeCase(stream: string, events: readonly RawEvent[], find: Find): string {
  let status = 'none';
  const held = new Map<string, string>();
  const applied = new Set<string>();
  const applicable = (): string[] => [...held.values()].filter((act) => LAW[act]?.from.includes(status) === true);
  events.forEach(({ type, data, revision }, index) => {
    const act = data['act'] as string;
    const factId = data['factId'] as string;
    const at = `${stream}@${revision}`;
    const step = LAW[act];
    if (type === 'intake.act-applied') {
      if (applied.has(factId)) find('INV-21', `${at} applies a fact a second time`);
      if (step?.from.includes(status) !== true) find('law', `${at}: ${act} cannot apply to a case that is ${status}`);
      if (data['legalStatus'] !== step?.to) find('law', `${at}: ${act} leads to ${step?.to ?? 'nothing'}, not to ${String(data['legalStatus'])}`);
      const due = applicable().sort((a, b) => ORDER.indexOf(LAW[a]?.to ?? '') - ORDER.indexOf(LAW[b]?.to ?? ''));
      if (due.length > 0 && held.get(factId) !== due[0]) find('law', `${at}: ${due.join(', ')} waited and could apply`);
      applied.add(factId);
      held.delete(factId);
      status = step?.to ?? status;
      const follows = { 'state-property': 'intake.case-became-state-property', 'released': 'intake.case-released' }[status];
      if (follows !== undefined && events[index + 1]?.type !== follows) find('law', `${at} is not followed by ${follows}`);
    } else if (type === 'intake.act-held') {
      if (held.has(factId) || applied.has(factId)) find('INV-21', `${at} holds a fact a second time`);
      if (step === undefined || step.from.every((from) => ORDER.indexOf(from) <= ORDER.indexOf(status))) find('law', `${at}: ${act} is held in a case that is ${status}`);
      held.set(factId, act);
    } else if (type === 'intake.case-became-state-property' && status !== 'state-property') find('law', `${at}: the case is ${status}`);
  });
  if (applicable().length > 0) find('law', `${stream} is ${status} and still holds ${applicable().join(', ')}`);
  return status;
}

function judgeRefusal(code: string, status: string | undefined, stream: string, find: Find): void {
  const must: Readonly<Record<string, readonly string[]>> = { 'case-released': ['released'], 'case-is-state-property': ['state-property'], 'case-already-reported': ORDER.slice(1), 'act-superseded': ORDER.slice(2), 'too-many-held-acts': ORDER };
  if (must[code]?.includes(status ?? 'none') !== true) find('law', `${stream} was refused (${code}) in a case that is ${status ?? 'none'}`);
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
    if (times !== (status === 'state-property' ? 1 : 0)) find('INV-20', `custody noted case ${caseId} (${status}) ${times} times as state property`);
  }
}

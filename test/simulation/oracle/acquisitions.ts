import type { Finding, RawEvent, Sent, Testimony } from './testimony.js';

type Data = Readonly<Record<string, unknown>>;

/** Longest time between the look at a campaign and the record of the gift, with every trouble a store can make. */
const LOOKED_AT_MS_MAX = 10_000;

/** Each fact over a purchase or a gift counted once or is held for a reason that still holds, and the sums are of what counted. */
export function judgeAcquisitions(told: Testimony): Finding[] {
  const findings: Finding[] = [];
  const find = (rule: string, message: string): void => void findings.push({ rule, message });
  judgePurchase(told, find);
  judgeGifts(told, find);
  for (const sent of told.sent.filter(({ command }) => command === 'publish-acquisition')) judgeFact(sent, told, find);
  return findings;
}

type Find = (rule: string, message: string) => void;

function judgePurchase(told: Testimony, find: Find): void {
  const events = told.events.filter(({ stream }) => stream.startsWith('purchase-'));
  const ordered = events.filter(({ type }) => type === 'intake.purchase-ordered');
  if (ordered.length > 1) find('INV-21', 'an order was recorded twice');
  const amount = BigInt((ordered[0]?.data['amount'] as string | undefined) ?? 0);
  let [filled, settled] = [0n, 0n];
  const counted = new Set<string>();
  const held = new Map<string, RawEvent>();
  const waived = new Set<string>();
  for (const event of events) {
    const { type, data } = event;
    const part = partOf(data);
    if (type === 'intake.purchase-filled' || type === 'intake.purchase-settled') {
      if (counted.has(part)) find('INV-21', `${part} counted twice`);
      counted.add(part);
      held.delete(part);
      if (type === 'intake.purchase-filled') filled += BigInt(data['amount'] as string);
      else settled += BigInt(data['amount'] as string);
      const [total, most, name] = type === 'intake.purchase-filled' ? [filled, amount, 'filled'] : [settled, filled, 'settled'];
      if (BigInt(data[name] as string) !== total) find('sum', `${part} says ${String(data[name])} ${name}, and it is ${total}`);
      if (total > most && !waived.has(part)) find('sum', `${part} was counted though ${total} ${name} is more than ${most}`);
      if (ordered[0] === undefined || ordered[0].position > event.position) find('sum', `${part} was counted before its order`);
    } else if (type === 'intake.purchase-part-held') held.set(part, event);
    else if (type === 'intake.purchase-part-decided' && data['decision'] === 'release') waived.add(data['partId'] as string);
    else if (type === 'intake.purchase-part-decided') held.delete(data['partId'] as string);
  }
  for (const [part, { data }] of held) {
    if (data['code'] === 'order-unknown' && ordered.length > 0) find('liveness', `${part} waits for its order, which is there`);
    const units = BigInt(((data['settlement'] ?? data['fill']) as { amount: string }).amount);
    if (data['code'] === 'settles-more-than-filled' && settled + units <= filled) find('liveness', `${part} waits for a fill, and ${filled} is filled`);
  }
  const [page] = (told.pages['/v1/purchases'] as { items: { filled: string; settled: string; held: number }[] }).items;
  if (events.length > 0 && (page?.filled !== String(filled) || page.settled !== String(settled) || page.held !== held.size)) {
    find('INV-31', `the list shows the order with ${page?.filled ?? 'nothing'} filled, ${page?.settled ?? 'nothing'} settled and ${page?.held ?? 'nothing'} held; it is ${filled}, ${settled} and ${held.size}`);
  }
}

function partOf({ fillId, settlementId, partId }: Data): string {
  return (partId as string | undefined) ?? (fillId === undefined ? `settlement:${settlementId as string}` : `fill:${fillId as string}`);
}

function judgeGifts(told: Testimony, find: Find): void {
  const opened = told.events.find(({ type }) => type === 'intake.campaign-opened');
  const gifts = new Map<string, RawEvent[]>();
  for (const event of told.events.filter(({ stream }) => stream.startsWith('donation-'))) gifts.set(event.stream, [...(gifts.get(event.stream) ?? []), event]);
  const listed = new Map((told.pages['/v1/donations'] as { items: { donationId: string; status: string }[] }).items.map(({ donationId, status }) => [donationId, status]));
  for (const [stream, events] of gifts) {
    const of = (type: string): RawEvent[] => events.filter((event) => event.type === `intake.donation-${type}`);
    const [reported] = of('reported');
    const decision = of('decided').at(-1)?.data['decision'];
    if (of('reported').length !== 1 || of('accepted').length > 1) find('INV-21', `${stream} was taken more than once`);
    if (reported === undefined) continue;
    const early = Date.parse(reported.data['receivedAt'] as string) < Date.UTC(2026, 1, 1);
    // The campaign may have been opened while the gift was looked at.
    const mayBeHeld = early || opened === undefined || Date.parse(opened.recordedAt) > Date.parse(reported.recordedAt) - LOOKED_AT_MS_MAX;
    const mustBeHeld = early || opened === undefined;
    if (of('held').length > 0 && !mayBeHeld) find('gift', `${stream} is held, and nothing is against it`);
    if (of('accepted').length > 0 && mustBeHeld && decision !== 'release') find('gift', `${stream} was accepted though it must be held`);
    const status = of('accepted').length > 0 ? 'accepted' : decision === 'reject' ? 'rejected' : 'held';
    const id = reported.data['donationId'] as string;
    if (listed.get(id) !== status) find('INV-31', `the list shows gift ${id} as ${listed.get(id) ?? 'nothing'}, its stream says ${status}`);
  }
  if (listed.size !== gifts.size) find('INV-31', `the list has ${listed.size} gifts, the streams ${gifts.size}`);
}

/** What was answered is recorded, and what contradicts what is known is on record as a conflict. */
function judgeFact({ key, way, content, answers }: Sent, told: Testimony, find: Find): void {
  const recorded = told.events.filter(({ type, data }) => TAKEN.has(type) && isOf(data, content));
  if (way === 'kafka' && recorded.length === 0 && !isConflict(told, content)) find('INV-20', `${key} is on the topic and was never taken`);
  for (const { code, at } of answers) {
    if (['accepted', 'held', 'duplicate'].includes(code)) {
      if (!recorded.some(({ position }) => position <= at)) find('INV-20', `${key} was answered "${code}" before it was recorded`);
    } else if (code !== 'acquisition-conflict' || !isConflict(told, content)) find('INV-23', `${key} was refused (${code}) and no conflict is on record`);
  }
}

const TAKEN = new Set(['intake.purchase-ordered', 'intake.purchase-filled', 'intake.purchase-settled', 'intake.purchase-part-held', 'intake.campaign-opened', 'intake.donation-reported']);

/** Whether an event holds what a fact says, the amount included. */
function isOf(data: Data, content: Data): boolean {
  const said = (content['order'] ?? content['fill'] ?? content['settlement'] ?? content['campaign'] ?? content['donation']) as Data;
  const kept = (data['fill'] ?? data['settlement'] ?? data) as Data;
  return Object.entries(said).every(([name, value]) => JSON.stringify(kept[name]) === JSON.stringify(value));
}

function isConflict({ events }: Testimony, content: Data): boolean {
  return events.some(({ type, data }) => type === 'intake.acquisition-conflict-raised' && isSame(JSON.parse(data['offered'] as string) as Data, content));
}

function isSame(a: Data, b: Data): boolean {
  return a['kind'] === b['kind'] && ['order', 'fill', 'settlement', 'campaign', 'donation'].every((name) => JSON.stringify(sorted(a[name])) === JSON.stringify(sorted(b[name])));
}

function sorted(value: unknown): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined).sort(([a], [b]) => (a < b ? -1 : 1))) : value;
}

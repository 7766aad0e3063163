import { suspendedAt } from './energy.js';
import type { ChainTruth, OurOutput } from './chain.js';
import type { Finding, RawEvent, Sent, Testimony } from './testimony.js';

type Content = Readonly<Record<string, unknown>>;

const ALWAYS = ['asset', 'amount', 'address', 'txid'];
const SOMETIMES = ['outputIndex', 'statutorySequence', 'licenceId'];
/** Reasons to hold that no officer can waive. */
const FIRM = new Set(['txid-malformed', 'pool-account-unknown', 'licence-unknown', 'wallet-not-registered', 'asset-mismatch', 'address-invalid']);

/** Whether two accounts of one payout contradict each other; what only one of them says is no contradiction. */
export function contradicts(a: Content, b: Content): boolean {
  const seconds = (content: Content): number => Math.floor(Date.parse(content['paidAt'] as string) / 1000);
  return ALWAYS.some((field) => a[field] !== b[field]) || seconds(a) !== seconds(b) || SOMETIMES.some((field) => a[field] !== undefined && b[field] !== undefined && a[field] !== b[field]);
}

interface PayoutStory {
  readonly received: RawEvent[];
  readonly added: RawEvent[];
  readonly held: RawEvent[];
  readonly accepted: RawEvent[];
  readonly rejected: RawEvent[];
}

export class PayoutTruth {
  readonly stories = new Map<string, PayoutStory>();
  private readonly accounts: ReadonlyMap<string, Content>;
  private readonly licences: ReadonlyMap<string, Content>;

  constructor(private readonly told: Testimony) {
    const lists = { 'mining.payout-received': 'received', 'mining.payout-details-added': 'added', 'mining.payout-held': 'held', 'mining.payout-accepted': 'accepted', 'mining.payout-rejected': 'rejected' } as const;
    for (const event of told.events) {
      const list = lists[event.type as keyof typeof lists];
      if (list === undefined) continue;
      const key = event.data['payoutId'] as string;
      const story = this.stories.get(key) ?? { received: [], added: [], held: [], accepted: [], rejected: [] };
      story[list].push(event);
      this.stories.set(key, story);
    }
    const registered = (type: string, id: string): Map<string, Content> => new Map(told.events.filter((event) => event.type === type).map(({ data }) => [data[id] as string, data]));
    this.accounts = registered('mining.pool-account-registered', 'poolAccountId');
    this.licences = registered('mining.licence-issued', 'licenceId');
  }

  /** What was recorded of a payout first, and stands. */
  claimOf(key: string): Content | undefined {
    return this.stories.get(key)?.received[0]?.data['claim'] as Content | undefined;
  }

  /** What its claims say together: one that was taken contradicts none of it, and one that contradicts any of it is refused. */
  knownOf(key: string): Content | undefined {
    const claim = this.claimOf(key);
    if (claim === undefined) return undefined;
    const added = (this.stories.get(key)?.added ?? []).map(({ data }) => Object.fromEntries(SOMETIMES.filter((field) => data[field] !== undefined).map((field) => [field, data[field]])));
    return Object.assign({}, claim, ...added) as Content;
  }

  /** Why a claim must be held, in the order of their names; the registers were filled before the first claim. */
  reasons(claim: Content, at: number): string[] {
    const reasons: string[] = [];
    if (!/^[0-9a-f]{64}$/.test(claim['txid'] as string)) reasons.push('txid-malformed');
    const account = this.accounts.get(`${String(claim['pool'])}.${String(claim['account'])}`);
    if (account === undefined) return [...reasons, 'pool-account-unknown'].sort();
    if (claim['asset'] !== account['asset']) reasons.push('asset-mismatch');
    if (claim['address'] !== account['payoutAddress']) reasons.push(this.isCooling(account['poolAccountId'] as string, claim['address'] as string, at) ? 'wallet-cooling' : 'wallet-not-registered');
    if (claim['licenceId'] !== undefined && claim['licenceId'] !== account['licenceId']) reasons.push('licence-mismatch');
    const licence = this.licences.get(account['licenceId'] as string);
    const paidAt = Date.parse(claim['paidAt'] as string);
    if (licence === undefined) reasons.push('licence-unknown');
    else if (paidAt < Date.parse(licence['validFrom'] as string)) reasons.push('licence-not-yet-valid');
    else if (licence['validUntil'] !== undefined && paidAt >= Date.parse(licence['validUntil'] as string)) reasons.push('licence-expired');
    else if (suspendedAt(this.told, account['licenceId'] as string, paidAt)) reasons.push('licence-suspended');
    return reasons.sort();
  }

  /** Whether a change to this wallet is confirmed, and nobody withdrew it; all claims were paid before any could take effect. */
  private isCooling(poolAccountId: string, address: string, at: number): boolean {
    const of = (type: string): RawEvent | undefined => this.told.events.findLast((event) => event.type === `mining.wallet-change-${type}` && event.data['poolAccountId'] === poolAccountId && event.position < at);
    const confirmed = of('confirmed');
    return confirmed?.data['payoutAddress'] === address && (of('withdrawn')?.position ?? -1) < confirmed.position;
  }

  judge(): Finding[] {
    const findings: Finding[] = [];
    const find = (rule: string, message: string): void => void findings.push({ rule, message });
    for (const [key, story] of this.stories) this.judgeStory(key, story, find);
    for (const sent of this.told.sent.filter(({ command, flaw }) => command === 'claim-payout' && flaw === undefined)) this.judgeClaim(sent, find);
    for (const sent of this.told.sent.filter(({ command, flaw }) => command === 'decide-payout' && flaw === undefined)) this.judgeDecision(sent, find);
    this.judgeList(find);
    return findings;
  }

  private judgeStory(key: string, { received, held, accepted, rejected }: PayoutStory, find: (rule: string, message: string) => void): void {
    if (received.length !== 1) find('INV-21', `payout ${key} was received ${received.length} times`);
    const claim = this.claimOf(key);
    if (claim === undefined) return;
    if (!this.told.sent.some((sent) => sent.command === 'claim-payout' && sent.key === key && !contradicts(sent.content, claim))) find('INV-21', `payout ${key} says what nobody sent`);
    const reasons = this.reasons(claim, received[0]?.position ?? 0);
    const first = reasons.length === 0 ? accepted[0] : held[0];
    if (first === undefined || first.revision !== 1) find('payout', `payout ${key} must be ${reasons.length === 0 ? 'accepted' : `held for ${reasons.join(', ')}`} when it is received`);
    if (held.length > 1 || accepted.length + rejected.length > 1) find('INV-21', `payout ${key} was decided more than once`);
    const recorded = ((held[0]?.data['reasons'] ?? []) as { code: string }[]).map(({ code }) => code).sort();
    if (reasons.length > 0 && recorded.join() !== reasons.join()) find('payout', `payout ${key} is held for ${recorded.join(', ')} and must be for ${reasons.join(', ')}`);
    if (accepted.length > 0 && reasons.some((reason) => FIRM.has(reason))) find('payout', `payout ${key} was released against ${reasons.join(', ')}`);
    if (accepted[0] !== undefined && ['asset', 'amount', 'address', 'txid'].some((field) => accepted[0]?.data[field] !== claim[field])) find('payout', `payout ${key} was accepted with other content than it was received with`);
    const decisions = this.told.sent.filter((sent) => sent.command === 'decide-payout' && sent.key === key).map(({ content }) => content['decision']);
    if (held.length > 0 && accepted.length > 0 && !decisions.includes('release')) find('payout', `payout ${key} was released by nobody`);
    if (rejected.length > 0 && !decisions.includes('reject')) find('payout', `payout ${key} was rejected by nobody`);
  }

  /** Every claim that was taken has its one effect, or its sender's contradiction is on record. */
  private judgeClaim(sent: Sent, find: (rule: string, message: string) => void): void {
    const claim = this.knownOf(sent.key);
    const conflicts = this.told.events.filter(({ type, data }) => type === 'mining.conflict-raised' && data['subject'] === sent.key);
    const onRecord = (): boolean => conflicts.some(({ data }) => !contradicts(JSON.parse(data['offered'] as string) as Content, sent.content));
    const known = claim !== undefined && !contradicts(claim, sent.content);
    if (sent.way === 'kafka') {
      if (claim === undefined) find('INV-20', `payout ${sent.key} is on the topic and was never received`);
      else if (!known && !onRecord()) find('INV-23', `payout ${sent.key} came with other content and no conflict was raised`);
      return;
    }
    for (const answer of sent.answers) {
      if (['accepted', 'held', 'duplicate'].includes(answer.code)) {
        const received = this.stories.get(sent.key)?.received[0];
        if (received === undefined || received.position > answer.at) find('INV-20', `payout ${sent.key} was answered "${answer.code}" before it was recorded`);
        if (claim !== undefined && !known) find('INV-23', `payout ${sent.key} was answered "${answer.code}" to content that contradicts what is known`);
      } else if (known || !onRecord()) find('INV-23', `payout ${sent.key} was refused (${answer.code}) and no conflict is on record`);
    }
  }

  private judgeDecision({ key, content, answers }: Sent, find: (rule: string, message: string) => void): void {
    const story = this.stories.get(key);
    for (const { code, at } of answers) {
      const done = content['decision'] === 'reject' ? story?.rejected[0] : story?.accepted[0];
      const isDone = done !== undefined && done.position <= at;
      if ((code === 'rejected' || code === 'accepted') && !isDone) find('INV-20', `the decision on ${key} was answered "${code}" before it was recorded`);
      if (code === 'payout-unknown' && (story?.received[0]?.position ?? Infinity) <= at && this.told.events.length > 0 && (story?.received[0]?.position ?? Infinity) < (this.told.sent.find((sent) => sent.key === key && sent.command === 'decide-payout')?.at ?? 0)) find('payout', `payout ${key} is called unknown though it was received before`);
      if (code === 'payout-not-releasable' && !this.reasons(this.claimOf(key) ?? {}, story?.received[0]?.position ?? 0).some((reason) => FIRM.has(reason))) find('payout', `payout ${key} is called not releasable with nothing firm against it`);
    }
  }

  private judgeList(find: (rule: string, message: string) => void): void {
    const listed = new Map((this.told.pages['/v1/payouts'] as { items: { payoutId: string; status: string }[] }).items.map(({ payoutId, status }) => [payoutId, status]));
    for (const [key, { accepted, rejected, held }] of this.stories) {
      const status = accepted.length > 0 ? 'accepted' : rejected.length > 0 ? 'rejected' : held.length > 0 ? 'held' : 'received';
      if (listed.get(key) !== status) find('INV-31', `the list shows payout ${key} as ${listed.get(key) ?? 'nothing'}, its stream says ${status}`);
    }
    if (listed.size !== this.stories.size) find('INV-31', `the list has ${listed.size} payouts, the streams ${this.stories.size}`);
  }
}

/** Every accepted claim finds the one output it means, or is disputed for what differs. */
export function judgeMatching(told: Testimony, chain: ChainTruth): Finding[] {
  const findings: Finding[] = [];
  const find = (message: string): void => void findings.push({ rule: 'INV-30', message });
  const of = (type: string): RawEvent[] => told.events.filter((event) => event.type === type);
  const matched = new Map(of('custody.deposit-matched').map(({ data }) => [data['payoutId'] as string, data['depositId'] as string]));
  const taken = new Map([...matched].map(([payoutId, depositId]) => [depositId, payoutId]));
  const disputed = new Map(of('custody.claim-disputed').map(({ data }) => [data['payoutId'] as string, data['code'] as string]));
  const shown = new Map((told.pages['/v1/alarms'] as { items: { kind: string; subject: string }[] }).items.map(({ kind, subject }) => [subject, kind]));
  const transactions = new Map(told.mined.map((transaction) => [transaction.txid, transaction]));
  for (const { data } of of('mining.payout-accepted')) {
    const payoutId = data['payoutId'] as string;
    const transaction = transactions.get(data['txid'] as string);
    const outputs = transaction === undefined ? [] : chain.ours(transaction);
    const wanted = outputs.filter((output) => fits(data, output));
    const deposit = matched.get(payoutId);
    const code = disputed.get(payoutId);
    if (deposit !== undefined && !wanted.some(({ depositId }) => depositId === deposit)) find(`payout ${payoutId} is matched to ${deposit}, which is not what it claims`);
    if (deposit !== undefined && code !== undefined) find(`payout ${payoutId} is matched and disputed`);
    if (outputs.length === 0 && (deposit ?? code) !== undefined) find(`payout ${payoutId} was settled though its transaction pays us nothing`);
    if (transaction !== undefined && chain.blockOf.has(transaction.txid) && outputs.length > 0 && (deposit ?? code) === undefined) find(`payout ${payoutId} waits though its transaction is in the chain`);
    if (code === undefined) continue;
    if (shown.get(payoutId) !== code) findings.push({ rule: 'alarm', message: `the dispute of ${payoutId} is not among the alarms` });
    const others = wanted.filter(({ depositId }) => (taken.get(depositId) ?? payoutId) !== payoutId);
    if (code === 'deposit-already-matched' && others.length < wanted.length) find(`payout ${payoutId} is told its output is taken, and it is not`);
    else if (code === 'claim-ambiguous' && wanted.length < 2) find(`payout ${payoutId} is called ambiguous with ${wanted.length} outputs that fit`);
    else if (!['deposit-already-matched', 'claim-ambiguous'].includes(code) && wanted.length > 0) find(`payout ${payoutId} is disputed (${code}) though an output fits`);
  }
  return findings;
}

function fits(claim: Content, { vout, amount, to }: OurOutput): boolean {
  const named = claim['outputIndex'] === undefined || claim['outputIndex'] === vout;
  return named && to.purpose.kind === 'pool-account' && to.purpose.id === claim['poolAccountId'] && to.address === claim['address'] && to.asset === claim['asset'] && amount === claim['amount'];
}

import { MANY_CASE, stateOfUnassigned, type PlainAsset, type StateTime } from './case-of-many.js';
import { add, type JournalEntry } from './ledger.js';
import type { ScreeningTruth } from './screening.js';
import type { Finding, MinedBlock, MinedTransaction, RawEvent, Testimony } from './testimony.js';

/** When a miner's reward may be spent (consensus rule COINBASE_MATURITY). */
const COINBASE_MATURITY = 100;

export interface Purpose {
  readonly kind: string;
  readonly id: string;
  readonly licenceId?: string;
  /** The one asset of a case that it is for. */
  readonly assetId?: string;
}

export interface OurAddress {
  readonly address: string;
  readonly vaultId: string;
  readonly class: string;
  readonly asset: string;
  readonly purpose: Purpose;
}

/** An output that pays us, wherever its transaction is now. */
export interface OurOutput {
  readonly depositId: string;
  readonly txid: string;
  readonly vout: number;
  readonly amount: string;
  readonly to: OurAddress;
  readonly coinbase: boolean;
}

interface Match {
  readonly depositId: string;
  readonly payoutId: string;
  readonly licenceId: string;
}

/** What is true on chain, from the blocks alone, and what follows from it for the books. */
export class ChainTruth {
  readonly addresses: ReadonlyMap<string, OurAddress>;
  /** Every output that ever paid us, by its id. */
  readonly outputs: ReadonlyMap<string, OurOutput>;
  /** The block of the best chain that holds a transaction. */
  readonly blockOf: ReadonlyMap<string, MinedBlock>;
  readonly height: number;

  constructor(private readonly told: Testimony) {
    const vaults = new Map(told.events.filter(({ type }) => type === 'custody.vault-registered').map(({ data }) => [data['vaultId'] as string, data]));
    const assigned = told.events.filter(({ type }) => type === 'custody.address-assigned').map(({ data }) => {
      const vault = vaults.get(data['vaultId'] as string) ?? {};
      return { address: data['address'] as string, vaultId: data['vaultId'] as string, class: vault['class'] as string, asset: vault['asset'] as string, purpose: data['purpose'] as Purpose };
    });
    this.addresses = new Map(assigned.map((each) => [each.address, each]));
    this.outputs = new Map(told.mined.flatMap((transaction) => this.ours(transaction)).map((output) => [output.depositId, output]));
    this.blockOf = new Map(told.chain.flatMap((block) => block.transactions.map(({ txid }): [string, MinedBlock] => [txid, block])));
    this.height = told.chain.length - 1;
  }

  /** Outputs of a transaction that pay us. */
  ours({ txid, outputs, coinbase }: MinedTransaction): OurOutput[] {
    return outputs.flatMap(({ vout, amount, address }) => {
      const to = address === undefined ? undefined : this.addresses.get(address);
      return to === undefined || amount === '0' ? [] : [{ depositId: `${txid}.${vout}`, txid, vout, amount, to, coinbase }];
    });
  }

  /** Deep enough in the best chain to count. */
  counts({ txid, coinbase }: OurOutput): boolean {
    const block = this.blockOf.get(txid);
    if (block === undefined) return false;
    const needed = coinbase ? Math.max(COINBASE_MATURITY, this.told.confirmations) : this.told.confirmations;
    return this.height - block.height + 1 >= needed;
  }

  /** What every account must hold, if every block, match and decision has had its effect. */
  expectedBalances(matches: ReadonlyMap<string, Match>, stateProperty: ReadonlyMap<string, string>, assets: ReadonlyMap<string, PlainAsset>, screening: Pick<ScreeningTruth, 'holds'>): Map<string, bigint> {
    const balances = new Map<string, bigint>();
    for (const output of this.outputs.values()) {
      if (!this.counts(output)) continue;
      const { to, depositId } = output;
      const amount = BigInt(output.amount);
      const post = (account: string, units: bigint): void => add(balances, `${account} ${to.asset}`, units);
      post(`${to.class}:vault:${to.vaultId}`, amount);
      if (screening.holds(output)) post(`${to.class}:screening-hold:${to.vaultId}`, -amount);
      else if (to.purpose.kind === 'case') {
        const { id, assetId } = to.purpose;
        const blockTime = this.blockOf.get(output.txid)?.time ?? '';
        const now = Date.parse(this.told.endedAt);
        const ofWhole = stateProperty.get(id);
        const times = id === MANY_CASE ? (assetId === undefined ? stateOfUnassigned(assets) : (assets.get(assetId)?.stateProperty ?? [])) : ofWhole === undefined ? [] : [{ share: { n: 1n, d: 1n }, from: Date.parse(ofWhole), until: Infinity }];
        const taken = takenAt(amount, times, Date.parse(blockTime), now);
        post('held-in-trust:due-to:reserve', -taken);
        post('reserve:due-from:held-in-trust', taken);
        post(`reserve:seizure:${to.purpose.id}`, -taken);
        post(`held-in-trust:case:${to.purpose.id}`, taken - amount);
      } else if (to.purpose.kind !== 'pool-account') post(`reserve:${to.purpose.kind}:${to.purpose.id}`, -amount);
      else {
        const match = matches.get(depositId);
        post(match === undefined ? `${to.class}:unidentified:${to.vaultId}` : `reserve:mining:${match.licenceId}`, -amount);
      }
    }
    return new Map([...balances].filter(([, units]) => units !== 0n).sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

/** Units of an output that are the state's at a moment: of each part rounded down, so that the fraction of a unit stays in trust. */
export function takenAt(amount: bigint, times: readonly StateTime[], heldSince: number, moment: number): bigint {
  return times.filter(({ from, until }) => Math.max(from, heldSince) <= moment && moment < until).reduce((sum, { share }) => sum + (amount * share.n) / share.d, 0n);
}

/** Matches that custody recorded, by deposit; an output that was given to two payouts is a finding. */
export function matchesOf(events: readonly RawEvent[], findings: Finding[]): Map<string, Match> {
  const matches = new Map<string, Match>();
  const payouts = new Set<string>();
  for (const { type, data, stream } of events) {
    if (type !== 'custody.deposit-matched') continue;
    const match = data as unknown as Match;
    if (matches.has(match.depositId)) findings.push({ rule: 'INV-30', message: `${stream} is matched twice` });
    if (payouts.has(match.payoutId)) findings.push({ rule: 'INV-30', message: `payout ${match.payoutId} is matched to two outputs` });
    matches.set(match.depositId, match);
    payouts.add(match.payoutId);
  }
  return matches;
}

/** Entries that stand: neither compensations nor compensated. */
export function standingEntries(journal: readonly JournalEntry[]): JournalEntry[] {
  const corrected = new Set(journal.map(({ corrects }) => corrects));
  return journal.filter(({ kind, entryId }) => kind !== 'compensation' && !corrected.has(entryId));
}

/** Each deposit's own story, told by its stream: seen, confirmed and taken back as the chain was. */
export function judgeDeposits(told: Testimony, chain: ChainTruth): Finding[] {
  const findings: Finding[] = [];
  const states = new Map<string, string>();
  const heights = new Map<string, number>();
  let tip = 0;
  for (const { type, data, stream } of told.events) {
    const id = data['depositId'] as string;
    if (type === 'custody.block-connected') tip = data['height'] as number;
    if (type === 'custody.block-disconnected') tip = (data['height'] as number) - 1;
    if (type === 'custody.deposit-seen') {
      if (!chain.outputs.has(id)) findings.push({ rule: 'INV-28', message: `${stream} was seen and never mined` });
      states.set(id, 'seen');
      heights.set(id, data['height'] as number);
    } else if (type === 'custody.deposit-confirmed') {
      if (states.get(id) !== 'seen') findings.push({ rule: 'INV-28', message: `${stream} was confirmed while ${states.get(id) ?? 'unknown'}` });
      const coinbase = chain.outputs.get(id)?.coinbase === true;
      const needed = coinbase ? Math.max(COINBASE_MATURITY, told.confirmations) : told.confirmations;
      if (Number(data['confirmations']) < needed) findings.push({ rule: 'INV-28', message: `${stream} was confirmed at ${String(data['confirmations'])} confirmations, ${needed} are needed` });
      const counted = tip - (heights.get(id) ?? 0) + 1;
      if (data['confirmations'] !== counted) findings.push({ rule: 'INV-28', message: `${stream} is said to have ${String(data['confirmations'])} confirmations and has ${counted}` });
      states.set(id, 'confirmed');
    } else if (type === 'custody.deposit-taken-back') states.set(id, 'taken-back');
  }
  for (const output of chain.outputs.values()) {
    const inChain = chain.blockOf.has(output.txid);
    const state = states.get(output.depositId);
    const wanted = chain.counts(output) ? 'confirmed' : inChain ? 'seen' : undefined;
    if (wanted !== undefined && state !== wanted) findings.push({ rule: 'INV-29', message: `deposit ${output.depositId} must be ${wanted} and is ${state ?? 'unknown'}` });
    if (wanted === undefined && state !== undefined && state !== 'taken-back') findings.push({ rule: 'INV-29', message: `deposit ${output.depositId} is in no block and stands as ${state}` });
  }
  return findings;
}

/** Whoever moves coins of ours without an approval is found out, once, and the vault gives out no more addresses. */
export function judgeSpends(told: Testimony, chain: ChainTruth): Finding[] {
  const findings: Finding[] = [];
  const alarms = told.events.filter(({ type }) => type === 'custody.unapproved-spend-detected').map(({ data }) => `${String(data['depositId'])} ${String(data['spentBy'])}`);
  if (new Set(alarms).size !== alarms.length) findings.push({ rule: 'alarm', message: 'a spend raised its alarm twice' });
  const frozen = new Set(told.events.filter(({ type }) => type === 'custody.vault-frozen').map(({ data }) => data['vaultId']));
  const shown = new Set((told.pages['/v1/alarms'] as { items: { kind: string; subject: string }[] }).items.filter(({ kind }) => kind === 'unapproved-spend').map(({ subject }) => subject));
  const vaults = (told.pages['/v1/vaults'] as { items: { vaultId: string; frozen: boolean }[] }).items;
  for (const { txid, inputs } of told.chain.flatMap(({ transactions }) => transactions)) {
    for (const input of inputs) {
      const output = chain.outputs.get(`${input.txid}.${input.vout}`);
      if (output === undefined) continue;
      if (!alarms.includes(`${output.depositId} ${txid}`)) findings.push({ rule: 'alarm', message: `${txid} moved ${output.depositId} and raised no alarm` });
      if (!shown.has(output.depositId)) findings.push({ rule: 'alarm', message: `the spend of ${output.depositId} is not among the alarms` });
      if (!frozen.has(output.to.vaultId) || vaults.find(({ vaultId }) => vaultId === output.to.vaultId)?.frozen !== true) findings.push({ rule: 'alarm', message: `vault ${output.to.vaultId} lost ${output.depositId} and is not frozen` });
    }
  }
  return findings;
}

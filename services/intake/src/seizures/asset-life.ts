import type { AssetStatus, DatedValue, SeizureAct } from '@qazyna/contracts';
import { fractions, type Fraction } from '@qazyna/ledger';
import type { AssetLife, Effect, Holding, Overtaken, Waiting } from './asset-effects.js';
import { fractionOf, isCoarseEnough, isNothing } from './exact-share.js';
import { MAIN_RANK, MAIN_STEPS, placeOf, type ActOnRecord } from './law.js';

/**
 * The legal life of one asset, told from its beginning: the same acts give the same life in whatever order they
 * arrived. An asset is at most two live parts: the main part, and the part an order confiscates.
 */

interface Order {
  readonly factId: string;
  share: Fraction;
  status: 'confiscation-ordered' | 'final' | 'state-property';
  readonly restReleased: boolean;
  readonly substituteValue: DatedValue | undefined;
  /** From when it could be reversed: no reversal is of an order that came after it. */
  readonly from: number;
  /** Whether a reversal let it in: that one is not its own. */
  readonly isFreed: boolean;
  /** When its latest act took effect: what comes later may follow a reversal that is still on its way. */
  since: number;
}

interface Pending {
  readonly act: ActOnRecord;
  readonly refusal: Fault;
  /** The order that stood when it took effect: it is about no other. */
  readonly order: string | undefined;
}

/** Acts that are about one order: repeated after that order's end they must not meet the next one. */
const ABOUT_AN_ORDER: ReadonlySet<SeizureAct> = new Set<SeizureAct>(['confiscation-order', 'finality', 'state-property-decision', 'reversal']);
const REVERSED_SINCE: Fault = { code: 'act-superseded', message: 'the order that stood when it took effect has been reversed since' };

/** Why an act does not apply: it waits for another, or the law has passed it by. */
type Fault = { readonly waitsFor: SeizureAct } | { readonly code: string; readonly message: string };

const waitsFor = (act: SeizureAct): Fault => ({ waitsFor: act });

class Life {
  private main: { share: Fraction; status: AssetStatus; restriction?: { factId: string; lapsesAt: string; at: number } } | undefined;
  private order: Order | undefined;
  private gone = new Map<'released' | 'returned-to-victim', Fraction>();
  private lastGone: AssetStatus = 'withdrawn';
  private holding: Holding;
  private effects: Effect[] = [];
  private readonly applied: string[] = [];
  private pending: Pending[] = [];
  private readonly lapses: { factId: string; lapsesAt: string }[] = [];
  /** When the act that is being applied, or let others in, took effect. */
  private now = 0;
  private reversedAt: number | undefined;

  constructor(holding: Holding) {
    this.holding = holding;
  }

  take(act: ActOnRecord): void {
    this.lapseBefore(act.at);
    this.now = act.at;
    const order = ABOUT_AN_ORDER.has(act.act) ? this.order?.factId : undefined;
    const fault = this.apply(act);
    if (fault !== undefined) {
      this.pending.push({ act, refusal: fault, order });
      return;
    }
    this.applied.push(act.factId);
    if (act.act === 'reversal') this.leaveBehind();
    this.applyWaiting();
  }

  /** @param lapsed restrictions whose lapse the clock saw, with the moment it saw them lapse at */
  end(lapsed: ReadonlyMap<string, string>): AssetLife {
    const standing = this.main?.status === 'restricted' ? this.main.restriction : undefined;
    if (standing !== undefined && lapsed.get(standing.factId) === standing.lapsesAt) this.lapse(standing);
    const { holding, effects, applied, lapses, main, order } = this;
    const parts = [
      ...(order === undefined ? [] : [{ legalStatus: order.status as AssetStatus, share: order.share }]),
      ...(main === undefined ? [] : [{ legalStatus: main.status, share: main.share }]),
      ...[...this.gone].map(([legalStatus, share]) => ({ legalStatus: legalStatus, share })),
    ];
    const waiting: Waiting[] = [];
    const overtaken: Overtaken[] = [];
    for (const { act, refusal } of this.pending) {
      if ('waitsFor' in refusal) waiting.push({ factId: act.factId, act: act.act, waitsFor: refusal.waitsFor });
      else overtaken.push({ factId: act.factId, ...refusal });
    }
    return {
      holding,
      legalStatus: order?.status ?? main?.status ?? this.lastGone,
      parts,
      restriction: main?.status === 'restricted' && main.restriction !== undefined ? { factId: main.restriction.factId, lapsesAt: main.restriction.lapsesAt } : undefined,
      effects, applied, waiting, overtaken, lapses,
    };
  }

  /** What was about the order that is reversed now and could not apply to it, never can: unless the two took effect at once. */
  private leaveBehind(): void {
    this.pending = this.pending.map((each) => {
      const isLeft = each.order !== undefined && 'waitsFor' in each.refusal && each.refusal.waitsFor === 'reversal' && each.act.at < this.now;
      return isLeft ? { ...each, refusal: REVERSED_SINCE } : each;
    });
  }

  /** Whether what stands now can be what the act is about. */
  private isConcerned({ act, order }: Pending): boolean {
    if (act.act === 'confiscation-order') return true;
    return order === undefined || order === this.order?.factId;
  }

  /** One act may free others: in the order of the law, not of arrival, so that none leaves the one before it waiting. */
  private applyWaiting(): void {
    let freed = true;
    while (freed && this.pending.length > 0) {
      freed = false;
      const byLaw = [...this.pending].sort((a, b) => placeOf(a.act.act) - placeOf(b.act.act) || a.act.at - b.act.at);
      for (const waiting of byLaw) {
        if (!('waitsFor' in waiting.refusal) || !this.isConcerned(waiting)) continue;
        const fault = this.apply(waiting.act);
        if (fault === undefined) {
          this.pending = this.pending.filter((each) => each !== waiting);
          this.applied.push(waiting.act.factId);
          if (waiting.act.act === 'reversal') this.leaveBehind();
          freed = true;
          break;
        }
        const refusal = this.stillWaiting(waiting.refusal, fault);
        this.pending = this.pending.map((each) => (each === waiting ? { ...waiting, refusal } : each));
      }
    }
  }

  /**
   * What came too early in its time was never late. With an order in its way it waits for that to be reversed; where the
   * asset has left the case since, still for what it presupposes, which may yet be told of an earlier day.
   */
  private stillWaiting(before: Fault, fault: Fault): Fault {
    if ('waitsFor' in fault) return fault;
    if (this.order !== undefined) return waitsFor('reversal');
    return this.main === undefined ? before : fault;
  }

  private lapseBefore(at: number): void {
    const restriction = this.main?.status === 'restricted' ? this.main.restriction : undefined;
    if (restriction !== undefined && restriction.at < at) this.lapse(restriction);
  }

  private lapse({ factId, lapsesAt }: { factId: string; lapsesAt: string }): void {
    if (this.main !== undefined) this.main = { share: this.main.share, status: 'restriction-lapsed' };
    this.lapses.push({ factId, lapsesAt });
  }

  private apply(act: ActOnRecord): Fault | undefined {
    switch (act.act) {
      case 'reported':
        if (this.main !== undefined || this.order !== undefined || this.gone.size > 0) return { code: 'case-already-reported', message: 'the asset was reported before: a further report names its assets by an assetId of their own' };
        this.main = { share: fractions.ONE, status: 'reported' };
        return undefined;
      case 'finality':
      case 'state-property-decision':
      case 'reversal':
        return this.applyToOrder(act, act.act);
      case 'release-to-owner':
        return this.release(act);
      case 'return-to-victim':
        return this.returnToVictim(act);
      default:
        return this.applyToMain(act, act.act);
    }
  }

  private get isKnown(): boolean {
    return this.main !== undefined || this.order !== undefined || this.gone.size > 0;
  }

  /** The act may not come from what stands: is it too early, on time after a reversal, or for ever too late? */
  private faultOf(act: ActOnRecord): Fault {
    const { main, order } = this;
    if (!this.isKnown) return waitsFor('reported');
    if (order !== undefined) {
      if (act.at > order.since) return waitsFor('reversal');
      if (order.status === 'state-property') return { code: 'case-is-state-property', message: `the asset is state property: "${act.act}" can no longer apply; a reversal or a correction can undo the decision` };
      return { code: 'act-superseded', message: `the asset is "${order.status}": "${act.act}" belongs before that and can no longer apply` };
    }
    if (main === undefined) {
      return this.lastGone === 'returned-to-victim'
        ? { code: 'case-returned', message: `the asset went to its victims: "${act.act}" can no longer apply` }
        : { code: 'case-released', message: `the asset was released to its owner: "${act.act}" can no longer apply` };
    }
    const step = MAIN_STEPS[act.act];
    if (step !== undefined && step.from.every((from) => (MAIN_RANK[from] ?? 0) > (MAIN_RANK[main.status] ?? 0))) return waitsFor(step.presupposes);
    return { code: 'act-superseded', message: `the asset is "${main.status}": "${act.act}" belongs before that and can no longer apply` };
  }

  private applyToMain(act: ActOnRecord, kind: 'restriction' | 'arrest' | 'evidence' | 'pre-verdict-sale' | 'confiscation-order'): Fault | undefined {
    const { main, order } = this;
    if (main === undefined || MAIN_STEPS[kind]?.from.includes(main.status) !== true) return this.faultOf(act);
    if (order !== undefined && (kind === 'confiscation-order' || kind === 'pre-verdict-sale')) return this.faultOf(act);
    const { share } = main;
    if (kind === 'restriction') {
      const lapsesAt = act.terms.lapsesAt ?? act.effectiveAt;
      this.main = { share, status: 'restricted', restriction: { factId: act.factId, lapsesAt, at: Date.parse(lapsesAt) } };
    } else if (kind === 'arrest') this.main = { share, status: main.status === 'evidence' ? 'evidence' : 'arrested' };
    else if (kind === 'evidence') this.main = { share, status: 'evidence' };
    else if (kind === 'pre-verdict-sale') return this.sell(act, share);
    else return this.confiscate(act, share);
    return undefined;
  }

  private sell(act: ActOnRecord, share: Fraction): Fault | undefined {
    const { proceeds } = act.terms;
    if (proceeds === undefined) return { code: 'proceeds-missing', message: 'a sale names its proceeds' };
    this.effects.push(this.effectOf('sold', act, share, { proceeds }));
    this.holding = { asset: proceeds.asset, amount: proceeds.amount, location: proceeds.location };
    // The proceeds are all that is left of the asset: what went before went in coins.
    this.gone.clear();
    if (this.main !== undefined) this.main = { ...this.main, share: fractions.ONE };
    return undefined;
  }

  private confiscate(act: ActOnRecord, live: Fraction): Fault | undefined {
    const { share, rest, substituteValue } = act.terms;
    const taken = share === undefined ? live : fractionOf(share);
    const left = fractions.minus(live, taken);
    if (fractions.isLess(live, taken)) return { code: 'share-exceeds-asset', message: 'the order takes more than what is left of the asset' };
    if (!isCoarseEnough(left)) return { code: 'share-too-fine', message: 'the share left over cannot be written in 18 digits' };
    this.order = { factId: act.factId, share: taken, status: 'confiscation-ordered', restReleased: rest === 'released', substituteValue, from: Math.max(act.at, this.now), isFreed: act.at < this.now || act.at === this.reversedAt, since: act.at };
    this.main = isNothing(left) ? undefined : { share: left, status: this.main?.status ?? 'arrested' };
    return undefined;
  }

  private applyToOrder(act: ActOnRecord, kind: 'finality' | 'state-property-decision' | 'reversal'): Fault | undefined {
    const { order } = this;
    if (order === undefined) {
      if (this.isKnown && this.main === undefined) return this.faultOf(act);
      if (kind === 'reversal' && act.at === this.reversedAt) return REVERSED_SINCE;
      return waitsFor(kind === 'finality' || kind === 'reversal' ? 'confiscation-order' : 'finality');
    }
    if (kind === 'reversal') {
      if (act.at < order.from || (order.isFreed && act.at === order.from)) return waitsFor('confiscation-order');
      const merged = fractions.plus(order.share, this.main?.share ?? fractions.ZERO);
      const ended = { factId: act.factId, effectiveAt: act.effectiveAt, document: act.document };
      this.effects = this.effects.map((effect) => (effect.kind === 'state-property' && effect.ended === undefined ? { ...effect, ended } : effect));
      this.reversedAt = act.at;
      this.main = { share: merged, status: this.main?.status ?? 'reversed' };
      this.order = undefined;
      return undefined;
    }
    if (kind === 'finality') {
      if (order.status !== 'confiscation-ordered') return this.faultOf(act);
      order.status = 'final';
      order.since = Math.max(order.since, act.at);
      if (order.restReleased && this.main !== undefined) this.letGo('released', act, this.main.share, {});
      if (order.restReleased) this.main = undefined;
      return undefined;
    }
    if (order.status === 'confiscation-ordered') return waitsFor('finality');
    if (order.status !== 'final') return this.faultOf(act);
    order.status = 'state-property';
    order.since = Math.max(order.since, act.at);
    this.effects.push(this.effectOf('state-property', act, order.share, order.substituteValue === undefined ? {} : { substituteValue: order.substituteValue }));
    return undefined;
  }

  private release(act: ActOnRecord): Fault | undefined {
    const { main, order } = this;
    if (act.terms.part === 'rest') {
      if (order === undefined) return this.isKnown && main === undefined ? this.faultOf(act) : waitsFor('confiscation-order');
      if (main === undefined) return this.faultOf(act);
      this.letGo('released', act, main.share, {});
      this.main = undefined;
      return undefined;
    }
    if ((main === undefined && order === undefined) || (order !== undefined && order.status !== 'confiscation-ordered')) return this.faultOf(act);
    this.letGo('released', act, fractions.plus(main?.share ?? fractions.ZERO, order?.share ?? fractions.ZERO), {});
    this.main = undefined;
    this.order = undefined;
    return undefined;
  }

  private returnToVictim(act: ActOnRecord): Fault | undefined {
    const { main, order } = this;
    const { victim } = act.terms;
    if (victim === undefined) return { code: 'victim-missing', message: 'a return names the victim' };
    const mainLive = main !== undefined && MAIN_STEPS['return-to-victim']?.from.includes(main.status) === true ? main.share : fractions.ZERO;
    const orderLive = order !== undefined && order.status !== 'state-property' ? order.share : fractions.ZERO;
    if (isNothing(mainLive) && isNothing(orderLive)) return this.faultOf(act);
    const live = fractions.plus(mainLive, orderLive);
    const taken = act.terms.share === undefined ? live : fractionOf(act.terms.share);
    if (fractions.isLess(live, taken)) return { code: 'share-exceeds-asset', message: 'the return takes more than what is left of the asset' };
    // From what no order took, first.
    const fromMain = fractions.isLess(mainLive, taken) ? mainLive : taken;
    const leftMain = fractions.minus(main?.share ?? fractions.ZERO, fromMain);
    const leftOrder = fractions.minus(order?.share ?? fractions.ZERO, fractions.minus(taken, fromMain));
    if (![leftMain, leftOrder].every(isCoarseEnough)) return { code: 'share-too-fine', message: 'the share left over cannot be written in 18 digits' };
    this.letGo('returned-to-victim', act, taken, { victim });
    this.main = main === undefined || isNothing(leftMain) ? undefined : { ...main, share: leftMain };
    if (order !== undefined) this.order = isNothing(leftOrder) ? undefined : { ...order, share: leftOrder };
    return undefined;
  }

  private letGo(kind: 'released' | 'returned-to-victim', act: ActOnRecord, share: Fraction, more: Partial<Effect>): void {
    this.effects.push(this.effectOf(kind, act, share, more));
    this.gone.set(kind, fractions.plus(this.gone.get(kind) ?? fractions.ZERO, share));
    this.lastGone = kind;
  }

  private effectOf(kind: Effect['kind'], { factId, effectiveAt, document }: ActOnRecord, share: Fraction, more: Partial<Effect>): Effect {
    return { kind, factId, share, effectiveAt, document, holding: this.holding, ...more };
  }
}

/** @param acts those that concern this asset, its report among them, in order of effect */
export function assetLife(holding: Holding, acts: readonly ActOnRecord[], lapsed: ReadonlyMap<string, string>): AssetLife {
  const life = new Life(holding);
  for (const act of acts) life.take(act);
  return life.end(lapsed);
}

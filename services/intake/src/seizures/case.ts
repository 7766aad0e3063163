import type {
  ActApplied, ActHeld, CaseBecameStateProperty, CaseReleased, CoinsInherited, EventsOf, IntakeAssetEvents, IssuerFreeze, LegalStatus, RestrictionClock,
} from '@qazyna/contracts';
import { accept, refuse, type Decider, type Decision, type Refusal } from '@qazyna/event-store/decider';
import { eventsOfChange, type WholeTold } from './case-effects.js';
import { CHANGES_OUTSTANDING, firstPart, toldAnother, type Outstanding } from './case-parts.js';
import { caseStanding, type CaseStanding, type FactOutcome } from './case-standing.js';
import { brokenByArrival, brokenInCase, type FactRules } from './fact-rules.js';
import type { ApplyFact } from './law.js';
import { sameContent } from './same-content.js';

/**
 * The legal life of one seizure case. Its facts are told anew, in the order of their effect, whenever one arrives: the
 * same facts give the same case in whatever order they came, and what a late one changes is taken back by events of its
 * own. It knows nothing of coins on chain: legal and custody status are two axes.
 */

export type { ApplyFact } from './law.js';

/** The clock looks at the case. */
export interface LookAtClock {
  readonly kind: 'look';
  readonly caseId: string;
  /** RFC 3339 in UTC. */
  readonly now: string;
  /** Hours before a lapse at which a warning is given. */
  readonly warningHours: readonly number[];
}

/** A fact to apply, with the rules that it has to keep once it is corrected. */
export type Publish = ApplyFact & { readonly rules?: FactRules };

export type CaseCommand =
  | Publish
  | LookAtClock
  | { readonly kind: 'inherit'; readonly found: CoinsInherited }
  | { readonly kind: 'freeze' | 'lift'; readonly freeze: IssuerFreeze };

export type CaseEvent = EventsOf<
  {
    'intake.act-applied': ActApplied;
    'intake.act-held': ActHeld;
    'intake.case-became-state-property': CaseBecameStateProperty;
    'intake.case-released': CaseReleased;
  } & IntakeAssetEvents
>;

export interface CaseState {
  readonly facts: ReadonlyMap<string, ApplyFact>;
  /** What was told of each fact. */
  readonly told: ReadonlyMap<string, FactOutcome['kind']>;
  /** Undefined until the case is reported. */
  readonly legalStatus: LegalStatus | undefined;
  /** Restrictions that lapsed, with the moment. */
  readonly lapsed: ReadonlyMap<string, string>;
  /** Warnings given, as `fact hours lapse`. */
  readonly warned: ReadonlySet<string>;
  readonly inherited: readonly CoinsInherited[];
  readonly freezes: ReadonlyMap<string, { readonly frozen: IssuerFreeze; readonly lifted?: IssuerFreeze }>;
  /** The deciding facts of which the whole case was told to be state property. */
  readonly wholes: ReadonlyMap<string, WholeTold>;
  /** A change of which not all was told yet: nothing else is decided before the rest of it is. */
  readonly outstanding: Outstanding | undefined;
}

/** Acts that may wait in one case: more than the law has is a publisher gone wrong. */
export const HELD_ACTS_MAX = 20;
/** Assets of one case. */
export const ASSETS_MAX = 10_000;
const HOUR_MS = 3_600_000;

function decide(command: CaseCommand, state: CaseState): Decision<CaseEvent> {
  if (state.outstanding !== undefined) return refuse(CHANGES_OUTSTANDING, 'what follows of the act before is still being told');
  if (!('kind' in command)) return applyFact(command, state);
  switch (command.kind) {
    case 'look':
      return look(command, state);
    case 'inherit':
      return inherit(command.found, state);
    case 'freeze':
    case 'lift':
      return freeze(command.kind, command.freeze, state);
  }
}

const NO_RULES: FactRules = () => undefined;

function applyFact(command: Publish, state: CaseState): Decision<CaseEvent> {
  const { factId, caseId, fact } = command;
  if (state.told.has(factId)) return accept();
  const { rules = NO_RULES } = command;
  const broken = brokenInCase(command, state, rules);
  if (broken !== undefined) return refuse(broken.code, broken.message, broken.field);
  const before = standing(state);
  const voided = brokenByArrival(command, state.facts.values(), rules);
  const facts = new Map([...state.facts].filter(([each]) => !voided.has(each))).set(factId, { factId, caseId, fact });
  const after = caseStanding(facts.values(), state.lapsed, state.inherited);
  const outcome = after.outcomes.get(factId);
  if (outcome?.kind === 'overtaken') return refuse(outcome.code, outcome.message, 'act');
  if (outcome?.kind === 'waiting' && waitingOf(state, fact.act === 'correction') >= HELD_ACTS_MAX) {
    return refuse('too-many-held-acts', `${HELD_ACTS_MAX} ${fact.act === 'correction' ? 'corrections' : 'acts'} of this case wait already`, 'act');
  }
  const undone = fact.act === 'reversal' || fact.act === 'correction' ? undefined : undoneBy(state, after);
  if (undone !== undefined) {
    const { act } = undone.fact;
    if (act === 'reported' && fact.act === 'reported') return refuse('case-already-reported', 'an asset of it was reported before: a further report names its assets by an assetId of their own', 'assets');
    return before.legalStatus === 'state-property' || act === 'state-property-decision'
      ? refuse('case-is-state-property', `it would undo "${act}", which stands: only a reversal or a correction can`, 'effectiveAt')
      : refuse('act-superseded', `it would undo "${act}", which stands: only a reversal or a correction can`, 'effectiveAt');
  }
  if (after.lives.size > ASSETS_MAX) return refuse('too-many-assets', `a case has at most ${ASSETS_MAX} assets`, 'assets');
  const acts = [...toldOf(command, state, after, facts), ...[...voided].map(([each, refusal]) => correctionVoided(caseId, each, refusal)), ...lapsesUndone(state, after, factId)];
  const part = firstPart(acts, { caseId, before, after, factId, document: fact.document, effectiveAt: fact.effectiveAt, wholes: state.wholes });
  return part === undefined ? refuse('too-many-acts-at-once', 'the act frees more acts that wait than one append holds: publish the acts before it first', 'act') : accept(...part);
}

/**
 * An act that had its effect and could never have it again: nothing but a reversal or a correction takes that back. One
 * that would wait in its place, because what came late belongs before it, is no such case: the order of arrival decides nothing.
 */
function undoneBy({ told, facts }: CaseState, { outcomes }: CaseStanding): ApplyFact | undefined {
  const undone = [...told].filter(([factId, kind]) => kind === 'applied' && outcomes.get(factId)?.kind === 'overtaken').map(([factId]) => facts.get(factId));
  return undone.find((each) => each?.fact.act === 'state-property-decision') ?? undone[0];
}

/** A correction that waited, and that the act it is about cannot be given. */
function correctionVoided(caseId: string, factId: string, { code, message, field }: Refusal): CaseEvent {
  return { type: 'intake.act-overtaken', data: { factId, caseId, act: 'correction', code, message: field === undefined ? message : `${field}: ${message}` } };
}

/** How many acts wait, or how many corrections: the ones take no place from the others. */
function waitingOf({ told, facts }: CaseState, corrections: boolean): number {
  return [...told].filter(([factId, kind]) => kind === 'waiting' && (facts.get(factId)?.fact.act === 'correction') === corrections).length;
}

/** The new fact first, then those whose outcome it changed. */
function toldOf({ factId: newest }: ApplyFact, { told }: CaseState, { outcomes, legalStatus }: CaseStanding, facts: ReadonlyMap<string, ApplyFact>): CaseEvent[] {
  const events: CaseEvent[] = [];
  for (const [factId, outcome] of [...outcomes].sort(([a], [b]) => Number(b === newest) - Number(a === newest))) {
    const known = facts.get(factId);
    if (known === undefined || told.get(factId) === outcome.kind) continue;
    const { caseId, fact } = known;
    if (outcome.kind === 'applied') events.push({ type: 'intake.act-applied', data: { ...fact, factId, caseId, legalStatus: legalStatus ?? 'withdrawn' } });
    else if (outcome.kind === 'waiting') events.push({ type: 'intake.act-held', data: { factId, caseId, act: fact.act, waitsFor: outcome.waitsFor, fact } });
    else events.push({ type: 'intake.act-overtaken', data: { factId, caseId, act: fact.act, code: outcome.code, message: outcome.message } });
  }
  return events;
}

function look({ caseId, now, warningHours }: LookAtClock, state: CaseState): Decision<CaseEvent> {
  const before = standing(state);
  const nowMs = Date.parse(now);
  const lapsed = new Map(state.lapsed);
  const events: CaseEvent[] = [];
  let cause: string | undefined;
  for (const [factId, lapsesAt] of state.lapsed) {
    if (Date.parse(lapsesAt) <= nowMs || cause !== undefined) continue;
    // The clock had been ahead of time.
    lapsed.delete(factId);
    cause = factId;
    events.push({ type: 'intake.restriction-lapse-undone', data: clockOf(state, caseId, factId, lapsesAt, before) });
  }
  for (const [factId, lapsesAt] of standingRestrictions(before)) {
    const leftMs = Date.parse(lapsesAt) - nowMs;
    const data = clockOf(state, caseId, factId, lapsesAt, before);
    if (leftMs <= 0) {
      // One at a time, so that what follows of it fits an append; the next look takes the next.
      if (cause !== undefined) continue;
      lapsed.set(factId, lapsesAt);
      cause = factId;
      events.push({ type: 'intake.restriction-lapsed', data });
      continue;
    }
    // Where several thresholds were crossed unseen, the nearest one says it all.
    const crossed = warningHours.filter((hours) => leftMs <= hours * HOUR_MS);
    const hoursBefore = crossed.length === 0 ? undefined : Math.min(...crossed);
    if (hoursBefore === undefined || state.warned.has(warningKey(factId, hoursBefore, lapsesAt))) continue;
    events.push({ type: 'intake.restriction-warned', data: { ...data, hoursBefore, noticedAt: now } });
  }
  if (cause === undefined) return accept(...events);
  const after = caseStanding(state.facts.values(), lapsed, state.inherited);
  const document = state.facts.get(cause)?.fact.document;
  const part = firstPart(events, { caseId, before, after, factId: cause, document, effectiveAt: now, wholes: state.wholes });
  if (part === undefined) throw new Error('one lapse and its warnings are more than an append holds');
  return accept(...part);
}

function inherit(found: CoinsInherited, state: CaseState): Decision<CaseEvent> {
  const { caseId, findingId, assetId, parentAssetId, effectiveAt } = found;
  const known = state.inherited.find((each) => each.findingId === findingId);
  if (known !== undefined) return sameContent(known, found) ? accept() : refuse('finding-conflict', `finding ${findingId} is known with other content`, 'findingId');
  const before = standing(state);
  if (!before.lives.has(parentAssetId)) return refuse('asset-not-found', `the case has no asset ${parentAssetId}`, 'parentAssetId');
  if (before.lives.has(assetId)) return refuse('asset-already-reported', `the case has an asset ${assetId}`, 'assetId');
  const after = caseStanding(state.facts.values(), state.lapsed, [...state.inherited, found]);
  const [first] = state.facts.values();
  return accept({ type: 'intake.coins-inherited', data: found }, ...eventsOfChange({ caseId, before, after, factId: first?.factId ?? '', document: first?.fact.document, effectiveAt, wholes: state.wholes }));
}

function freeze(kind: 'freeze' | 'lift', data: IssuerFreeze, state: CaseState): Decision<CaseEvent> {
  const { freezeId, assetId } = data;
  const known = state.freezes.get(freezeId);
  const conflict = refuse('freeze-conflict', `freeze ${freezeId} is known with other content`, 'freezeId');
  if (kind === 'lift') {
    if (known === undefined) return refuse('freeze-not-found', `no freeze ${freezeId} is on record`, 'freezeId');
    const { frozen, lifted } = known;
    if (frozen.assetId !== assetId || frozen.issuer !== data.issuer) return conflict;
    if (lifted !== undefined) return sameContent(lifted, data) ? accept() : conflict;
    return accept({ type: 'intake.token-freeze-lifted', data });
  }
  if (known !== undefined) return sameContent(known.frozen, data) ? accept() : conflict;
  if (!standing(state).lives.has(assetId)) return refuse('asset-not-found', `the case has no asset ${assetId}`, 'assetId');
  return accept({ type: 'intake.token-frozen-by-issuer', data });
}

function standing(state: CaseState): CaseStanding {
  return caseStanding(state.facts.values(), state.lapsed, state.inherited);
}

function standingRestrictions({ lives }: CaseStanding): Map<string, string> {
  const standing = new Map<string, string>();
  for (const { restriction } of lives.values()) if (restriction !== undefined) standing.set(restriction.factId, restriction.lapsesAt);
  return standing;
}

/** An act that took effect before a lapse and arrived after it: the restriction had not lapsed. */
function lapsesUndone(state: CaseState, after: CaseStanding, undoneBy: string): CaseEvent[] {
  const still = new Set([...after.lives.values()].flatMap(({ lapses }) => lapses.map(({ factId, lapsesAt }) => `${factId} ${lapsesAt}`)));
  return [...state.lapsed]
    .filter(([factId, lapsesAt]) => !still.has(`${factId} ${lapsesAt}`))
    .map(([factId, lapsesAt]) => {
      const [known] = state.facts.values();
      return { type: 'intake.restriction-lapse-undone', data: { ...clockOf(state, known?.caseId ?? '', factId, lapsesAt, after), undoneBy } };
    });
}

function clockOf(state: CaseState, caseId: string, factId: string, lapsesAt: string, { lives }: CaseStanding): RestrictionClock {
  const fact = state.facts.get(factId)?.fact;
  const assetCount = [...lives.values()].filter(({ restriction }) => restriction?.factId === factId).length;
  return { caseId, agency: fact?.agency ?? '', caseNumber: fact?.caseNumber ?? '', factId, lapsesAt, assetCount };
}

function warningKey(factId: string, hours: number, lapsesAt: string): string {
  return `${factId} ${hours} ${lapsesAt}`;
}

function evolve(state: CaseState, event: CaseEvent): CaseState {
  if (event.type === 'intake.case-changes-outstanding') return { ...state, outstanding: { mark: event.data, before: state, told: 0 } };
  const next = fold(state, event);
  return state.outstanding === undefined ? next : { ...next, outstanding: toldAnother(state.outstanding) };
}

function fold(state: CaseState, event: CaseEvent): CaseState {
  switch (event.type) {
    case 'intake.act-applied': {
      const { factId, caseId, legalStatus, ...fact } = event.data;
      return { ...state, legalStatus, facts: state.facts.has(factId) ? state.facts : new Map(state.facts).set(factId, { factId, caseId, fact }), told: new Map(state.told).set(factId, 'applied') };
    }
    case 'intake.act-held': {
      const { factId, caseId, fact } = event.data;
      return { ...state, facts: state.facts.has(factId) ? state.facts : new Map(state.facts).set(factId, { factId, caseId, fact }), told: new Map(state.told).set(factId, 'waiting') };
    }
    case 'intake.act-overtaken': {
      const { factId, act } = event.data;
      const told = new Map(state.told).set(factId, 'overtaken');
      // A correction that could not apply when its act came is as if it had not been published.
      return { ...state, told, facts: act === 'correction' ? new Map([...state.facts].filter(([each]) => each !== factId)) : state.facts };
    }
    case 'intake.case-became-state-property':
      return { ...state, wholes: new Map(state.wholes).set(event.data.factId, { stands: true, apart: new Set() }) };
    case 'intake.case-state-property-reversed':
      return { ...state, wholes: new Map(state.wholes).set(event.data.factId, { apart: state.wholes.get(event.data.factId)?.apart ?? new Set(), stands: false }) };
    case 'intake.asset-outside-decision':
      return toldApart(state, event.data);
    case 'intake.asset-state-property-reversed':
      return event.data.scope === 'asset' ? toldApart(state, event.data) : state;
    case 'intake.restriction-warned': {
      const { factId, hoursBefore, lapsesAt } = event.data;
      return { ...state, warned: new Set([...state.warned, warningKey(factId, hoursBefore, lapsesAt)]) };
    }
    case 'intake.restriction-lapsed':
      return { ...state, lapsed: new Map(state.lapsed).set(event.data.factId, event.data.lapsesAt) };
    case 'intake.restriction-lapse-undone': {
      const lapsed = new Map(state.lapsed);
      lapsed.delete(event.data.factId);
      return { ...state, lapsed };
    }
    case 'intake.coins-inherited':
      return { ...state, inherited: [...state.inherited, event.data] };
    case 'intake.token-frozen-by-issuer':
      return { ...state, freezes: new Map(state.freezes).set(event.data.freezeId, { frozen: event.data }) };
    case 'intake.token-freeze-lifted':
      return { ...state, freezes: new Map(state.freezes).set(event.data.freezeId, { frozen: state.freezes.get(event.data.freezeId)?.frozen ?? event.data, lifted: event.data }) };
    default:
      // What became of assets and of the whole case follows from the facts.
      return state;
  }
}

/** Of this asset something else was told than of the whole case. */
function toldApart(state: CaseState, { factId, assetId }: { readonly factId: string; readonly assetId: string }): CaseState {
  const whole = state.wholes.get(factId);
  return whole === undefined ? state : { ...state, wholes: new Map(state.wholes).set(factId, { ...whole, apart: new Set([...whole.apart, assetId]) }) };
}

export const caseDecider: Decider<CaseState, CaseCommand, CaseEvent> = {
  initialState: () => ({ facts: new Map(), told: new Map(), legalStatus: undefined, lapsed: new Map(), warned: new Set(), inherited: [], freezes: new Map(), wholes: new Map(), outstanding: undefined }),
  decide,
  evolve,
};

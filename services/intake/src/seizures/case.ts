import type { ActApplied, ActHeld, EventsOf, CaseBecameStateProperty, CaseReleased, LegalStatus, SeizureAct, SeizureFact } from '@qazyna/contracts';
import { accept, refuse, type Decider, type Decision } from '@qazyna/event-store/decider';

/** The legal life of one seizure case. It knows nothing of coins on chain: legal and custody status are two axes. */

/** One published fact, with the identity that makes it count once. */
export interface ApplyFact {
  readonly factId: string;
  readonly caseId: string;
  readonly fact: SeizureFact;
}

export type CaseEvent = EventsOf<{
  'intake.act-applied': ActApplied;
  'intake.act-held': ActHeld;
  'intake.case-became-state-property': CaseBecameStateProperty;
  'intake.case-released': CaseReleased;
}>;

export interface CaseState {
  /** Undefined until the case is reported. */
  readonly legalStatus: LegalStatus | undefined;
  /** Facts that had their effect. */
  readonly applied: ReadonlySet<string>;
  /** Facts that wait for another act, in order of arrival. */
  readonly held: readonly ApplyFact[];
}

interface Step {
  /** Statuses from which the act applies. */
  readonly from: readonly (LegalStatus | undefined)[];
  readonly to: LegalStatus;
  /** The act that must come before, named when this one arrives too early. */
  readonly presupposes?: SeizureAct;
}

/** How the law lets acts follow one another. A further restriction or arrest prolongs the one that stands. */
type KnownAct = Exclude<SeizureAct, 'evidence' | 'pre-verdict-sale' | 'reversal' | 'return-to-victim' | 'correction'>;

const STEPS: Readonly<Record<KnownAct, Step>> & Readonly<Partial<Record<SeizureAct, Step>>> = {
  'reported': { from: [undefined], to: 'reported' },
  'restriction': { from: ['reported', 'restricted'], to: 'restricted', presupposes: 'reported' },
  'arrest': { from: ['reported', 'restricted', 'arrested'], to: 'arrested', presupposes: 'reported' },
  'confiscation-order': { from: ['arrested'], to: 'confiscation-ordered', presupposes: 'arrest' },
  'finality': { from: ['confiscation-ordered'], to: 'final', presupposes: 'confiscation-order' },
  'state-property-decision': { from: ['final'], to: 'state-property', presupposes: 'finality' },
  'release-to-owner': { from: ['reported', 'restricted', 'arrested', 'confiscation-ordered'], to: 'released', presupposes: 'reported' },
};

/** Later statuses have higher ranks; an act is too early when its place is above the case's rank, too late when below. */
const RANK: Readonly<Partial<Record<LegalStatus, number>>> = {
  'reported': 1,
  'restricted': 2,
  'arrested': 3,
  'confiscation-ordered': 4,
  'final': 5,
  'state-property': 6,
  'released': 7,
};

const rankOf = (status: LegalStatus | undefined): number => (status === undefined ? 0 : (RANK[status] ?? 0));

function isTooEarly(act: SeizureAct, status: LegalStatus | undefined): boolean {
  return (STEPS[act]?.from ?? []).every((from) => rankOf(from) > rankOf(status));
}

function eventsOf({ factId, caseId, fact }: ApplyFact): CaseEvent[] {
  const { act, agency, caseNumber, document, actAt, effectiveAt, lapsesAt, assets } = fact;
  const applied: CaseEvent = {
    type: 'intake.act-applied',
    data: {
      factId,
      caseId,
      agency,
      caseNumber,
      act,
      legalStatus: STEPS[act as KnownAct].to,
      document,
      actAt,
      effectiveAt,
      ...(lapsesAt === undefined ? {} : { lapsesAt }),
      ...(assets === undefined ? {} : { assets }),
    },
  };
  if (act === 'state-property-decision') {
    return [applied, { type: 'intake.case-became-state-property', data: { caseId, factId, decision: document, effectiveAt } }];
  }
  if (act === 'release-to-owner') {
    return [applied, { type: 'intake.case-released', data: { caseId, factId, order: document, effectiveAt } }];
  }
  return [applied];
}

/**
 * Every act that waited and can apply now; one may free the next. In the order of the law, not of arrival: an arrest
 * must not leave the restriction before it waiting for ever. Bounded by the number of acts held.
 */
function releaseHeld(held: readonly ApplyFact[], status: LegalStatus): CaseEvent[] {
  let current: LegalStatus = status;
  let waiting = [...held];
  const events: CaseEvent[] = [];
  for (;;) {
    const [next] = waiting.filter(({ fact }) => STEPS[fact.act]?.from.includes(current)).sort((a, b) => rankOf(STEPS[a.fact.act]?.to) - rankOf(STEPS[b.fact.act]?.to));
    if (!next) return events;
    waiting = waiting.filter((candidate) => candidate !== next);
    current = STEPS[next.fact.act as KnownAct].to;
    events.push(...eventsOf(next));
  }
}

/** Acts that may wait in one case: more than the law has is a publisher gone wrong. */
export const HELD_ACTS_MAX = 20;

function decide(command: ApplyFact, state: CaseState): Decision<CaseEvent> {
  const { factId, caseId, fact } = command;
  if (state.applied.has(factId) || state.held.some((held) => held.factId === factId)) return accept();

  const { act } = fact;
  const step = STEPS[act];
  const { legalStatus } = state;
  if (step === undefined) return refuse('act-not-taken', `"${act}" is not taken yet`, 'act');
  if (step.from.includes(legalStatus)) {
    return accept(...eventsOf(command), ...releaseHeld(state.held, step.to));
  }
  if (legalStatus === 'released') return refuse('case-released', `the case was released to its owner: "${act}" can no longer apply`, 'act');
  if (legalStatus === 'state-property') return refuse('case-is-state-property', `the case is state property: "${act}" can no longer apply`, 'act');
  if (isTooEarly(act, legalStatus) && step.presupposes !== undefined) {
    if (state.held.length >= HELD_ACTS_MAX) return refuse('too-many-held-acts', `${HELD_ACTS_MAX} acts of this case wait already`, 'act');
    return accept({ type: 'intake.act-held', data: { factId, caseId, act, waitsFor: step.presupposes, fact } });
  }
  if (act === 'reported') return refuse('case-already-reported', 'the case was reported before: publish the later act, not a second report', 'act');
  return refuse('act-superseded', `the case is "${legalStatus ?? 'unknown'}": "${act}" belongs before that and can no longer apply`, 'act');
}

function evolve(state: CaseState, event: CaseEvent): CaseState {
  switch (event.type) {
    case 'intake.act-applied':
      return {
        legalStatus: event.data.legalStatus,
        applied: new Set([...state.applied, event.data.factId]),
        held: state.held.filter((held) => held.factId !== event.data.factId),
      };
    case 'intake.act-held': {
      const { factId, caseId, fact } = event.data;
      return { ...state, held: [...state.held, { factId, caseId, fact }] };
    }
    case 'intake.case-became-state-property':
    case 'intake.case-released':
      return state;
  }
}

export const caseDecider: Decider<CaseState, ApplyFact, CaseEvent> = {
  initialState: () => ({ legalStatus: undefined, applied: new Set(), held: [] }),
  decide,
  evolve,
};


import type { AssetStatusChanged, CaseAsset, LegalDocument } from '@qazyna/contracts';
import type { AssetLife, Effect } from './asset-effects.js';
import type { CaseEvent } from './case.js';
import type { CaseStanding } from './case-standing.js';
import { fractions } from '@qazyna/ledger';
import { changeOfWholes, difference, isOfWhole, wholeDecisions, type TakenBack, type Told, type WholeChange } from './case-difference.js';
import { shareOf } from './exact-share.js';

/** What a change of a case's standing means for custody and for views, as events. */

export interface Change {
  readonly caseId: string;
  readonly before: CaseStanding;
  readonly after: CaseStanding;
  /** The fact that brought it; for a lapse, the restriction. */
  readonly factId: string;
  readonly document: LegalDocument | undefined;
  readonly effectiveAt: string;
  /** The deciding facts that were told of the whole case. */
  readonly wholes: ReadonlyMap<string, WholeTold>;
}

export interface WholeTold {
  /** Until it is taken back from the whole case. */
  readonly stands: boolean;
  /** Assets of which something else was told since: that they are outside that decision, or no more under it. */
  readonly apart: ReadonlySet<string>;
}

/** Effects first, the whole case before its assets; then each asset's standing. */
export function eventsOfChange(change: Change): CaseEvent[] {
  const { before, after, wholes } = change;
  const plan = { ...change, ...difference(before, after), ofWhole: changeOfWholes(before, after, new Set([...wholes].filter(([, { stands }]) => stands).map(([factId]) => factId))) };
  return [...undone(plan), ...done(plan), ...ended(plan), ...standings(change)];
}

interface Plan extends Change {
  /** Effects that were told and hold no more, or not up to the moment that was told. */
  readonly gone: readonly TakenBack[];
  /** Effects that hold and were not told, or had been taken back. */
  readonly come: readonly Told[];
  readonly ofWhole: WholeChange;
}

/** The one fact that released every asset at once; undefined where it was not so. */
function releasedAll(come: readonly Told[], { lives }: CaseStanding): Effect | undefined {
  const of = come.filter(({ effect }) => effect.kind === 'released');
  const [first] = of;
  if (first === undefined || of.length !== lives.size) return undefined;
  return of.every(({ effect }) => effect.factId === first.effect.factId && effect.share.n === effect.share.d) ? first.effect : undefined;
}

function done({ caseId, after, factId, wholes, gone, come, ofWhole: { came } }: Plan): CaseEvent[] {
  // A reversal that is known with its decision ends it at once: what assets say for themselves comes after it.
  const events: CaseEvent[] = came.flatMap((effect): CaseEvent[] => [
    { type: 'intake.case-became-state-property', data: { caseId, factId: effect.factId, decision: effect.document, effectiveAt: effect.effectiveAt } },
    ...(effect.ended === undefined ? [] : [wholeReversed(caseId, effect.factId, effect.ended)]),
  ]);
  const decisions = [...wholeDecisions(after).values()];
  const ownWordsOn = ({ factId: of }: Effect): ReadonlySet<string> => {
    if (came.some((effect) => effect.factId === of)) return new Set();
    const takenOut = gone.filter(({ effect }) => effect.kind === 'state-property' && effect.factId === of).map(({ assetId }) => assetId);
    return new Set([...(wholes.get(of)?.apart ?? []), ...takenOut]);
  };
  for (const each of decisions) events.push(...outsideOf(caseId, after, each, ownWordsOn(each), factId));
  const decision = decisions.find((effect) => effect.ended === undefined);
  const ownWords = decision === undefined ? new Set<string>() : ownWordsOn(decision);
  const released = releasedAll(come, after);
  if (released !== undefined) events.push({ type: 'intake.case-released', data: { caseId, factId: released.factId, order: released.document, effectiveAt: released.effectiveAt } });
  const isSaidByCase = ({ assetId, effect }: Told): boolean => {
    if (effect.kind === 'state-property') return isOfWhole(effect, decision?.factId) && !ownWords.has(assetId);
    return effect.kind === 'released' && released !== undefined;
  };
  for (const each of come) events.push(doneTo(caseId, each, isSaidByCase(each)));
  return events;
}

/** What has come and a reversal has ended is told with its end: until then it held. */
function ended({ caseId, come }: Plan): CaseEvent[] {
  return come.flatMap(({ assetId, effect }) => (effect.ended === undefined ? [] : [takenBack(caseId, { assetId, effect, end: effect.ended }, false)]));
}

/** Assets that were reported after a decision that is told of the whole case: it is not about them. */
function outsideOf(caseId: string, { lives }: CaseStanding, { factId, document, effectiveAt }: Effect, told: ReadonlySet<string>, broughtBy: string): CaseEvent[] {
  return [...lives]
    .filter(([assetId, { effects }]) => !told.has(assetId) && !effects.some((effect) => isOfWhole(effect, factId)))
    .map(([assetId]) => ({ type: 'intake.asset-outside-decision', data: { caseId, assetId, factId, decision: document, effectiveAt, broughtBy } }));
}

function doneTo(caseId: string, { assetId, effect }: Told, byCase: boolean): CaseEvent {
  const data = { ...assetOf(caseId, assetId, effect), scope: byCase ? ('case' as const) : ('asset' as const) };
  switch (effect.kind) {
    case 'state-property':
      return { type: 'intake.asset-became-state-property', data: { ...data, decision: effect.document, ...(effect.substituteValue === undefined ? {} : { substituteValue: effect.substituteValue }) } };
    case 'released':
      return { type: 'intake.asset-released', data: { ...data, order: effect.document } };
    case 'returned-to-victim':
      if (effect.victim === undefined) throw new Error(`INV-50: a return of ${assetId} without a victim`);
      return { type: 'intake.asset-returned-to-victim', data: { ...data, order: effect.document, victim: effect.victim } };
    case 'sold':
      if (effect.proceeds === undefined) throw new Error(`INV-50: a sale of ${assetId} without proceeds`);
      return { type: 'intake.asset-sold', data: { ...data, order: effect.document, proceeds: effect.proceeds } };
  }
}

type End = NonNullable<Effect['ended']>;

function undone({ caseId, after, factId, document, gone, come, ofWhole: { reversed, came } }: Plan): CaseEvent[] {
  if (gone.length === 0 && reversed.length === 0) return [];
  if (document === undefined) throw new Error('INV-50: an effect was undone by nothing');
  /** Where no reversal ended it, it never held: as of its own moment. */
  const never = (effectiveAt: string): End => ({ factId, document, effectiveAt });
  const events: CaseEvent[] = reversed.map(({ factId: decision, effectiveAt, end }) => wholeReversed(caseId, decision, end ?? never(effectiveAt)));
  const isReversed = (effect: Effect): boolean => reversed.some(({ factId: decision }) => isOfWhole(effect, decision));
  for (const { assetId, effect, end } of gone) events.push(takenBack(caseId, { assetId, effect, end: end ?? never(effect.effectiveAt) }, isReversed(effect)));
  // Said of the whole case and taken back from it: for what it held of and still holds of, it is said again, asset by asset.
  const anew = new Set(come.map(({ assetId, effect }) => `${assetId} ${effect.factId}`));
  const isSaidAgain = (assetId: string, effect: Effect): boolean =>
    effect.ended === undefined && isReversed(effect) && !came.some((each) => each.factId === effect.factId) && !anew.has(`${assetId} ${effect.factId}`);
  for (const [assetId, { effects }] of after.lives) for (const effect of effects) if (isSaidAgain(assetId, effect)) events.push(doneTo(caseId, { assetId, effect }, false));
  return events;
}

function wholeReversed(caseId: string, factId: string, end: End): CaseEvent {
  return { type: 'intake.case-state-property-reversed', data: { caseId, factId, undoneBy: end.factId, order: end.document, effectiveAt: end.effectiveAt } };
}

function takenBack(caseId: string, { assetId, effect, end }: Told & { readonly end: End }, byCase: boolean): CaseEvent {
  const data = { ...assetOf(caseId, assetId, effect), effectiveAt: end.effectiveAt, scope: byCase ? ('case' as const) : ('asset' as const), undoneBy: end.factId, order: end.document };
  return effect.kind === 'state-property' ? { type: 'intake.asset-state-property-reversed', data } : { type: 'intake.asset-disposal-undone', data: { ...data, effect: effect.kind } };
}

function assetOf(caseId: string, assetId: string, { holding, factId, share, effectiveAt }: Effect): CaseAsset & { factId: string; share: ReturnType<typeof shareOf>; effectiveAt: string } {
  return { caseId, assetId, ...holding, factId, share: shareOf(share), effectiveAt };
}

function standings({ caseId, before, after, factId }: Change): CaseEvent[] {
  const events: CaseEvent[] = [];
  for (const [assetId, life] of after.lives) {
    const now = standingOf(caseId, assetId, life, factId);
    const then = before.lives.get(assetId);
    if (then !== undefined && sameStanding(now, standingOf(caseId, assetId, then, factId))) continue;
    events.push({ type: 'intake.asset-status-changed', data: now });
  }
  // No report names it any more: a correction took back the one that did.
  for (const [assetId, { holding }] of before.lives) {
    if (after.lives.has(assetId)) continue;
    const parts = [{ legalStatus: 'withdrawn' as const, share: shareOf(fractions.ONE) }];
    events.push({ type: 'intake.asset-status-changed', data: { caseId, assetId, ...holding, legalStatus: 'withdrawn', parts, waiting: [], factId } });
  }
  return events;
}

function standingOf(caseId: string, assetId: string, { holding, legalStatus, parts, waiting, restriction }: AssetLife, factId: string): AssetStatusChanged {
  const together = parts.reduce((sum, { share }) => fractions.plus(sum, share), fractions.ZERO);
  if (parts.length > 0 && (together.n !== fractions.ONE.n || together.d !== fractions.ONE.d)) throw new Error(`INV-49: the parts of ${assetId} are not the whole of it`);
  return {
    caseId,
    assetId,
    ...holding,
    legalStatus,
    parts: parts.map((part) => ({ legalStatus: part.legalStatus, share: shareOf(part.share) })),
    waiting: [...waiting],
    ...(restriction === undefined ? {} : { restrictedBy: restriction.factId, lapsesAt: restriction.lapsesAt }),
    factId,
  };
}

function sameStanding(a: AssetStatusChanged, b: AssetStatusChanged): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

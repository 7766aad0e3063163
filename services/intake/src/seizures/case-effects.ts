import type { AssetStatusChanged, CaseAsset, LegalDocument } from '@qazyna/contracts';
import type { AssetLife, Effect } from './asset-life.js';
import type { CaseEvent } from './case.js';
import type { CaseStanding } from './case-standing.js';
import { fractions } from '@qazyna/ledger';
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
  /** The deciding fact that was told of the whole case, while it stands. */
  readonly toldWhole: string | undefined;
  /** Assets of which something else was told since: that they are outside that decision, or no more under it. */
  readonly apart: ReadonlySet<string>;
}

/** What it was done to belongs to it: a sale that is told late makes of a decision over coins one over their proceeds. */
const keyOf = ({ kind, factId, share, holding }: Effect): string => `${kind} ${factId} ${share.n}/${share.d} ${holding.amount} ${holding.asset}`;

interface Told {
  readonly assetId: string;
  readonly effect: Effect;
}

/** Effects first, the whole case before its assets; then each asset's standing. */
export function eventsOfChange(change: Change): CaseEvent[] {
  const gone = difference(change.before, change.after);
  const come = difference(change.after, change.before);
  const decision = decisionOfAll(change.after);
  return [...undone(change, gone, decision), ...done(change, gone, come, decision), ...standings(change)];
}

/**
 * The decision that makes everything of the case state property: each asset that was reported by the moment it takes
 * effect, whole and in kind. It follows from the standing alone, so that the order of arrival decides nothing.
 */
function decisionOfAll({ lives, reportedAt }: CaseStanding): Effect | undefined {
  const decisions = new Map<string, Effect>();
  for (const { effects } of lives.values()) for (const effect of effects) if (isOfWhole(effect, effect.factId)) decisions.set(effect.factId, effect);
  return [...decisions.values()].find(({ factId, effectiveAt }) =>
    [...lives].every(([assetId, { effects }]) => (reportedAt.get(assetId) ?? 0) > Date.parse(effectiveAt) || effects.some((effect) => isOfWhole(effect, factId))),
  );
}

/** Whether this is what a decision does to an asset of which it takes all. */
function isOfWhole({ kind, factId, share, substituteValue }: Effect, decision: string | undefined): boolean {
  return kind === 'state-property' && factId === decision && share.n === share.d && substituteValue === undefined;
}

function difference(from: CaseStanding, other: CaseStanding): Told[] {
  const told: Told[] = [];
  for (const [assetId, { effects }] of from.lives) {
    const there = new Set((other.lives.get(assetId)?.effects ?? []).map(keyOf));
    for (const effect of effects) if (!there.has(keyOf(effect))) told.push({ assetId, effect });
  }
  return told;
}

/** The one fact that released every asset at once; undefined where it was not so. */
function releasedAll(come: readonly Told[], { lives }: CaseStanding): Effect | undefined {
  const of = come.filter(({ effect }) => effect.kind === 'released');
  const [first] = of;
  if (first === undefined || of.length !== lives.size) return undefined;
  return of.every(({ effect }) => effect.factId === first.effect.factId && effect.share.n === effect.share.d) ? first.effect : undefined;
}

function done({ caseId, after, factId, toldWhole, apart }: Change, gone: readonly Told[], come: readonly Told[], decision: Effect | undefined): CaseEvent[] {
  const isNew = decision !== undefined && decision.factId !== toldWhole;
  const takenOut = gone.filter(({ effect }) => effect.kind === 'state-property' && effect.factId === toldWhole).map(({ assetId }) => assetId);
  const ownWords = isNew ? new Set<string>() : new Set([...apart, ...takenOut]);
  const released = releasedAll(come, after);
  const events: CaseEvent[] = [];
  if (isNew) events.push({ type: 'intake.case-became-state-property', data: { caseId, factId: decision.factId, decision: decision.document, effectiveAt: decision.effectiveAt } });
  if (decision !== undefined) events.push(...outsideOf(caseId, after, decision, ownWords, factId));
  if (released !== undefined) events.push({ type: 'intake.case-released', data: { caseId, factId: released.factId, order: released.document, effectiveAt: released.effectiveAt } });
  const isSaidByCase = ({ assetId, effect }: Told): boolean => {
    if (effect.kind === 'state-property') return isOfWhole(effect, decision?.factId) && !ownWords.has(assetId);
    return effect.kind === 'released' && released !== undefined;
  };
  for (const told of come) events.push(doneTo(caseId, told, isSaidByCase(told)));
  return events;
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

function undone({ caseId, before, after, factId, document, effectiveAt, toldWhole }: Change, gone: readonly Told[], decision: Effect | undefined): CaseEvent[] {
  const reversesWhole = toldWhole !== undefined && decision?.factId !== toldWhole;
  if (gone.length === 0 && !reversesWhole) return [];
  if (document === undefined) throw new Error('INV-50: an effect was undone by nothing');
  const events: CaseEvent[] = reversesWhole ? [{ type: 'intake.case-state-property-reversed', data: { caseId, factId: toldWhole, undoneBy: factId, order: document, effectiveAt } }] : [];
  for (const { assetId, effect } of gone) {
    const byCase = reversesWhole && isOfWhole(effect, toldWhole);
    const data = { ...assetOf(caseId, assetId, effect), scope: byCase ? ('case' as const) : ('asset' as const), undoneBy: factId, order: document };
    if (effect.kind === 'state-property') events.push({ type: 'intake.asset-state-property-reversed', data });
    else events.push({ type: 'intake.asset-disposal-undone', data: { ...data, effect: effect.kind } });
  }
  if (!reversesWhole) return events;
  // Said of the whole case and taken back from it: for what it held of and still holds of, it is said again, asset by asset.
  for (const [assetId, { effects }] of after.lives) {
    const had = new Set(before.lives.get(assetId)?.effects.map(keyOf));
    for (const effect of effects) if (isOfWhole(effect, toldWhole) && had.has(keyOf(effect))) events.push(doneTo(caseId, { assetId, effect }, false));
  }
  return events;
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

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
  /** Assets that were told to be outside that decision. */
  readonly outside: ReadonlySet<string>;
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
  const decision = standingDecision(change, gone);
  return [...undone(change, gone), ...outsideOf(change, decision), ...done(change, come, decision), ...standings(change)];
}

/** The fact of which the whole case was told to be state property, where this change leaves that as it is. */
function standingDecision({ toldWhole, outside }: Change, gone: readonly Told[]): string | undefined {
  return gone.some(({ assetId, effect }) => isOfWhole(effect, toldWhole) && !outside.has(assetId)) ? undefined : toldWhole;
}

function isOfWhole({ kind, factId }: Effect, decision: string | undefined): boolean {
  return kind === 'state-property' && factId === decision;
}

/** Assets that came to the case after a decision was told of all of it, and that it is not about. */
function outsideOf({ caseId, after, factId: broughtBy, outside }: Change, decision: string | undefined): CaseEvent[] {
  const effects = [...after.lives].map(([assetId, life]) => [assetId, life.effects.find((effect) => isOfWhole(effect, decision))] as const);
  const told = effects.find(([, effect]) => effect !== undefined)?.[1];
  if (decision === undefined || told === undefined) return [];
  return effects
    .filter(([assetId, effect]) => effect === undefined && !outside.has(assetId))
    .map(([assetId]) => {
      const { document, effectiveAt } = told;
      const reportedAfter = (after.reportedAt.get(assetId) ?? 0) > Date.parse(effectiveAt);
      return { type: 'intake.asset-outside-decision', data: { caseId, assetId, factId: decision, decision: document, effectiveAt, broughtBy, reportedAfter } };
    });
}

function difference(from: CaseStanding, other: CaseStanding): Told[] {
  const told: Told[] = [];
  for (const [assetId, { effects }] of from.lives) {
    const there = new Set((other.lives.get(assetId)?.effects ?? []).map(keyOf));
    for (const effect of effects) if (!there.has(keyOf(effect))) told.push({ assetId, effect });
  }
  return told;
}

/** The one fact that did this to the whole of every asset at once; undefined where it was not so. */
function wholeCaseBy(kind: Effect['kind'], come: readonly Told[], { lives }: CaseStanding): Effect | undefined {
  const of = come.filter(({ effect }) => effect.kind === kind);
  const [first] = of;
  if (first === undefined || of.length !== lives.size) return undefined;
  return of.every(({ effect }) => effect.factId === first.effect.factId && effect.share.n === fractions.ONE.n && effect.share.d === fractions.ONE.d && effect.substituteValue === undefined) ? first.effect : undefined;
}

function done({ caseId, after, outside }: Change, come: readonly Told[], decision: string | undefined): CaseEvent[] {
  const decided = wholeCaseBy('state-property', come, after);
  const released = wholeCaseBy('released', come, after);
  const events: CaseEvent[] = [];
  if (decided !== undefined) events.push({ type: 'intake.case-became-state-property', data: { caseId, factId: decided.factId, decision: decided.document, effectiveAt: decided.effectiveAt } });
  if (released !== undefined) events.push({ type: 'intake.case-released', data: { caseId, factId: released.factId, order: released.document, effectiveAt: released.effectiveAt } });
  const isSaidByCase = ({ assetId, effect }: Told): boolean => {
    if (effect.kind === 'state-property') return decided !== undefined || (isOfWhole(effect, decision) && !outside.has(assetId));
    return effect.kind === 'released' && released !== undefined;
  };
  for (const told of come) events.push(doneTo(caseId, told, isSaidByCase(told)));
  return events;
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

function undone({ caseId, after, factId, document, effectiveAt, toldWhole, outside }: Change, gone: readonly Told[]): CaseEvent[] {
  if (gone.length === 0) return [];
  if (document === undefined) throw new Error('INV-50: an effect was undone by nothing');
  const reversesWhole = toldWhole !== undefined && gone.some(({ assetId, effect }) => isOfWhole(effect, toldWhole) && !outside.has(assetId));
  const events: CaseEvent[] = reversesWhole ? [{ type: 'intake.case-state-property-reversed', data: { caseId, factId: toldWhole, undoneBy: factId, order: document, effectiveAt } }] : [];
  for (const { assetId, effect } of gone) {
    const byCase = reversesWhole && isOfWhole(effect, toldWhole);
    const data = { ...assetOf(caseId, assetId, effect), scope: byCase ? ('case' as const) : ('asset' as const), undoneBy: factId, order: document };
    if (effect.kind === 'state-property') events.push({ type: 'intake.asset-state-property-reversed', data });
    else events.push({ type: 'intake.asset-disposal-undone', data: { ...data, effect: effect.kind } });
  }
  if (!reversesWhole) return events;
  // Said of the whole case and taken back from it: for what it still holds of, it is said again, asset by asset.
  const taken = new Set(gone.map(({ assetId, effect }) => `${assetId} ${keyOf(effect)}`));
  for (const [assetId, { effects }] of after.lives) {
    for (const effect of effects) {
      if (isOfWhole(effect, toldWhole) && !taken.has(`${assetId} ${keyOf(effect)}`)) events.push(doneTo(caseId, { assetId, effect }, false));
    }
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

import { shareOf } from './exact-share.js';
import type { Effect } from './asset-effects.js';
import type { CaseStanding } from './case-standing.js';

/** Between two standings of a case: which effects of its acts hold no more, and which have come. */

export interface Told {
  readonly assetId: string;
  readonly effect: Effect;
}

export interface TakenBack extends Told {
  /** The reversal that ended it; absent where it should never have been told. */
  readonly end: Effect['ended'];
}

/** An asset has at most one effect of a kind by one fact. */
const nameOf = ({ kind, factId }: Effect): string => `${kind} ${factId}`;

/** All that is said of an effect but its end: where a correction changes any of it, it is told anew. */
function contentOf(effect: Effect): string {
  return JSON.stringify({ ...effect, ended: undefined, share: shareOf(effect.share) });
}

export function difference(before: CaseStanding, after: CaseStanding): { readonly gone: readonly TakenBack[]; readonly come: readonly Told[] } {
  const gone: TakenBack[] = [];
  const come: Told[] = [];
  for (const assetId of new Set([...before.lives.keys(), ...after.lives.keys()])) {
    const then = new Map(before.lives.get(assetId)?.effects.map((effect) => [nameOf(effect), effect]));
    const now = new Map(after.lives.get(assetId)?.effects.map((effect) => [nameOf(effect), effect]));
    for (const [name, effect] of then) {
      const known = now.get(name);
      if (known === undefined || contentOf(known) !== contentOf(effect)) gone.push({ assetId, effect, end: undefined });
      else if (known.ended !== undefined && JSON.stringify(known.ended) !== JSON.stringify(effect.ended)) gone.push({ assetId, effect, end: known.ended });
    }
    for (const [name, effect] of now) {
      const known = then.get(name);
      const isKnown = known !== undefined && contentOf(known) === contentOf(effect);
      if (!isKnown || (known.ended !== undefined && effect.ended === undefined)) come.push({ assetId, effect });
    }
  }
  return { gone, come };
}

/**
 * The decisions that make everything of the case state property, by their fact: each asset that was reported by the
 * moment it takes effect, whole and in kind, until the first of them is taken out of it. They follow from the standing
 * alone, so that the order of arrival decides nothing. At most one of them has no end.
 */
export function wholeDecisions({ lives, reportedAt }: CaseStanding): ReadonlyMap<string, Effect> {
  const byDecision = new Map<string, Map<string, Effect>>();
  for (const [assetId, { effects }] of lives) {
    for (const effect of effects) {
      if (isOfWhole(effect, effect.factId)) byDecision.set(effect.factId, (byDecision.get(effect.factId) ?? new Map<string, Effect>()).set(assetId, effect));
    }
  }
  const wholes = new Map<string, Effect>();
  for (const [factId, ofAssets] of byDecision) {
    const effects = [...ofAssets.values()];
    const [first] = effects;
    if (first === undefined || ![...lives.keys()].every((assetId) => (reportedAt.get(assetId) ?? 0) > Date.parse(first.effectiveAt) || ofAssets.has(assetId))) continue;
    const ends = effects.flatMap(({ ended }) => ended ?? []).sort((a, b) => Date.parse(a.effectiveAt) - Date.parse(b.effectiveAt) || (a.factId < b.factId ? -1 : 1));
    wholes.set(factId, ends[0] === undefined ? first : { ...first, ended: ends[0] });
  }
  return wholes;
}

/** Whether this is what a decision does to an asset of which it takes all, be it ended since. */
export function isOfWhole({ kind, factId, share, substituteValue }: Effect, decision: string | undefined): boolean {
  return kind === 'state-property' && factId === decision && share.n === share.d && substituteValue === undefined;
}

export interface WholeChange {
  /** Told of the whole case, and no more so: with the reversal that ended it, or its own moment where it never held. */
  readonly reversed: readonly { readonly factId: string; readonly effectiveAt: string; readonly end: Effect['ended'] }[];
  readonly came: readonly Effect[];
}

/** @param told the deciding facts of which the whole case was told and that stand */
export function changeOfWholes(before: CaseStanding, after: CaseStanding, told: ReadonlySet<string>): WholeChange {
  const [then, now] = [wholeDecisions(before), wholeDecisions(after)];
  const reversed: WholeChange['reversed'][number][] = [];
  const came: Effect[] = [];
  for (const factId of new Set([...told, ...then.keys(), ...now.keys()])) {
    const [was, is] = [then.get(factId), now.get(factId)];
    const isSame = is !== undefined && (was === undefined || (was.effectiveAt === is.effectiveAt && JSON.stringify(was.document) === JSON.stringify(is.document)));
    const wasTold = told.has(factId) || was?.ended !== undefined;
    const endsNow = isSame && is.ended !== undefined && (told.has(factId) || JSON.stringify(is.ended) !== JSON.stringify(was?.ended));
    if (wasTold && (!isSame || endsNow)) reversed.push({ factId, effectiveAt: (was ?? is)?.effectiveAt ?? '', end: isSame ? is.ended : undefined });
    if (is !== undefined && (!wasTold || !isSame || (is.ended === undefined && !told.has(factId)))) came.push(is);
  }
  return { reversed, came };
}

import type { SeizureFact } from '@qazyna/contracts';
import type { Refusal } from '@qazyna/event-store/decider';
import type { CaseState } from './case.js';
import { correctionsOf, type ApplyFact } from './law.js';
import { sameContent } from './same-content.js';

/** What a fact may not say in view of the other facts of its case, whatever became of those. */

/** The rules within one fact; those of a state's law and of addresses are the service's to know. */
export type FactRules = (fact: SeizureFact) => Refusal | undefined;

/** @returns the first rule that is broken, or undefined */
export function brokenInCase(command: ApplyFact, state: CaseState, rules: FactRules): Refusal | undefined {
  return repeated(command, state) ?? namesInherited(command.fact, state) ?? brokenCorrection(command, state, rules);
}

/** A fact on record that says all of it: one act has one effect, however many ids it is published under. */
function repeated({ fact }: ApplyFact, { facts, told }: CaseState): Refusal | undefined {
  for (const [factId, { fact: known }] of facts) {
    const isLike = known.act === fact.act && known.effectiveAt === fact.effectiveAt && known.document.sha256 === fact.document.sha256;
    if (isLike && told.get(factId) !== 'overtaken' && sameContent(known, fact)) return { code: 'act-repeated', field: 'act', message: `this very act is on record already, as fact ${factId}` };
  }
  return undefined;
}

/** Coins that were found share the fate of the asset where they were: no act is about them alone, and no report is of them. */
function namesInherited({ assetIds = [], assets = [], corrected }: SeizureFact, { inherited }: CaseState): Refusal | undefined {
  const parentOf = new Map(inherited.map(({ assetId, parentAssetId }) => [assetId, parentAssetId]));
  const named = [...assetIds, ...(corrected?.assetIds ?? [])].find((assetId) => parentOf.has(assetId));
  if (named !== undefined) return { code: 'asset-inherited', field: 'assetIds', message: `${named} was found at ${parentOf.get(named) ?? ''} and shares its fate: name that asset` };
  const reported = [...assets, ...(corrected?.assets ?? [])].find(({ assetId }) => assetId !== undefined && parentOf.has(assetId))?.assetId;
  return reported === undefined ? undefined : { code: 'asset-inherited', field: 'assets', message: `coins that were found in this case have the assetId ${reported}` };
}

/** A corrected act keeps every rule that an act keeps. */
function brokenCorrection({ factId, caseId, fact }: ApplyFact, { facts, told }: CaseState, rules: FactRules): Refusal | undefined {
  const { corrects = '' } = fact;
  if (fact.act !== 'correction') return undefined;
  const target = facts.get(corrects);
  if (target?.fact.act === 'correction' || (target === undefined && told.has(corrects))) return CORRECTS_A_CORRECTION;
  if (target === undefined || fact.annuls === true) return undefined;
  const broken = rules(correctedBy(target, [...correctionsOf(facts.values(), corrects), { factId, caseId, fact }]));
  return broken === undefined ? undefined : { ...broken, field: `corrected.${broken.field ?? ''}` };
}

/** Corrections that waited for a fact and that this fact cannot be given: by their id, why. */
export function brokenByArrival(arrived: ApplyFact, facts: Iterable<ApplyFact>, rules: FactRules): ReadonlyMap<string, Refusal> {
  const broken = new Map<string, Refusal>();
  const kept: ApplyFact[] = [];
  for (const correction of correctionsOf(facts, arrived.factId)) {
    const refusal = arrived.fact.act === 'correction' ? CORRECTS_A_CORRECTION : correction.fact.annuls === true ? undefined : rules(correctedBy(arrived, [...kept, correction]));
    if (refusal === undefined) kept.push(correction);
    else broken.set(correction.factId, refusal);
  }
  return broken;
}

const CORRECTS_A_CORRECTION: Refusal = { code: 'correction-of-correction', field: 'corrects', message: 'a correction is not corrected itself: of several corrections of one act, the one that takes effect last counts' };

function correctedBy({ fact }: ApplyFact, corrections: readonly ApplyFact[]): SeizureFact {
  return correctionsOf(corrections, corrections[0]?.fact.corrects ?? '').reduce((terms, correction) => ({ ...terms, ...correction.fact.corrected }), fact);
}

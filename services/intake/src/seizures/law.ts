import type { AssetStatus, CorrectedTerms, LegalDocument, SeizureAct, SeizureFact } from '@qazyna/contracts';

/** One published fact, with the identity that makes it count once. */
export interface ApplyFact {
  readonly factId: string;
  readonly caseId: string;
  readonly fact: SeizureFact;
}

/** An act as it counts: with what corrections say of it. */
export interface ActOnRecord {
  readonly factId: string;
  readonly act: Exclude<SeizureAct, 'correction'>;
  /** When it takes effect, in milliseconds: what decides the order of acts, whenever they arrive. */
  readonly at: number;
  readonly effectiveAt: string;
  readonly document: LegalDocument;
  readonly terms: SeizureFact;
}

/** Where an act that changes the main part of an asset may come from, and what must come before when it is too early. */
export const MAIN_STEPS: Readonly<Partial<Record<SeizureAct, { readonly from: readonly AssetStatus[]; readonly presupposes: SeizureAct }>>> = {
  // A further restriction or arrest prolongs the one that stands.
  'restriction': { from: ['reported', 'restricted', 'restriction-lapsed'], presupposes: 'reported' },
  'arrest': { from: ['reported', 'restricted', 'restriction-lapsed', 'arrested', 'evidence', 'reversed'], presupposes: 'reported' },
  'evidence': { from: ['arrested', 'evidence', 'reversed'], presupposes: 'arrest' },
  'pre-verdict-sale': { from: ['arrested', 'evidence', 'reversed'], presupposes: 'arrest' },
  'confiscation-order': { from: ['arrested', 'evidence', 'reversed'], presupposes: 'arrest' },
  'return-to-victim': { from: ['arrested', 'evidence', 'reversed'], presupposes: 'arrest' },
  'release-to-owner': { from: ['reported', 'restricted', 'restriction-lapsed', 'arrested', 'evidence', 'reversed'], presupposes: 'reported' },
};

/** How far an asset has come before any order; an act is too early when all it may come from lies further. */
export const MAIN_RANK: Readonly<Partial<Record<AssetStatus, number>>> = { 'reported': 1, 'restricted': 2, 'restriction-lapsed': 2, 'arrested': 3, 'evidence': 4, 'reversed': 5 };

const PLACE: Readonly<Record<SeizureAct, number>> = {
  'reported': 0, 'restriction': 1, 'arrest': 2, 'evidence': 3, 'pre-verdict-sale': 4, 'confiscation-order': 5, 'finality': 6, 'state-property-decision': 7,
  'reversal': 8, 'release-to-owner': 9, 'return-to-victim': 10, 'correction': 11,
};

/** The order in which the law lets acts follow one another. */
export function placeOf(act: SeizureAct): number {
  return PLACE[act];
}

/** Acts in the order they take effect; at the same moment in the order of the law. The same for any order of arrival. */
export function inOrderOfEffect(a: ActOnRecord, b: ActOnRecord): number {
  return a.at - b.at || placeOf(a.act) - placeOf(b.act) || (a.factId < b.factId ? -1 : 1);
}

/** The corrections of one fact, in order of effect. */
export function correctionsOf(facts: Iterable<ApplyFact>, target: string): ApplyFact[] {
  return [...facts].filter(({ fact }) => fact.act === 'correction' && fact.corrects === target).sort((a, b) => Date.parse(a.fact.effectiveAt) - Date.parse(b.fact.effectiveAt) || (a.factId < b.factId ? -1 : 1));
}

/** Every act of a case that counts, in order of effect, and the corrections that wait for the fact they correct. */
export function actsOnRecord(facts: Iterable<ApplyFact>): { readonly acts: readonly ActOnRecord[]; readonly corrections: ReadonlyMap<string, 'applied' | 'waiting'> } {
  const all = [...facts];
  const known = new Set(all.filter(({ fact }) => fact.act !== 'correction').map(({ factId }) => factId));
  const corrections = new Map<string, 'applied' | 'waiting'>();
  const corrected = new Map<string, { terms: CorrectedTerms; annulled: boolean }>();
  const byEffect = all
    .filter(({ fact }) => fact.act === 'correction')
    .map((each) => ({ ...each, at: Date.parse(each.fact.effectiveAt) }))
    .sort((a, b) => a.at - b.at || (a.factId < b.factId ? -1 : 1));
  for (const { factId, fact } of byEffect) {
    const target = fact.corrects ?? '';
    corrections.set(factId, known.has(target) ? 'applied' : 'waiting');
    const before = corrected.get(target);
    corrected.set(target, { terms: { ...before?.terms, ...fact.corrected }, annulled: fact.annuls === true });
  }
  const acts: ActOnRecord[] = [];
  for (const { factId, fact } of all) {
    if (fact.act === 'correction') continue;
    const correction = corrected.get(factId);
    if (correction?.annulled === true) continue;
    const terms = correction === undefined ? fact : { ...fact, ...correction.terms };
    acts.push({ factId, act: fact.act, at: Date.parse(terms.effectiveAt), effectiveAt: terms.effectiveAt, document: terms.document, terms });
  }
  return { acts: acts.sort(inOrderOfEffect), corrections };
}

import type { EffectWord } from './effect-word.js';

/** What of a deposit the law is about. */
export interface CaseDeposit {
  /** Absent: nobody has said to which asset of the case it belongs. */
  readonly assetId: string | undefined;
  readonly asset: string;
  readonly amount: bigint;
}

/** An act that makes coins of a deposit state property. */
export interface StatePropertyAct {
  readonly cause: string;
  readonly reference: string;
  readonly effectiveAt: string;
  readonly amount: bigint;
}

/** Why what was posted by an act holds no longer. */
export interface Ending {
  readonly cause: string;
  readonly reference: string;
  readonly effectiveAt: string;
}

/** The part of a deposit that an act takes: rounded down, output by output, so that a fraction of a unit stays where it is. */
export function partOf({ amount }: CaseDeposit, { numerator, denominator }: EffectWord): bigint {
  return (amount * numerator) / denominator;
}

/**
 * The effects that stand on a deposit at a moment. Of what was assigned to an asset the last word on an effect counts,
 * be it on the asset or on the whole case; what was assigned to none follows the words on the whole case.
 */
export function effectsOn(deposit: CaseDeposit, words: readonly EffectWord[], at: string): readonly EffectWord[] {
  const said = words.filter(({ assetId, effectiveAt }) => effectiveAt <= at && (assetId === undefined || assetId === deposit.assetId));
  return said.filter((word) => word.stands && (word.asset === undefined || word.asset === deposit.asset) && !said.some((later) => overrules(later, word)));
}

function overrules(later: EffectWord, word: EffectWord): boolean {
  return later.caseRevision > word.caseRevision && isOfSameEffect(later, word);
}

function isOfSameEffect(a: EffectWord, b: EffectWord): boolean {
  return a.effect === b.effect && (a.factId === b.factId || a.factId === '' || b.factId === '');
}

/** What of a deposit is state property at a moment, act by act. Coins that were sold are the buyer's: the state's claim is to the proceeds. */
export function statePropertyActs(deposit: CaseDeposit, words: readonly EffectWord[], at: string): readonly StatePropertyAct[] {
  const standing = effectsOn(deposit, words, at);
  if (standing.some(({ effect }) => effect === 'sold')) return [];
  return standing
    .filter(({ effect, manner }) => effect === 'state-property' && manner === 'in-kind')
    .map((word) => ({ cause: word.cause, reference: word.reference, effectiveAt: word.effectiveAt, amount: partOf(deposit, word) }))
    .filter(({ amount }) => amount > 0n)
    .sort((a, b) => (a.cause < b.cause ? -1 : 1));
}

/** The word that ended what was posted by the act of this cause; undefined where no word did. */
export function endingOf(cause: string, deposit: CaseDeposit, words: readonly EffectWord[], at: string): Ending | undefined {
  const said = words.filter(({ assetId, effectiveAt }) => effectiveAt <= at && (assetId === undefined || assetId === deposit.assetId));
  const word = said.find((each) => each.cause === cause);
  const first = (candidates: readonly EffectWord[]): EffectWord | undefined => [...candidates].sort((a, b) => a.caseRevision - b.caseRevision)[0];
  const overruling = word === undefined ? undefined : first(said.filter((later) => overrules(later, word)));
  // A sale takes the coins out of the decision without a word on the decision itself.
  const ending = overruling ?? first(effectsOn(deposit, words, at).filter(({ effect }) => effect === 'sold'));
  return ending && { cause: ending.cause, reference: ending.reference, effectiveAt: ending.effectiveAt };
}

/**
 * The moment from which the journal lacks something for a deposit: now, or when an act of a later day takes effect.
 * Undefined while what is posted is what is wanted, now and by everything announced.
 * @param posted causes of the acts that the journal has posted and not taken back
 */
export function nextDifference(deposit: CaseDeposit, words: readonly EffectWord[], posted: readonly string[], now: string): string | undefined {
  const wanted = [...posted].sort().join();
  const moments = [now, ...words.map(({ effectiveAt }) => effectiveAt).filter((at) => at > now).sort()];
  return moments.find((at) => statePropertyActs(deposit, words, at).map(({ cause }) => cause).join() !== wanted);
}

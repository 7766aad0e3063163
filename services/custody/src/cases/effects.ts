import type { EffectWord } from './effect-word.js';

/** What of a deposit the law is about. */
export interface CaseDeposit {
  /** Absent: nobody has said to which asset of the case it belongs. */
  readonly assetId: string | undefined;
  readonly asset: string;
  readonly amount: bigint;
  /** Its block's time: no act counts for its coins before. */
  readonly heldSince: string;
}

/** A word on a case, as what follows of it names it. */
export interface Said {
  /** The event, `stream@revision`. */
  readonly cause: string;
  readonly reference: string;
}

/** Coins of a deposit that an act makes the state's: from a moment, and up to another where it was taken back as of then. */
export interface StatePropertyTerm extends Said {
  readonly from: string;
  readonly amount: bigint;
  /** Absent while it stands. */
  readonly until?: Said & { readonly at: string };
  /** The word by which it stands now, or stood last: another than the first where it was taken back in between. */
  readonly saidBy: Said;
}

/** The part of a deposit that an act takes: rounded down, output by output, so that a fraction of a unit stays where it is. */
export function partOf({ amount }: CaseDeposit, { numerator, denominator }: EffectWord): bigint {
  return (amount * numerator) / denominator;
}

/**
 * What of a deposit is state property, and when, as it is known at a moment: act by act. Of what was assigned to an asset
 * the last word on an act counts, be it on the asset or on the whole case; what was assigned to none follows the words
 * on the whole case. Coins that were sold are the buyer's: the state's claim is to the proceeds.
 * @param at what begins or ends later has not begun or ended yet
 */
export function statePropertyTerms(deposit: CaseDeposit, words: readonly EffectWord[], at: string): readonly StatePropertyTerm[] {
  const sold = standing(about(deposit, words), 'sold', at);
  const found = byAct(about(deposit, words)).flatMap((ofAct) => termOf(deposit, ofAct, sold, at) ?? []);
  const terms: StatePropertyTerm[] = [];
  // That an asset with a decision of its own is outside one over the whole case is said after that one: until it is heard, nothing is taken twice.
  for (const term of found.sort((a, b) => Number(b.isOwn) - Number(a.isOwn) || (a.cause < b.cause ? -1 : 1))) {
    const taken = terms.filter((each) => overlaps(each, term)).reduce((sum, { amount }) => sum + amount, 0n);
    if (taken + term.amount <= deposit.amount && !terms.some(({ cause }) => cause === term.cause)) terms.push(term);
  }
  return terms.sort((a, b) => (a.cause < b.cause ? -1 : 1));
}

function overlaps(a: StatePropertyTerm, b: StatePropertyTerm): boolean {
  return (b.until === undefined || a.from < b.until.at) && (a.until === undefined || b.from < a.until.at);
}

/** The word that took back what was posted by the word of this cause; undefined where none did. */
export function takenBackBy(cause: string, deposit: CaseDeposit, words: readonly EffectWord[], at: string): Said | undefined {
  const heard = about(deposit, words);
  const word = heard.find((each) => each.cause === cause);
  const later = word === undefined ? [] : heard.filter((each) => isOfSameAct(each, word) && each.caseRevision > word.caseRevision).sort(byPlace);
  // A sale takes the coins out of the decision without a word on the decision itself.
  return later.find(({ stands }) => !stands) ?? later[0] ?? standing(heard, 'sold', at);
}

/** What the journal has posted of an act and not taken back altogether. */
export interface PostedTerm {
  readonly cause: string;
  /** Null while it stands. */
  readonly until: string | null;
}

/**
 * The moment from which the journal lacks something for a deposit: now, or when an act of a later day begins or ends.
 * Undefined while what is posted is what is wanted, now and by everything announced.
 */
export function nextDifference(deposit: CaseDeposit, words: readonly EffectWord[], posted: readonly PostedTerm[], now: string): string | undefined {
  const has = posted.map(({ cause, until }) => `${cause} ${until ?? ''}`).sort().join();
  const moments = [now, ...words.map(({ effectiveAt }) => effectiveAt).filter((at) => at > now).sort()];
  return moments.find((at) => statePropertyTerms(deposit, words, at).map(({ cause, until }) => `${cause} ${until?.at ?? ''}`).sort().join() !== has);
}

function about({ assetId: of }: CaseDeposit, words: readonly EffectWord[]): readonly EffectWord[] {
  return words.filter(({ assetId }) => assetId === undefined || assetId === of);
}

/** Later words last; at one place, the word that takes back. */
function byPlace(a: EffectWord, b: EffectWord): number {
  return a.caseRevision - b.caseRevision || Number(b.stands) - Number(a.stands);
}

/** Words of the first version named no fact: a case had one decision then. */
function isOfSameAct(a: EffectWord, b: EffectWord): boolean {
  return a.effect === b.effect && (a.factId === b.factId || a.factId === '' || b.factId === '');
}

/** The words on each act that can make coins state property, in their order. */
function byAct(words: readonly EffectWord[]): readonly (readonly EffectWord[])[] {
  const decisions = words.filter(({ effect }) => effect === 'state-property');
  const named = [...new Set(decisions.map(({ factId }) => factId))].filter((factId) => factId !== '');
  const acts = named.length === 0 ? [''] : named;
  return acts.map((act) => decisions.filter(({ factId }) => factId === act || factId === '').sort(byPlace));
}

/** The word by which an effect stands at a moment, if any does. */
function standing(words: readonly EffectWord[], effect: EffectWord['effect'], at: string): EffectWord | undefined {
  const said = words.filter((word) => word.effect === effect && word.effectiveAt <= at);
  return said.find((word) => word.stands && !said.some((later) => isOfSameAct(later, word) && byPlace(later, word) > 0));
}

function termOf(deposit: CaseDeposit, words: readonly EffectWord[], sold: EffectWord | undefined, at: string): (StatePropertyTerm & { readonly isOwn: boolean }) | undefined {
  const word = words.findLast(({ stands }) => stands);
  if (word === undefined || word.effectiveAt > at || word.manner === 'value' || (word.asset !== undefined && word.asset !== deposit.asset)) return undefined;
  const amount = partOf(deposit, word);
  const from = word.effectiveAt > deposit.heldSince ? word.effectiveAt : deposit.heldSince;
  const takenBack = words.slice(words.lastIndexOf(word) + 1);
  // What was said of this asset alone counts before what was said of the whole case.
  const last = takenBack.findLast(({ assetId }) => assetId !== undefined) ?? takenBack.at(-1);
  const [end] = [...(last === undefined ? [] : [last]), ...(sold === undefined ? [] : [sold])].filter(({ effectiveAt }) => effectiveAt <= at).sort((a, b) => (a.effectiveAt < b.effectiveAt ? -1 : 1));
  if (amount === 0n || (end !== undefined && end.effectiveAt <= from)) return undefined;
  // The same said again is no other act: what was posted by its first word is its.
  const first = words.find((each) => each.stands && each.effectiveAt === word.effectiveAt && each.reference === word.reference && each.manner === word.manner && partOf(deposit, each) === amount) ?? word;
  return {
    cause: first.cause,
    reference: first.reference,
    from,
    amount,
    isOwn: word.assetId !== undefined,
    saidBy: { cause: word.cause, reference: word.reference },
    ...(end === undefined ? {} : { until: { at: end.effectiveAt, cause: end.cause, reference: end.reference } }),
  };
}

import type { Entry } from '@qazyna/ledger';
import type { PostedTerm } from '../cases/effects.js';

/** An entry of a deposit, with what custody noted beside it. */
export interface PostedEntry {
  readonly entry: Entry;
  readonly payoutId?: string;
  readonly caseId?: string;
}

/**
 * What an act that makes coins state property did in the journal: its entry, and what corrected that, and what corrected
 * that again. Each link takes back the one before it as of a moment of its own, so the links add up to the act's time, for
 * whatever day is asked: from its beginning to its end, or nothing.
 */
export interface Reclassified {
  readonly first: Entry;
  readonly last: Entry;
  /** Whether the coins are the state's by what is posted; if not, they were until `last` takes effect. */
  readonly isOpen: boolean;
}

/** What the journal holds for one deposit. */
export interface PostedEntries {
  /** Those that no other has corrected, in the order of the journal, without reclassifications. */
  readonly live: readonly PostedEntry[];
  readonly reclassified: readonly Reclassified[];
  /** Ids of all that counts, in the order of the journal: what is taken back goes newest first. */
  readonly order: readonly string[];
}

/** @param all the entries of one deposit, in the order of the journal */
export function postedEntries(all: readonly PostedEntry[]): PostedEntries {
  const live = new Map<string, PostedEntry>();
  const byLast = new Map<string, Reclassified>();
  for (const posted of all) {
    const { entry } = posted;
    const { entryId, kind, corrects = '' } = entry;
    if (kind === 'reclassification') byLast.set(entryId, { first: entry, last: entry, isOpen: true });
    else if (kind !== 'compensation') live.set(entryId, posted);
    else if (!live.delete(corrects)) {
      const corrected = byLast.get(corrects);
      byLast.delete(corrects);
      if (corrected !== undefined) byLast.set(entryId, { first: corrected.first, last: entry, isOpen: !corrected.isOpen });
    }
  }
  const order = all.map(({ entry }) => entry.entryId).filter((id) => live.has(id) || byLast.has(id));
  return { live: [...live.values()], reclassified: [...byLast.values()], order };
}

/** The acts by which a deposit's coins are or were the state's, as the journal has them. */
export function postedTerms({ reclassified }: PostedEntries): PostedTerm[] {
  return reclassified
    .filter(({ first, last, isOpen }) => isOpen || last.effectiveAt !== first.effectiveAt)
    .map(({ first, last, isOpen }) => ({ cause: first.cause, until: isOpen ? null : last.effectiveAt }));
}

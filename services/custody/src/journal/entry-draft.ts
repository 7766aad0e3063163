import type { Entry } from '@qazyna/ledger';

/** What custody notes beside an entry, so that a trace can follow it. */
export interface EntryNotes {
  readonly depositId?: string;
  readonly payoutId?: string;
  readonly caseId?: string;
  readonly blockHeight?: number;
}

/** An entry to post. */
export interface EntryDraft {
  readonly entry: Entry;
  readonly notes?: EntryNotes;
  /** The entry that a compensation corrects; needed when it is older than what the writer remembers. */
  readonly corrected?: Entry;
  /** What it takes back of a debt between classes that was settled meanwhile becomes a debt the other way. */
  readonly turnsDues?: boolean;
  readonly correlationId?: string;
}

const FIXED_BYTES = 900;
const POSTING_BYTES = 90;

/** More bytes than an entry's event can take: names are ASCII, references may take three bytes for a character. */
export function draftBytesMax({ entry, notes = {}, turnsDues = false }: EntryDraft): number {
  const postings = entry.postings.reduce((bytes, { account, asset }) => bytes + POSTING_BYTES + account.length + asset.length, 0);
  const turned = turnsDues ? postings : 0;
  const texts = entry.cause.length + (entry.act?.reference.length ?? 0) + (entry.act?.caseId?.length ?? 0);
  const noted = (notes.depositId?.length ?? 0) + (notes.payoutId?.length ?? 0) + (notes.caseId?.length ?? 0);
  return FIXED_BYTES + postings + turned + 3 * (texts + noted);
}

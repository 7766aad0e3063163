import { account, parseAccount, type AccountName, type AssetId, type Entry, type Posting } from '@qazyna/ledger';

/** Debit positive. */
type BalanceOf = (name: AccountName, asset: AssetId) => bigint;

/**
 * Takes back only what is still owed. An entry that undoes a debt between classes reduces that debt as far as it stands;
 * what of it was settled since, by coins that were swept, becomes a debt in the other direction. Net, the postings are
 * the same.
 */
export function withDuesTurned(entry: Entry, balanceOf: BalanceOf): Entry {
  const postings = entry.postings.flatMap((posting) => turned(posting, entry, balanceOf));
  return postings.every((posting, index) => posting === entry.postings[index]) ? entry : { ...entry, postings };
}

function turned(posting: Posting, { postings }: Entry, balanceOf: BalanceOf): readonly Posting[] {
  const { class: cls, kind, counterpart } = parseAccount(posting.account);
  if (counterpart === undefined) return [posting];
  // Positive where the posting makes the debt smaller.
  const sign = kind === 'due-from' ? -1n : 1n;
  const wanted = sign * posting.amount;
  const balance = -sign * balanceOf(posting.account, posting.asset);
  const owed = balance > 0n ? balance : 0n;
  const other = kind === 'due-from' ? account.dueTo(cls, counterpart) : account.dueFrom(cls, counterpart);
  // An entry has one posting for each account; one that touches the other direction itself is left as it is.
  if (owed >= wanted || postings.some((each) => each.account === other && each.asset === posting.asset)) return [posting];
  const kept: Posting[] = owed > 0n ? [{ ...posting, amount: sign * owed }] : [];
  return [...kept, { ...posting, account: other, amount: sign * (wanted - owed) }];
}

import { streamOf } from '@qazyna/contracts';
import type { EventStore } from '@qazyna/event-store';
import { Balances, decodeEntry } from '@qazyna/ledger';
import { JOURNAL_FOLD } from './journal-fold.store.js';
import { JournalSnapshots, SnapshotUnusable } from './journal-snapshot.store.js';

/** What a snapshot is worth, held against the journal itself. */
export type SnapshotVerdict =
  | { readonly kind: 'none' }
  /** It would be thrown away at the next start. */
  | { readonly kind: 'unusable'; readonly reason: string }
  | { readonly kind: 'same'; readonly entries: bigint }
  /** It passes its own checks and is wrong all the same: an account, with what each side says. */
  | { readonly kind: 'different'; readonly entries: bigint; readonly differences: readonly string[] };

const DIFFERENCES_MAX = 20;

/**
 * Folds the journal from its start up to where the snapshot ends, and compares every balance and every id's presence.
 * @throws {InvariantViolation} the journal itself breaks a rule @throws {StoreUnavailable}
 */
export async function auditSnapshot(dataDir: string, store: EventStore, onProgress: (entries: number) => void = () => undefined): Promise<SnapshotVerdict> {
  let state: Awaited<ReturnType<JournalSnapshots['load']>>;
  try {
    state = await new JournalSnapshots(dataDir).load(JOURNAL_FOLD);
  } catch (error) {
    if (error instanceof SnapshotUnusable) return { kind: 'unusable', reason: error.message };
    throw error;
  }
  if (state === undefined) return { kind: 'none' };
  const folded = new Balances(JOURNAL_FOLD);
  const differences: string[] = [];
  let last: string | undefined;
  for await (const page of store.readStream(streamOf.journal)) {
    for (const { revision, id, data } of page) {
      if (revision >= state.next) break;
      folded.apply(decodeEntry(data));
      if (!state.ids.has(id) && differences.length < DIFFERENCES_MAX) differences.push(`entry ${revision} (${id}) is not among its ids`);
      last = id;
    }
    onProgress(folded.entryCount);
    if (BigInt(folded.entryCount) >= state.next) break;
  }
  if (last !== state.lastEntryId || BigInt(folded.entryCount) !== state.next) return { kind: 'unusable', reason: 'the journal does not have its last entry where it was' };
  for (const name of new Set([...keysOf(folded), ...keysOf(state.balances)])) {
    const [account, asset] = name.split(' ') as [Parameters<Balances['balance']>[0], Parameters<Balances['balance']>[1]];
    const [journal, snapshot] = [folded.balance(account, asset), state.balances.balance(account, asset)];
    if (journal !== snapshot && differences.length < DIFFERENCES_MAX) differences.push(`${name}: the journal says ${journal}, the snapshot ${snapshot}`);
  }
  return differences.length === 0 ? { kind: 'same', entries: state.next } : { kind: 'different', entries: state.next, differences };
}

function keysOf(balances: Balances): string[] {
  return Array.from(balances.accounts(), ({ account: { name }, asset }) => `${name} ${asset}`);
}

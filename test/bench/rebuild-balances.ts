import type { EventStore } from '@qazyna/event-store';
import { Balances, decodeEntry } from '@qazyna/ledger';
import { JOURNAL } from './journal-entries.js';

/** What every reader of the journal does: page by page, each entry read strictly and folded with all its rules. */
export async function rebuildBalances(store: EventStore, entries: number): Promise<Balances> {
  const balances = new Balances({ unknownCorrected: 'count' });
  for await (const page of store.readStream(JOURNAL, { limit: entries })) {
    for (const { data, recordedAt } of page) balances.apply(decodeEntry(data), { recordedAt });
  }
  if (balances.entryCount !== entries) throw new Error(`${balances.entryCount} entries instead of ${entries}`);
  return balances;
}

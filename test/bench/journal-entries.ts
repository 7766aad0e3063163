import { createHash } from 'node:crypto';
import { account, bitcoinAsset, entryToJson, type Entry } from '@qazyna/ledger';
import { formatUuid, type JsonObject, type NewEvent } from '@qazyna/event-store';

/** Journal entries as custody writes them: payouts credited to a few licences, into one hot vault. */

const ASSET = bitcoinAsset('mainnet').id;
const LICENCES = 20;
export const JOURNAL = 'journal';
export const ENTRY_POSTED = 'custody.journal-entry-posted';

/** Deterministic, so that every run and both sides of a contest have the same bytes. */
export function id(kind: string, n: number): string {
  return formatUuid(createHash('sha256').update(`${kind} ${n}`).digest());
}

/** @param licences over how many accounts the entries are spread */
export function payoutEntry(n: number, licences = LICENCES): Entry {
  const amount = 149_377n + BigInt(n % 9_973);
  return {
    entryId: id('entry', n),
    kind: 'deposit',
    // A block brings many payouts, all of its time; ten million of them still lie in the past.
    effectiveAt: new Date(Date.UTC(2024, 0, 1) + Math.floor(n / 200) * 600_000).toISOString(),
    postings: [
      { account: account.vault('reserve', 'reserve-hot-1'), asset: ASSET, amount },
      { account: account.mining(`KZ-CM-${String(n % licences).padStart(4, '0')}`), asset: ASSET, amount: -amount },
    ],
    cause: `deposit-${createHash('sha256').update(`tx ${n}`).digest('hex')}.0@2`,
  };
}

/** What custody notes beside {@link payoutEntry}. */
export function payoutNotes(n: number): { readonly depositId: string; readonly payoutId: string; readonly blockHeight: number } {
  const { cause } = payoutEntry(n);
  return { depositId: cause.slice('deposit-'.length, cause.indexOf('@')), payoutId: `btcpool-kz.reserve-01~${38_000_000 + n}`, blockHeight: 900_000 + Math.floor(n / 200) };
}

/** The event that the journal holds for {@link payoutEntry}: what the journal writer makes of it, byte for byte. */
export function journalEvent(n: number): NewEvent {
  const entry = payoutEntry(n);
  return {
    id: entry.entryId,
    type: ENTRY_POSTED,
    data: { ...entryToJson(entry), ...payoutNotes(n) } as unknown as JsonObject,
    metadata: { schemaVersion: 1, actor: { subject: 'custody', organisation: 'qazyna' }, correlationId: entry.cause, causationId: entry.cause },
  };
}

export function journalEvents(count: number): NewEvent[] {
  return Array.from({ length: count }, (_, n) => journalEvent(n));
}

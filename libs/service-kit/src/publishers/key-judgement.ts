import type { PublisherRemit } from '@qazyna/contracts';
import type { Refusal } from '@qazyna/event-store/decider';
import type { PublisherKey, PublisherState } from './publisher.js';

/** How far a publisher's clock may run ahead of ours. */
export const CLOCK_AHEAD_MS_MAX = 5 * 60_000;

/** What a message is about, which the remit of its publisher must allow. */
export type Spoken =
  | { readonly about: 'case'; readonly agency: string; readonly caseNumber: string; readonly act: string }
  | { readonly about: 'payout'; readonly pool: string; readonly account: string }
  | { readonly about: 'register'; readonly register: 'licence-acts' | 'energy-readings'; readonly subject: string };

/**
 * Whether a key counted both when the message was signed and when it reached us. The publisher's clock alone proves
 * nothing, for a thief of an old key writes what time he likes; ours alone would let a key sign before it was handed over.
 */
export function judgeKey(kid: string, key: PublisherKey, { issuedAtMs, receivedAtMs }: { readonly issuedAtMs: number; readonly receivedAtMs: number }): Refusal | undefined {
  if (issuedAtMs > receivedAtMs + CLOCK_AHEAD_MS_MAX) return broken('signature-from-future', `the signature says it was made at ${at(issuedAtMs)}, which is not yet`);
  const [first, last] = issuedAtMs < receivedAtMs ? [issuedAtMs, receivedAtMs] : [receivedAtMs, issuedAtMs];
  if (key.revokedFrom !== undefined && last >= Date.parse(key.revokedFrom)) return broken('signature-key-revoked', `key ${kid} is revoked from ${key.revokedFrom} on`);
  if (first < Date.parse(key.validFrom)) return broken('signature-key-not-yet-valid', `key ${kid} is valid from ${key.validFrom} on`);
  if (last >= Date.parse(key.validUntil)) return broken('signature-key-expired', `key ${kid} was valid until ${key.validUntil}`);
  return undefined;
}

/** Whether the publisher may say this. */
export function judgeRemit(publisher: string, remit: PublisherRemit, source: string, spoken: Spoken): Refusal | undefined {
  if (!remit.sources.includes(source)) return { code: 'signature-outside-remit', field: 'source', message: `${publisher} does not speak as ${source}` };
  if (remit.grants.some((grant) => allows(grant, spoken))) return undefined;
  const { field, what } = named(spoken);
  return { code: 'signature-outside-remit', field, message: `${publisher} does not speak for ${what}` };
}

/** Whether the publisher signs for what is spoken of at a moment: it may, and has a key that counts. */
export function signsFor({ remit, keys }: PublisherState, spoken: Spoken, nowMs: number): boolean {
  return remit.grants.some((grant) => allows(grant, spoken)) && [...keys.values()].some((key) => judgeKey('', key, { issuedAtMs: nowMs, receivedAtMs: nowMs }) === undefined);
}

function named(spoken: Spoken): { readonly field: string; readonly what: string } {
  if (spoken.about === 'case') return { field: 'agency', what: `the act ${spoken.act} over case ${spoken.caseNumber} of ${spoken.agency}` };
  if (spoken.about === 'payout') return { field: 'pool', what: `account ${spoken.account} at ${spoken.pool}` };
  return { field: spoken.register === 'licence-acts' ? 'licenceId' : 'farmId', what: `${spoken.register} of ${spoken.subject}` };
}

function allows({ agency, casePrefixes, acts, pool, accounts, register }: PublisherRemit['grants'][number], spoken: Spoken): boolean {
  if (spoken.about === 'case') {
    if (agency !== spoken.agency) return false;
    return (casePrefixes?.some((prefix) => spoken.caseNumber.startsWith(prefix)) ?? true) && (acts?.includes(spoken.act) ?? true);
  }
  if (spoken.about === 'register') return register === spoken.register;
  return pool === spoken.pool && (accounts?.includes(spoken.account) ?? true);
}

function broken(code: string, message: string): Refusal {
  return { code, message, field: 'signature' };
}

function at(ms: number): string {
  return new Date(ms).toISOString();
}

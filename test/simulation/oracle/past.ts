import { MANY_CASE, plainAssets, stateOfUnassigned } from './case-of-many.js';
import { takenAt, type ChainTruth } from './chain.js';
import { journalOf, type JournalEntry } from './ledger.js';
import type { Finding, Testimony } from './testimony.js';

const STATES = `reserve:seizure:${MANY_CASE}`;

/**
 * What the journal says of past days: at each moment at which the law changed anything, the state had of each output what
 * the law gave it by then, and nothing of an output that is in no block. Coins that were ever on the hold are left out:
 * who had them meanwhile is told elsewhere.
 */
export function judgePast(told: Testimony, chain: ChainTruth): Finding[] {
  const findings: Finding[] = [];
  const assets = plainAssets(told);
  const byDeposit = new Map<string, JournalEntry[]>();
  for (const entry of journalOf(told.events)) if (entry.depositId !== undefined) byDeposit.set(entry.depositId, [...(byDeposit.get(entry.depositId) ?? []), entry]);
  for (const output of chain.outputs.values()) {
    const { depositId, to: { purpose } } = output;
    const entries = byDeposit.get(depositId) ?? [];
    if (purpose.id !== MANY_CASE || entries.some(({ postings }) => postings.some(({ account }) => account.includes(':screening-hold:')))) continue;
    const block = chain.counts(output) ? chain.blockOf.get(output.txid) : undefined;
    const times = block === undefined ? [] : purpose.assetId === undefined ? stateOfUnassigned(assets) : (assets.get(purpose.assetId)?.stateProperty ?? []);
    const heldSince = Date.parse(block?.time ?? '');
    const moments = [...times.flatMap(({ from, until }) => [from, until, until - 1]), ...entries.map(({ effectiveAt }) => Date.parse(effectiveAt))].filter((moment) => moment <= Date.parse(told.endedAt));
    for (const moment of new Set(moments)) {
      const wanted = block === undefined ? 0n : takenAt(BigInt(output.amount), times, heldSince, moment);
      const posted = entries.filter(({ effectiveAt }) => Date.parse(effectiveAt) <= moment).flatMap(({ postings }) => postings).reduce((sum, { account, amount }) => (account === STATES ? sum - BigInt(amount) : sum), 0n);
      if (posted !== wanted) findings.push({ rule: 'past', message: `of deposit ${depositId} (${purpose.assetId ?? 'no asset'}) the state had ${posted} units at ${new Date(moment).toISOString()} by the journal, and ${wanted} by the law` });
    }
  }
  return findings;
}

import { ChainTruth, judgeDeposits, judgeSpends, matchesOf } from './chain.js';
import { balancesOf, journalOf, judgeJournal } from './ledger.js';
import type { Finding, Testimony } from './testimony.js';

/** Everything that is not as it must be. Empty when the system kept its word. */
export function judge(told: Testimony): Finding[] {
  const findings: Finding[] = [];
  const chain = new ChainTruth(told);
  const matches = matchesOf(told.events, findings);
  const stateProperty = new Map(told.events.filter(({ type }) => type === 'intake.case-became-state-property').map(({ data }) => [data['caseId'] as string, data['effectiveAt'] as string]));
  findings.push(...judgeJournal(told.events), ...judgeDeposits(told, chain), ...judgeSpends(told, chain));
  const actual = balancesOf(journalOf(told.events));
  const expected = chain.expectedBalances(matches, stateProperty);
  findings.push(...compareBalances('the journal', expected, actual));
  const accounts = (told.pages['/v1/accounts'] as { items: { account: string; asset: string; balance?: string; amount?: string }[] }).items;
  void accounts;
  return findings;
}

function compareBalances(where: string, expected: ReadonlyMap<string, bigint>, actual: ReadonlyMap<string, bigint>): Finding[] {
  const keys = new Set([...expected.keys(), ...actual.keys()]);
  return [...keys].filter((key) => (expected.get(key) ?? 0n) !== (actual.get(key) ?? 0n)).map((key) => ({ rule: 'balance', message: `${where} has ${actual.get(key) ?? 0n} in ${key}, and must have ${expected.get(key) ?? 0n}` }));
}

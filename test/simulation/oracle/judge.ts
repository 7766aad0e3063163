import { judgeAcquisitions } from './acquisitions.js';
import { judgeCaseOfMany, plainAssets } from './case-of-many.js';
import { judgeCases } from './cases.js';
import { ChainTruth, judgeDeposits, judgeSpends, matchesOf } from './chain.js';
import { judgeEnergy } from './energy.js';
import { judgeFigures } from './figures.js';
import { judgeJournal } from './ledger.js';
import { contradicts, judgeMatching, PayoutTruth } from './payouts.js';
import { judgePast } from './past.js';
import { judgePoolDays } from './pool-days.js';
import { judgePipeline } from './pipeline.js';
import { judgeRegisters } from './registers.js';
import { ScreeningTruth } from './screening.js';
import type { Finding, RawRecord, Testimony } from './testimony.js';

/** Everything that is not as it must be. Empty when the system kept its word. */
export function judge(told: Testimony): Finding[] {
  const absent = Object.entries(told.pages).filter(([, page]) => page === null);
  if (absent.length > 0) return absent.map(([path]) => ({ rule: 'liveness', message: `${path} cannot be had, though nothing is in its way` }));
  const findings: Finding[] = [];
  const chain = new ChainTruth(told);
  const payouts = new PayoutTruth(told);
  const screening = new ScreeningTruth(told);
  const matches = matchesOf(told.events, findings);
  const stateProperty = new Map(told.events.filter(({ type }) => type === 'intake.case-became-state-property').map(({ data }) => [data['caseId'] as string, data['effectiveAt'] as string]));
  findings.push(
    ...judgeRegisters(told),
    ...judgeEnergy(told),
    ...payouts.judge(),
    ...judgeCases(told),
    ...judgeCaseOfMany(told),
    ...judgeAcquisitions(told),
    ...judgePoolDays(told),
    ...judgeMatching(told, chain),
    ...judgeDeposits(told, chain),
    ...judgeSpends(told, chain),
    ...screening.judge(chain),
    ...judgeJournal(told.events),
    ...judgeFigures(told, chain, chain.expectedBalances(matches, stateProperty, plainAssets(told), screening)),
    ...judgePast(told, chain),
    ...judgePipeline(told, refusals(told, payouts)),
  );
  return findings;
}

/** Whether a record of an upstream must have been put aside; undefined where that depends on what came first. */
function refusals(told: Testimony, payouts: PayoutTruth): (topic: string, record: RawRecord) => boolean | undefined {
  const flawed = new Set(told.sent.filter(({ way, flaw }) => way === 'kafka' && flaw !== undefined).map(({ key }) => key));
  const refusedFacts = new Set(told.events.filter(({ type }) => type === 'intake.fact-refused').map(({ data }) => data['factId']));
  const facts = new Map(told.events.filter(({ type }) => type === 'intake.fact-received').map(({ data }) => [data['messageId'] as string, data['factId']]));
  return (topic, { headers, value }) => {
    const id = headers['ce_id'] ?? headers['flaw'] ?? '';
    if (flawed.has(id) || headers['flaw'] !== undefined) return true;
    if (topic === 'qazyna.mining-payouts.v1' && value !== null) {
      const content = JSON.parse(value) as Record<string, unknown>;
      const claim = payouts.claimOf(`${String(content['pool'])}.${String(content['account'])}~${String(content['paymentId'])}`);
      return claim === undefined ? undefined : contradicts(claim, content);
    }
    // A fact under a known id with other content is refused too; which of the two came first is the case's story.
    return refusedFacts.has(facts.get(id)) ? true : undefined;
  };
}

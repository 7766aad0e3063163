import type { EarningsJudged, EarningsReported } from '@qazyna/contracts';
import { specification } from '@qazyna/testing';
import { earningsDecider, type EarningsEvent } from './earnings.js';

const reported: EarningsReported = { earningsId: 'pool.acc~2026-03-02', poolAccountId: 'pool.acc', asset: 'bip122:a/slip44:0', date: '2026-03-02', hashRate: '1000', parts: [{ part: 'pps', amount: '7' }, { part: 'poolFees', amount: '2' }], total: '5', scheme: 'pps' };
const judged = (basis: string): EarningsJudged => ({
  subject: reported.earningsId, poolAccountId: 'pool.acc', from: reported.date, days: 1, verdict: 'within', reported: '7', expected: '7', deviationPpm: '0', tolerancePpm: 20_000, chainSha256: 'cc'.repeat(32), basis: [], basisSha256: basis.repeat(32),
});
const said: EarningsEvent = { type: 'mining.earnings-reported', data: reported };
const corrected: EarningsEvent = { type: 'mining.earnings-corrected', data: { ...reported, total: '6', revision: 2 } };
const first: EarningsEvent = { type: 'mining.earnings-judged', data: { ...judged('aa'), revision: 1 } };
const second: EarningsEvent = { type: 'mining.earnings-judged', data: { ...judged('bb'), revision: 2, supersedes: 'aa'.repeat(32) } };
const { given } = specification(earningsDecider);
const report = (more: Partial<EarningsReported> = {}) => ({ kind: 'report', reported: { ...reported, ...more } }) as const;
const judge = (basis: string) => ({ kind: 'judge', judged: judged(basis) }) as const;

describe('a day of earnings', () => {
  it('is the same however its parts are ordered and its hash rate is written', () =>
    given(said).when(report({ parts: [...reported.parts].reverse(), hashRate: '1000.0', statementSha256: 'ab'.repeat(32) })).thenNothing());

  it('is corrected by a higher revision only', () => {
    given(said).when(report({ total: '6', revision: 2 })).then(corrected);
    given(said).when(report({ total: '6' })).thenRefused('earnings-conflict', 'total');
    given(said, corrected).when(report({ total: '9', revision: 2 })).thenRefused('earnings-conflict', 'total');
  });

  it('corrected before is no conflict when an old statement tells it again', () => given(said, corrected).when(report()).thenNothing());

  it('returns to what it was under a revision of its own', () =>
    given(said, corrected).when(report({ revision: 3 })).then({ type: 'mining.earnings-corrected', data: { ...reported, revision: 3 } }));
});

describe('a judgement', () => {
  it('is made once of the same basis, and again of another, naming the one whose place it takes', () => {
    given(said).when(judge('aa')).then(first);
    given(said, first).when(judge('aa')).thenNothing();
    given(said, first).when(judge('bb')).then(second);
  });

  it('of facts that hold again is a third one', () => given(said, first, second).when(judge('aa')).then({ type: 'mining.earnings-judged', data: { ...judged('aa'), revision: 3, supersedes: 'bb'.repeat(32) } }));

  it('made before its basis was kept is not made again of the same figures', () => {
    const old = judged('aa');
    delete old.basis;
    delete old.basisSha256;
    given(said, { type: 'mining.earnings-judged', data: old }).when(judge('aa')).thenNothing();
    given(said, { type: 'mining.earnings-judged', data: old }).when({ kind: 'judge', judged: { ...judged('aa'), expected: '8' } }).then({ type: 'mining.earnings-judged', data: { ...judged('aa'), expected: '8', revision: 2, supersedes: 'cc'.repeat(32) } });
  });

  it('that skips or misnames the one before it is refused when it is read (INV-52)', () => {
    for (const data of [{ ...second.data, revision: 3 }, { ...second.data, supersedes: 'cc'.repeat(32) }] as EarningsJudged[]) {
      expect(() => [said, first, { type: 'mining.earnings-judged', data } as EarningsEvent].reduce((state, event) => earningsDecider.evolve(state, event), earningsDecider.initialState())).toThrow('INV-52');
    }
  });
});

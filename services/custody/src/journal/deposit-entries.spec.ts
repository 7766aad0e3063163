import { createHash } from 'node:crypto';
import { bitcoinAsset, Balances, type Entry } from '@qazyna/ledger';
import { entriesDue, type SettledDeposit } from './deposit-entries.js';
import { postedEntries, type PostedEntry } from './posted-entries.js';
import type { EntryDraft } from './entry-draft.js';

const idOf = (name: string): string => createHash('sha256').update(name).digest('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
const payout: SettledDeposit = {
  depositId: `${'aa'.repeat(32)}.0`,
  vaultId: 'reserve-1',
  vaultClass: 'reserve',
  asset: bitcoinAsset('regtest').id,
  amount: 9_007_199_254_740_993n,
  height: 100,
  blockTime: '2026-01-01T00:00:00.000Z',
  purpose: { kind: 'pool-account', id: 'pool.acc' },
  confirmedRevision: 1,
  takenBackRevision: undefined,
  match: undefined,
  stateProperty: [],
  takenBackBy: () => undefined,
};
const match = { revision: 2, payoutId: 'pool.acc~1', licenceId: 'L-1' };
const held: SettledDeposit = { ...payout, vaultId: 'trust-1', vaultClass: 'held-in-trust', purpose: { kind: 'case', id: 'afm.1' } };
const act = { reference: 'GOV-7', from: '2026-02-01T00:00:00.000Z', cause: 'custody-case-afm.1@0', saidBy: { cause: 'custody-case-afm.1@0', reference: 'GOV-7' }, amount: held.amount };

/** A journal of one deposit: posts what is due until nothing is, and checks every rule of the ledger on the way. */
class OneDeposit {
  readonly balances = new Balances();
  readonly posted: EntryDraft[] = [];
  private readonly all: PostedEntry[] = [];

  settle(deposit: SettledDeposit): string[] {
    const before = this.posted.length;
    for (let round = 0; round < 5; round += 1) {
      const due = entriesDue(deposit, postedEntries(this.all), idOf);
      if (due.length === 0) return this.posted.slice(before).map(({ entry }) => entry.kind);
      for (const draft of due) this.post(draft);
    }
    throw new Error('it never ends');
  }

  balance(account: string): bigint {
    return this.balances.balance(account as Parameters<Balances['balance']>[0], payout.asset);
  }

  post(draft: EntryDraft): void {
    this.balances.apply(draft.entry, draft.corrected === undefined ? {} : { corrected: draft.corrected });
    this.posted.push(draft);
    const { payoutId, caseId } = draft.notes ?? {};
    this.all.push({ entry: draft.entry, ...(payoutId === undefined ? {} : { payoutId }), ...(caseId === undefined ? {} : { caseId }) });
  }
}

const unconfirmed = (deposit: SettledDeposit, takenBackRevision: number): SettledDeposit => ({ ...deposit, confirmedRevision: undefined, takenBackRevision });

describe('entries of a deposit', () => {
  it('are none before it is confirmed', () => expect(new OneDeposit().settle({ ...payout, confirmedRevision: undefined })).toEqual([]));

  it('credit the licence when its payout is known', () => {
    const journal = new OneDeposit();
    expect(journal.settle({ ...payout, match })).toEqual(['deposit']);
    expect([journal.balance('reserve:vault:reserve-1'), journal.balance('reserve:mining:L-1')]).toEqual([payout.amount, -payout.amount]);
  });

  it('stay unidentified until the payout is known, and then move by an entry of their own', () => {
    const journal = new OneDeposit();
    expect(journal.settle(payout)).toEqual(['deposit']);
    expect(journal.balance('reserve:unidentified:reserve-1')).toBe(-payout.amount);
    expect(journal.settle({ ...payout, match })).toEqual(['identification']);
    expect([journal.balance('reserve:unidentified:reserve-1'), journal.balance('reserve:mining:L-1')]).toEqual([0n, -payout.amount]);
    expect(journal.settle({ ...payout, match })).toEqual([]);
  });

  it.each([['purchase', 'reserve:purchase:SV-17'], ['donation', 'reserve:donation:SV-17']] as const)('credit the %s that the address was given to, and are compensated when the block goes', (kind, account) => {
    const journal = new OneDeposit();
    const given: SettledDeposit = { ...payout, purpose: { kind, id: 'SV-17' } };
    expect(journal.settle(given)).toEqual(['deposit']);
    expect([journal.balance('reserve:vault:reserve-1'), journal.balance(account)]).toEqual([payout.amount, -payout.amount]);
    expect(journal.settle({ ...given, match })).toEqual([]);
    expect(journal.settle(unconfirmed(given, 3))).toEqual(['compensation']);
    expect(journal.balance(account)).toBe(0n);
    expect(journal.settle({ ...given, confirmedRevision: 5, takenBackRevision: 3 })).toEqual(['deposit']);
  });

  it('are compensated in reverse when the block is taken back, and posted anew with a new cause', () => {
    const journal = new OneDeposit();
    journal.settle(payout);
    journal.settle({ ...payout, match });
    expect(journal.settle(unconfirmed({ ...payout, match }, 3))).toEqual(['compensation', 'compensation']);
    expect(journal.balance('reserve:vault:reserve-1')).toBe(0n);
    expect(journal.posted.slice(2).map(({ entry }) => entry.corrects)).toEqual([journal.posted[1]?.entry.entryId, journal.posted[0]?.entry.entryId]);
    expect(journal.settle({ ...payout, match, confirmedRevision: 5, takenBackRevision: 3 })).toEqual(['deposit']);
    expect(journal.balance('reserve:mining:L-1')).toBe(-payout.amount);
    expect(new Set(journal.posted.map(({ entry }) => entry.entryId)).size).toBe(5);
  });

  it('are compensated first when it was taken back and confirmed again while nobody looked', () => {
    const journal = new OneDeposit();
    journal.settle(payout);
    expect(journal.settle({ ...payout, confirmedRevision: 4, takenBackRevision: 2 })).toEqual(['compensation', 'deposit']);
    expect(journal.balance('reserve:vault:reserve-1')).toBe(payout.amount);
  });

  it('never count coins again before their taking back is posted', () => {
    const journal = new OneDeposit();
    journal.settle(payout);
    const posted = journal.posted[0]?.entry as Entry;
    expect(entriesDue({ ...payout, confirmedRevision: 4, takenBackRevision: 2 }, postedEntries([{ entry: posted }]), idOf).map(({ entry }) => entry.kind)).toEqual(['compensation']);
  });
});

describe('entries of a case', () => {
  it('are held in trust', () => {
    const journal = new OneDeposit();
    expect(journal.settle(held)).toEqual(['deposit']);
    expect(journal.balance('held-in-trust:case:afm.1')).toBe(-held.amount);
  });

  it('become state property by four postings that name the act', () => {
    const journal = new OneDeposit();
    journal.settle(held);
    expect(journal.settle({ ...held, stateProperty: [act] })).toEqual(['reclassification']);
    const { entry } = journal.posted[1] as EntryDraft;
    expect(entry.act).toEqual({ kind: 'state-property-decision', reference: 'GOV-7', caseId: 'afm.1' });
    expect(entry.postings.map(({ account, amount }) => [account, amount > 0n])).toEqual([
      ['held-in-trust:case:afm.1', true],
      ['held-in-trust:due-to:reserve', false],
      ['reserve:due-from:held-in-trust', true],
      ['reserve:seizure:afm.1', false],
    ]);
    expect(entry.effectiveAt).toBe('2026-02-01T00:00:00.000Z');
    expect(journal.balances.verify()).toEqual([]);
  });

  it('become state property as they come when the decision was there first', () => {
    const journal = new OneDeposit();
    expect(journal.settle({ ...held, blockTime: '2026-03-01T00:00:00.000Z', stateProperty: [{ ...act, from: '2026-03-01T00:00:00.000Z' }] })).toEqual(['deposit', 'reclassification']);
    expect(journal.posted[1]?.entry.effectiveAt).toBe('2026-03-01T00:00:00.000Z');
  });

  it('are taken back with their reclassification, which keeps the act it undoes', () => {
    const journal = new OneDeposit();
    journal.settle({ ...held, stateProperty: [act] });
    expect(journal.settle(unconfirmed({ ...held, stateProperty: [act] }, 2))).toEqual(['compensation', 'compensation']);
    expect([...journal.balances.accounts()].every(({ balance }) => balance === 0n)).toBe(true);
    expect(journal.settle({ ...held, stateProperty: [act], confirmedRevision: 4, takenBackRevision: 2 })).toEqual(['deposit', 'reclassification']);
    expect(journal.balance('reserve:seizure:afm.1')).toBe(-held.amount);
  });

  describe('an act that is taken back and comes again', () => {
    const saidAgain = { ...act, saidBy: { cause: 'custody-case-afm.1@2', reference: 'GOV-7' } };
    const until = (day: number) => ({ ...act, until: { at: `2026-03-0${day}T00:00:00.000Z`, cause: `custody-case-afm.1@${day}`, reference: 'APPEAL-1' } });
    /** What was the state's on the days in the middle of January to April. */
    const states = ({ posted }: OneDeposit): bigint[] =>
      ['2026-01-15', '2026-02-15', '2026-03-02T12', '2026-03-05'].map((day) =>
        posted.filter(({ entry }) => entry.effectiveAt < day).flatMap(({ entry }) => entry.postings).reduce((sum, { account, amount }) => sum - (account === 'reserve:seizure:afm.1' ? amount : 0n), 0n),
      );
    const whole = held.amount;

    it.each<[string, readonly SettledDeposit['stateProperty'][], bigint[]]>([
      ['an appeal ends it', [[act], [until(2)]], [0n, whole, 0n, 0n]],
      ['the appeal is annulled: it was the state\'s all the time, once', [[act], [until(2)], [saidAgain]], [0n, whole, whole, whole]],
      ['the appeal was of another day', [[act], [until(2)], [until(4)]], [0n, whole, whole, 0n]],
      ['the act and its appeal are known at once', [[until(2)]], [0n, whole, 0n, 0n]],
      ['the act should never have counted', [[act], []], [0n, 0n, 0n, 0n]],
      ['the act should never have counted, after an appeal', [[act], [until(2)], []], [0n, 0n, 0n, 0n]],
      ['its part was another', [[act], [{ ...act, amount: 5n, cause: 'custody-case-afm.1@4' }].map((each) => ({ ...each, saidBy: each }))], [0n, 5n, 5n, 5n]],
      ['it is ended, annulled, ended and annulled', [[act], [until(2)], [saidAgain], [until(4)], [act], []], [0n, 0n, 0n, 0n]],
    ])('%s', (_, states_, expected) => {
      const journal = new OneDeposit();
      for (const stateProperty of states_) journal.settle({ ...held, stateProperty });
      expect(states(journal)).toEqual(expected);
      expect(journal.balances.verify()).toEqual([]);
    });

    it('is put right where a version before this one posted it anew from the decision, and the days between had it twice', () => {
      const journal = new OneDeposit();
      journal.settle({ ...held, stateProperty: [act] });
      journal.settle({ ...held, stateProperty: [until(2)] });
      const [, decision, appeal] = journal.posted.map(({ entry }) => entry);
      journal.post({ entry: { ...(decision as Entry), entryId: idOf('posted anew'), cause: 'custody-case-afm.1@2' } });
      expect(states(journal)).toEqual([0n, 2n * whole, whole, whole]);
      expect(journal.settle({ ...held, stateProperty: [saidAgain] })).toEqual(['compensation', 'compensation']);
      expect(journal.posted.slice(-2).map(({ entry }) => entry.corrects)).toEqual([idOf('posted anew'), appeal?.entryId]);
      expect(states(journal)).toEqual([0n, whole, whole, whole]);
      expect(journal.settle({ ...held, stateProperty: [saidAgain] })).toEqual([]);
    });

    it('leaves nothing of it on any day when the coins leave the chain', () => {
      const journal = new OneDeposit();
      journal.settle({ ...held, stateProperty: [until(2)] });
      journal.settle(unconfirmed({ ...held, stateProperty: [until(2)] }, 2));
      expect(states(journal)).toEqual([0n, 0n, 0n, 0n]);
      expect([...journal.balances.accounts()].every(({ balance }) => balance === 0n)).toBe(true);
    });
  });
});

import { createHash } from 'node:crypto';
import { bitcoinAsset, Balances } from '@qazyna/ledger';
import fc from 'fast-check';
import { entriesDue, type SettledDeposit } from './deposit-entries.js';
import { postedEntries, type PostedEntry } from './posted-entries.js';

const idOf = (name: string): string => createHash('sha256').update(name).digest('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
const asset = bitcoinAsset('regtest').id;
const AMOUNT = 9_007_199_254_740_993n;
const deposit: SettledDeposit = {
  depositId: `${'aa'.repeat(32)}.0`, vaultId: 'v', vaultClass: 'reserve', asset, amount: AMOUNT, height: 100, blockTime: '2026-01-01T00:00:00.000Z',
  purpose: { kind: 'pool-account', id: 'pool.acc' }, confirmedRevision: 1, takenBackRevision: undefined, match: undefined, stateProperty: [], takenBackBy: () => undefined,
};
const match = { revision: 2, payoutId: 'pool.acc~1', licenceId: 'L-1' };
const ofCase: SettledDeposit = { ...deposit, vaultClass: 'held-in-trust', purpose: { kind: 'case', id: 'afm.1' } };
const stateProperty = [{ reference: 'GOV-7', from: '2026-02-01T00:00:00.000Z', cause: 'custody-case-afm.1@0', saidBy: { cause: 'custody-case-afm.1@0', reference: 'GOV-7' }, amount: AMOUNT }];
const screening = (held: boolean, revision: number): NonNullable<SettledDeposit['screening']> => ({ held, cause: `custody-screening-x@${revision}`, at: '2026-03-01T00:00:00.000Z' });

/** A journal of one deposit that keeps every rule of the ledger. */
class Journal {
  readonly balances = new Balances();
  private readonly all: PostedEntry[] = [];

  settle(state: SettledDeposit): string[] {
    const kinds: string[] = [];
    for (let round = 0; round < 8; round += 1) {
      const due = entriesDue(state, postedEntries(this.all), idOf);
      if (due.length === 0) return kinds;
      for (const { entry, notes, corrected } of due) {
        this.balances.apply(entry, corrected === undefined ? {} : { corrected });
        kinds.push(entry.kind);
        this.all.push({ entry, ...(notes?.payoutId === undefined ? {} : { payoutId: notes.payoutId }) });
      }
    }
    throw new Error('it never ends');
  }

  of(account: string): bigint {
    return this.balances.balance(account as Parameters<Balances['balance']>[0], asset);
  }
}

describe('the journal of a screened deposit', () => {
  it('credits nobody while it is held, though its payout is known (INV-41)', () => {
    const journal = new Journal();
    expect(journal.settle({ ...deposit, match, screening: screening(true, 0) })).toEqual(['deposit']);
    expect([journal.of('reserve:vault:v'), journal.of('reserve:screening-hold:v'), journal.of('reserve:mining:L-1')]).toEqual([AMOUNT, -AMOUNT, 0n]);
    expect(journal.settle({ ...deposit, match, screening: screening(false, 1) })).toEqual(['screening']);
    expect([journal.of('reserve:screening-hold:v'), journal.of('reserve:mining:L-1')]).toEqual([0n, -AMOUNT]);
  });

  it('needs no entry of its own when it was clear before it was confirmed', () => {
    const journal = new Journal();
    expect(journal.settle({ ...deposit, match, screening: screening(false, 0) })).toEqual(['deposit']);
    expect(journal.of('reserve:mining:L-1')).toBe(-AMOUNT);
  });

  it('is identified after its release, by an entry of its own', () => {
    const journal = new Journal();
    journal.settle({ ...deposit, screening: screening(true, 0) });
    expect(journal.settle({ ...deposit, screening: screening(false, 1) })).toEqual(['screening']);
    expect(journal.settle({ ...deposit, match, screening: screening(false, 1) })).toEqual(['identification']);
    expect([journal.of('reserve:unidentified:v'), journal.of('reserve:mining:L-1')]).toEqual([0n, -AMOUNT]);
  });

  it('waits with state property until it is released', () => {
    const journal = new Journal();
    expect(journal.settle({ ...ofCase, stateProperty, screening: screening(true, 0) })).toEqual(['deposit']);
    expect(journal.settle({ ...ofCase, stateProperty, screening: screening(false, 1) })).toEqual(['screening', 'reclassification']);
    expect(journal.of('reserve:seizure:afm.1')).toBe(-AMOUNT);
  });

  it('is held again where it stands, in the reserve, and goes back there', () => {
    const journal = new Journal();
    journal.settle({ ...ofCase, stateProperty, screening: screening(false, 0) });
    expect(journal.settle({ ...ofCase, stateProperty, screening: screening(true, 1) })).toEqual(['screening']);
    expect([journal.of('reserve:screening-hold:v'), journal.of('reserve:seizure:afm.1')]).toEqual([-AMOUNT, 0n]);
    expect(journal.settle({ ...ofCase, stateProperty, screening: screening(false, 2) })).toEqual(['screening']);
    expect([journal.of('reserve:screening-hold:v'), journal.of('reserve:seizure:afm.1')]).toEqual([0n, -AMOUNT]);
  });

  it('is compensated whole when its block is taken back while it is held, and held anew afterwards', () => {
    const journal = new Journal();
    journal.settle({ ...deposit, match, screening: screening(false, 0) });
    journal.settle({ ...deposit, match, screening: screening(true, 1) });
    expect(journal.settle({ ...deposit, match, screening: screening(true, 1), confirmedRevision: undefined, takenBackRevision: 3 })).toEqual(['compensation', 'compensation']);
    expect(journal.of('reserve:vault:v')).toBe(0n);
    expect(journal.settle({ ...deposit, match, screening: screening(true, 1), confirmedRevision: 5 })).toEqual(['deposit']);
    expect(journal.of('reserve:screening-hold:v')).toBe(-AMOUNT);
  });

  it('has the whole of a held deposit on hold and nothing of another, whatever came in which order', () => {
    const step = fc.constantFrom('hold', 'clear', 'match', 'law', 'reorganise', 'confirm');
    fc.assert(
      fc.property(fc.boolean(), fc.array(step, { maxLength: 14 }), (isCase, steps) => {
        const journal = new Journal();
        let state: SettledDeposit = { ...(isCase ? ofCase : deposit), screening: screening(true, 0) };
        steps.forEach((each, index) => {
          if (each === 'hold' || each === 'clear') {
            if (state.screening?.held !== (each === 'hold')) state = { ...state, screening: screening(each === 'hold', index + 1) };
          } else if (each === 'match' && !isCase) state = { ...state, match };
          else if (each === 'law' && isCase) state = { ...state, stateProperty };
          else if (each === 'reorganise') state = { ...state, confirmedRevision: undefined, takenBackRevision: index };
          else if (each === 'confirm' && state.confirmedRevision === undefined) state = { ...state, confirmedRevision: 10 + index };
          journal.settle(state);
          const held = journal.of('reserve:screening-hold:v') + journal.of('held-in-trust:screening-hold:v');
          expect(held).toBe(state.screening?.held === true && state.confirmedRevision !== undefined ? -AMOUNT : 0n);
          expect(journal.balances.verify()).toEqual([]);
        });
      }),
      { numRuns: 300 },
    );
  });
});

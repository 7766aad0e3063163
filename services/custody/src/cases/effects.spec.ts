import { createHash } from 'node:crypto';
import type { ExactShare } from '@qazyna/contracts';
import { account, Balances, bitcoinAsset, type AccountName, type Entry } from '@qazyna/ledger';
import fc from 'fast-check';
import { entriesDue, type SettledDeposit } from '../journal/deposit-entries.js';
import { postedEntries, type PostedEntry } from '../journal/posted-entries.js';
import { withDuesTurned } from '../journal/settled-dues.js';
import { custodyCaseDecider, type CustodyCaseCommand, type CustodyCaseEvent, type CustodyCaseState } from './custody-case.js';
import { effectWordOf, type EffectWord } from './effect-word.js';
import { nextDifference, statePropertyTerms, takenBackBy, type CaseDeposit } from './effects.js';

const BTC = bitcoinAsset('regtest').id;
const CASE = 'afm.1';
const NOW = '2026-06-01T00:00:00.000Z';
const document = { reference: 'GOV-7', authority: 'government', sha256: 'c0'.repeat(32) };
const fact = (number: number): string => `00000000-0000-5000-8000-${String(number).padStart(12, '0')}`;
const place = (caseRevision: number, factNumber: number) => ({ caseId: CASE, factId: fact(factNumber), effectiveAt: `2026-02-${String((caseRevision % 20) + 1).padStart(2, '0')}T00:00:00Z`, caseRevision });
const WHOLE: ExactShare = { numerator: '1', denominator: '1' };
type Effect = Extract<CustodyCaseCommand, { kind: 'note' }>['effect'];

function note(revision: number, factNumber: number, more: Partial<Effect> = {}): CustodyCaseCommand {
  return { kind: 'note', effect: { ...place(revision, factNumber), effect: 'state-property', share: WHOLE, manner: 'in-kind', document, ...more } };
}

function undo(revision: number, factNumber: number, more: { readonly assetId?: string; readonly effect?: Effect['effect'] } = {}): CustodyCaseCommand {
  return { kind: 'undo', undone: { ...place(revision, factNumber), effect: 'state-property', undoneBy: fact(99), document: { ...document, reference: 'APPEAL-1' }, ...more } };
}

const of = (amount: bigint, assetId?: string): CaseDeposit => ({ assetId, asset: BTC, amount, heldSince: '2026-01-01T00:00:00.000Z' });

/** Custody's streams of one case, with what was heard so far. */
class Heard {
  readonly words: EffectWord[] = [];
  private readonly streams = new Map<string, { state: CustodyCaseState; revision: number }>();

  hear(...commands: readonly CustodyCaseCommand[]): this {
    for (const command of commands) {
      const assetId = (command.kind === 'note' ? command.effect : command.undone).assetId ?? '';
      const stream = this.streams.get(assetId) ?? { state: custodyCaseDecider.initialState(), revision: 0 };
      const decision = custodyCaseDecider.decide(command, stream.state);
      for (const event of decision.kind === 'accepted' ? decision.events : []) {
        this.words.push(effectWordOf(event, `custody-case-${CASE}~${assetId}@${stream.revision}`));
        stream.state = custodyCaseDecider.evolve(stream.state, event);
        stream.revision += 1;
      }
      this.streams.set(assetId, stream);
    }
    return this;
  }

  stateProperty(amount: bigint, assetId?: string, at = NOW): bigint {
    return statePropertyTerms(of(amount, assetId), this.words, at).reduce((sum, term) => sum + (term.until === undefined ? term.amount : 0n), 0n);
  }
}

describe('what the law made of a deposit', () => {
  const half = { assetId: 'a', asset: BTC, share: { numerator: '1', denominator: '2' } };

  it('is the exact share of its asset, rounded down for the state', () => {
    const heard = new Heard().hear(note(1, 1, { ...half, share: { numerator: '1', denominator: '3' } }));
    expect([heard.stateProperty(100n, 'a'), heard.stateProperty(2n, 'a'), heard.stateProperty(10n ** 30n + 1n, 'a')]).toEqual([33n, 0n, (10n ** 30n + 1n) / 3n]);
  });
  it('is nothing for another asset of the case, and nothing for what belongs to no asset', () => {
    const heard = new Heard().hear(note(1, 1, half));
    expect([heard.stateProperty(100n, 'b'), heard.stateProperty(100n)]).toEqual([0n, 0n]);
  });
  it('is everything under a decision over the whole case', () => {
    const heard = new Heard().hear(note(1, 1));
    expect([heard.stateProperty(100n, 'a'), heard.stateProperty(100n)]).toEqual([100n, 100n]);
  });
  it('leaves out an asset that was taken out of the whole case; what belongs to no asset follows the words on the whole', () => {
    const heard = new Heard().hear(note(1, 1), undo(2, 1, { assetId: 'a' }));
    expect([heard.stateProperty(100n, 'a'), heard.stateProperty(100n, 'b'), heard.stateProperty(100n)]).toEqual([0n, 100n, 100n]);
    expect(heard.hear(undo(3, 1)).stateProperty(100n)).toBe(0n);
  });
  it('counts an asset once where a word on it and one on the whole case say the same, whichever came last', () => {
    const twice = (first: CustodyCaseCommand, second: CustodyCaseCommand): bigint => new Heard().hear(first, second).stateProperty(100n, 'a');
    const [own, whole] = [(at: number) => note(at, 1, { assetId: 'a', asset: BTC }), (at: number) => note(at, 1)];
    expect([twice(own(1), whole(2)), twice(whole(1), own(2)), twice(own(2), whole(1))]).toEqual([100n, 100n, 100n]);
  });
  it('is taken back with the whole case, also where the decision was noted before decisions named their fact', () => {
    const old: CustodyCaseEvent = { type: 'custody.case-state-property-noted', data: { caseId: CASE, decision: document, effectiveAt: '2026-01-01T00:00:00Z' } };
    const words = [effectWordOf(old, 'custody-case-afm.1@0'), ...new Heard().hear(undo(9, 1)).words];
    expect(statePropertyTerms(of(5n), words.slice(0, 1), NOW)).toMatchObject([{ amount: 5n, from: '2026-01-01T00:00:00.000Z' }]);
    expect(statePropertyTerms(of(5n), words, NOW)).toMatchObject([{ until: { at: '2026-02-10T00:00:00.000Z', reference: 'APPEAL-1' } }]);
    expect(takenBackBy('custody-case-afm.1@0', of(5n), words, NOW)).toMatchObject({ reference: 'APPEAL-1' });
  });
  it('does not count a word that is older than one known, in whatever order they come', () => {
    expect(new Heard().hear(undo(2, 1, { assetId: 'a' }), note(1, 1, half)).stateProperty(100n, 'a')).toBe(0n);
    expect(new Heard().hear(note(1, 1, half), undo(2, 1, { assetId: 'a' }), note(3, 1, half)).stateProperty(100n, 'a')).toBe(50n);
  });
  it('is never more than all of it, where a decision on the whole case is heard before that the asset is outside of it', () => {
    const heard = new Heard().hear(note(1, 1, { assetId: 'a', asset: BTC }), note(2, 2));
    expect([heard.stateProperty(100n, 'a'), heard.stateProperty(100n)]).toEqual([100n, 100n]);
    const posted = statePropertyTerms(of(100n, 'a'), heard.words, NOW);
    expect(statePropertyTerms(of(100n, 'a'), heard.hear(undo(3, 2, { assetId: 'a' })).words, NOW)).toEqual(posted);
  });
  it('is no coins where the order takes a value only', () => expect(new Heard().hear(note(1, 1, { ...half, manner: 'value' })).stateProperty(100n, 'a')).toBe(0n));
  it('moves to the proceeds of a sale: what was sold is not the state\'s', () => {
    const heard = new Heard().hear(note(1, 1, { assetId: 'a', asset: BTC, effect: 'sold' }), note(2, 2, { assetId: 'a', asset: 'qazyna:local/iso4217:KZT' }));
    expect(heard.stateProperty(100n, 'a')).toBe(0n);
  });
  it('waits for the day of the act', () => {
    const heard = new Heard().hear(note(1, 1, { ...half, effectiveAt: '2026-07-01T00:00:00Z' }));
    const deposit = of(100n, 'a');
    expect(heard.stateProperty(100n, 'a')).toBe(0n);
    expect(nextDifference(deposit, heard.words, [], NOW)).toBe('2026-07-01T00:00:00.000Z');
    expect(nextDifference(deposit, heard.words, [{ cause: heard.words[0]?.cause ?? '', until: null }], '2026-07-02T00:00:00.000Z')).toBeUndefined();
  });
});

/** The journal of one case: posts what is due after each step, under every rule of the ledger. */
class CaseJournal {
  readonly balances = new Balances();
  readonly heard = new Heard();
  private readonly deposits = new Map<string, SettledDeposit>();
  private readonly ofDeposit = new Map<string, PostedEntry[]>();
  readonly posted: Entry[] = [];

  take(step: Step): void {
    if (step.kind === 'word') this.heard.hear(step.command);
    else if (step.kind === 'deposit') this.deposit(step);
    else if (step.kind === 'reorganise') this.reorganise();
    else this.sweep();
    for (const deposit of this.deposits.values()) this.settle(deposit);
    expect(this.balances.verify()).toEqual([]);
  }

  /** Net of what is owed between classes: whose the coins are. */
  get owners(): Readonly<Record<string, bigint>> {
    return { trust: this.of(account.heldCase(CASE)), state: this.of(account.seizure(CASE)) };
  }

  /** What is the state's at the end of a day, by what was posted up to now. */
  stateOn(day: string): bigint {
    const until = `${day}T23:59:59.999Z`;
    return this.posted.filter(({ effectiveAt }) => effectiveAt <= until).flatMap(({ postings }) => postings).reduce((sum, posting) => sum - (posting.account === account.seizure(CASE) ? posting.amount : 0n), 0n);
  }

  of(name: AccountName): bigint {
    return this.balances.balance(name, BTC);
  }

  private deposit({ id, assetId, amount }: DepositStep): void {
    if (this.deposits.has(id)) return;
    this.deposits.set(id, {
      depositId: id, vaultId: 'T', vaultClass: 'held-in-trust', asset: BTC, amount, height: 1, blockTime: '2026-01-01T00:00:00.000Z',
      purpose: { kind: 'case', id: CASE, ...(assetId === undefined ? {} : { assetId }) }, confirmedRevision: 1, takenBackRevision: undefined, match: undefined, stateProperty: [], takenBackBy: () => undefined,
    });
  }

  /** Everything was in a block that left the chain, and comes back. Only before coins were swept: those are spent. */
  private reorganise(): void {
    if (this.of(account.vault('reserve', 'R')) > 0n) return;
    for (const [id, deposit] of this.deposits) {
      const gone = { ...deposit, confirmedRevision: undefined, takenBackRevision: (deposit.confirmedRevision ?? 0) + 1 };
      this.settle(gone);
      this.deposits.set(id, { ...gone, confirmedRevision: gone.takenBackRevision + 2 });
    }
  }

  /** Coins due to the reserve move to its vault, as a transfer does. */
  private sweep(): void {
    const owed = -this.of(account.dueTo('held-in-trust', 'reserve'));
    if (owed <= 0n) return;
    this.apply({
      entryId: idOf(`sweep ${this.posted.length}`), kind: 'transfer', effectiveAt: NOW, cause: 'transfer-1@3', act: { kind: 'finality', reference: 'T-1', caseId: CASE },
      postings: [
        { account: account.vault('held-in-trust', 'T'), asset: BTC, amount: -owed },
        { account: account.dueTo('held-in-trust', 'reserve'), asset: BTC, amount: owed },
        { account: account.dueFrom('reserve', 'held-in-trust'), asset: BTC, amount: -owed },
        { account: account.vault('reserve', 'R'), asset: BTC, amount: owed },
      ],
    });
  }

  private settle(deposit: SettledDeposit): void {
    const ofCase = of(deposit.amount, deposit.purpose.assetId);
    const wanted = { ...deposit, stateProperty: statePropertyTerms(ofCase, this.heard.words, NOW), takenBackBy: (cause: string) => takenBackBy(cause, ofCase, this.heard.words, NOW) };
    for (let round = 0; round < 5; round += 1) {
      const all = this.ofDeposit.get(deposit.depositId) ?? [];
      const due = entriesDue(wanted, postedEntries(all), idOf);
      if (due.length === 0) return;
      for (const { entry, corrected, turnsDues } of due) {
        const final = turnsDues === true ? withDuesTurned(entry, (name, asset) => this.balances.balance(name, asset)) : entry;
        this.apply(final, corrected);
        all.push({ entry: final, caseId: CASE });
        this.ofDeposit.set(deposit.depositId, all);
      }
    }
    throw new Error('it never ends');
  }

  private apply(entry: Entry, corrected?: Entry): void {
    this.balances.apply(entry, corrected === undefined ? {} : { corrected });
    this.posted.push(entry);
  }
}

interface DepositStep {
  readonly kind: 'deposit';
  readonly id: string;
  readonly assetId: string | undefined;
  readonly amount: bigint;
}
type Step = DepositStep | { readonly kind: 'word'; readonly command: CustodyCaseCommand } | { readonly kind: 'sweep' } | { readonly kind: 'reorganise' };

const idOf = (name: string): string => createHash('sha256').update(name).digest('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
const word = (command: CustodyCaseCommand): Step => ({ kind: 'word', command });
const deposit = (id: string, assetId: string | undefined, amount: bigint): Step => ({ kind: 'deposit', id, assetId, amount });

describe('a reversal on appeal', () => {
  const decided = [deposit('d', 'a', 101n), word(note(1, 1, { assetId: 'a', asset: BTC, share: { numerator: '1', denominator: '2' } }))];
  const appeal = word(undo(2, 1, { assetId: 'a' }));

  it('before the coins were swept takes the debt back, by an entry that names the one it corrects', () => {
    const journal = new CaseJournal();
    for (const step of [...decided, appeal]) journal.take(step);
    const [, decision, correction] = journal.posted;
    expect(correction).toMatchObject({ kind: 'compensation', corrects: decision?.entryId, act: { kind: 'reversal', reference: 'APPEAL-1', caseId: CASE }, effectiveAt: '2026-02-03T00:00:00.000Z' });
    expect([journal.owners, journal.of(account.dueTo('held-in-trust', 'reserve')), journal.of(account.vault('held-in-trust', 'T'))]).toEqual([{ trust: -101n, state: 0n }, 0n, 101n]);
  });

  it('after the coins were swept leaves the reserve owing them to the trust', () => {
    const journal = new CaseJournal();
    for (const step of [...decided, { kind: 'sweep' } as const, appeal]) journal.take(step);
    expect(journal.owners).toEqual({ trust: -101n, state: 0n });
    expect([journal.of(account.vault('reserve', 'R')), journal.of(account.dueTo('reserve', 'held-in-trust')), journal.of(account.dueFrom('held-in-trust', 'reserve'))]).toEqual([50n, -50n, 50n]);
    expect(journal.posted.filter(({ kind }) => kind === 'compensation')).toHaveLength(1);
  });

  it('of coins that were swept in part turns only that part of the debt', () => {
    const journal = new CaseJournal();
    for (const step of [...decided, { kind: 'sweep' } as const, deposit('e', 'a', 60n), appeal]) journal.take(step);
    expect(journal.owners).toEqual({ trust: -161n, state: 0n });
    expect(journal.of(account.dueFrom('held-in-trust', 'reserve'))).toBe(50n);
  });

  it('and a new decision after it make the coins the state\'s again, once', () => {
    const journal = new CaseJournal();
    for (const step of [...decided, appeal, word(note(3, 2, { assetId: 'a', asset: BTC })), word(note(3, 2, { assetId: 'a', asset: BTC }))]) journal.take(step);
    expect(journal.owners).toEqual({ trust: 0n, state: -101n });
  });
});

describe('any interleaving of acts, repetitions, deposits, sweeps and reorganisations', () => {
  const story: readonly Step[] = [
    word(note(1, 1, { assetId: 'a', asset: BTC, share: { numerator: '1', denominator: '3' } })),
    word(note(2, 2, { assetId: 'b', asset: BTC, effect: 'returned-to-victim' })),
    word(note(3, 3, { assetId: 'c', asset: BTC, effect: 'released' })),
    word(undo(4, 1, { assetId: 'a' })),
    word(note(5, 4, { assetId: 'a', asset: BTC, share: { numerator: '2', denominator: '7' } })),
    word(note(6, 5, { assetId: 'd', asset: BTC })),
    word(undo(7, 5, { assetId: 'd' })),
    deposit('d1', 'a', 1_000_003n),
    deposit('d2', 'a', 5n),
    deposit('d3', 'b', 77n),
    deposit('d4', 'd', 900n),
    deposit('d5', undefined, 13n),
    deposit('d6', 'c', 21n),
    { kind: 'sweep' },
    { kind: 'sweep' },
    { kind: 'reorganise' },
  ];
  const state = (1_000_003n * 2n) / 7n + 10n / 7n;

  it('keeps every rule of the ledger at every step and ends with the same owners', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...story, ...story.slice(0, 7)], { minLength: story.length + 7 }), (steps) => {
        const journal = new CaseJournal();
        for (const step of steps) journal.take(step);
        expect(journal.owners).toEqual({ trust: state - 1_000_003n - 5n - 77n - 900n - 13n - 21n, state: -state });
        expect(new Set(journal.posted.map(({ entryId }) => entryId)).size).toBe(journal.posted.length);
        // The first decision over "a" held from 2 February to the appeal of the 5th, that over "d" from the 7th to the 8th.
        const third = 1_000_003n / 3n + 5n / 3n;
        expect(['2026-02-01', '2026-02-02', '2026-02-05', '2026-02-06', '2026-02-07', '2026-02-08'].map((day) => journal.stateOn(day))).toEqual([0n, third, 0n, state, state + 900n, state]);
      }),
      { numRuns: 300 },
    );
  });
});

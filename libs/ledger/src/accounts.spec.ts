import fc from 'fast-check';
import { ACCOUNT_CLASSES, InvalidAccount, account, isAccountId, parseAccount } from './accounts.js';

const id = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,60}$/);
const cls = fc.constantFrom(...ACCOUNT_CLASSES);

describe('the chart of accounts', () => {
  it.each([
    [account.vault('reserve', 'cold-1'), 'reserve:vault:cold-1', 'debit', true],
    [account.inTransit('held-in-trust', 't1'), 'held-in-trust:in-transit:t1', 'debit', true],
    [account.offChain('reserve', 'exchange-7'), 'reserve:off-chain:exchange-7', 'debit', true],
    [account.unidentified('reserve', 'cold-1'), 'reserve:unidentified:cold-1', 'credit', false],
    [account.heldCase('afm.257100031_00142'), 'held-in-trust:case:afm.257100031_00142', 'credit', false],
    [account.seizure('C'), 'reserve:seizure:C', 'credit', false],
    [account.mining('L-1'), 'reserve:mining:L-1', 'credit', false],
    [account.purchase('P'), 'reserve:purchase:P', 'credit', false],
    [account.donation('D'), 'reserve:donation:D', 'credit', false],
    [account.dueFrom('reserve', 'held-in-trust'), 'reserve:due-from:held-in-trust', 'debit', false],
    [account.dueTo('held-in-trust', 'reserve'), 'held-in-trust:due-to:reserve', 'credit', false],
    [account.networkFee('operational'), 'operational:network-fee', 'debit', false],
    [account.disbursed('reserve', 'R-2026-1'), 'reserve:disbursed:R-2026-1', 'debit', false],
    [account.released('held-in-trust', 'C'), 'held-in-trust:released:C', 'debit', false],
  ] as const)('has %s', (made, name, side, custody) => {
    expect(made).toBe(name);
    expect(parseAccount(name)).toMatchObject({ name, side, custody });
  });

  it('reads class, kind and the other class of a due account', () => {
    expect(parseAccount('reserve:due-from:held-in-trust')).toMatchObject({ class: 'reserve', kind: 'due-from', counterpart: 'held-in-trust', group: 'due' });
    expect(parseAccount('operational:network-fee').id).toBeUndefined();
  });

  it.each([
    [''],
    ['reserve'],
    ['reserve:vault'],
    ['reserve:vault:'],
    ['reserve:vault:a:b'],
    ['reserve:vault:a:b:c:d'],
    ['reserve:vault:../x'],
    ['reserve:vault:.x'],
    ['reserve:vault:a b'],
    ['reserve:vault:a\n'],
    ['reserve:vault:ключ'],
    [`reserve:vault:${'x'.repeat(129)}`],
    ['Reserve:vault:a'],
    ['treasury:vault:a'],
    ['reserve:purse:a'],
    ['reserve:constructor:a'],
    ['reserve:__proto__:a'],
    ['reserve:case:C'],
    ['held-in-trust:seizure:C'],
    ['operational:mining:L'],
    ['held-in-trust:donation:D'],
    ['reserve:due-from:reserve'],
    ['reserve:due-to:parliament'],
    ['reserve:due-to'],
    ['reserve:network-fee:x'],
    ['reserve:network-fee:'],
  ])('refuses %j', (name) => {
    expect(() => parseAccount(name)).toThrow(InvalidAccount);
  });

  it('refuses what is not text', () => {
    expect(() => parseAccount(7 as unknown as string)).toThrow(InvalidAccount);
    expect(() => parseAccount(undefined as unknown as string)).toThrow(InvalidAccount);
  });

  it('no id can smuggle in another path', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), cls, (text, any) => {
        if (!isAccountId(text)) expect(() => account.vault(any, text)).toThrow(InvalidAccount);
      }),
    );
    expect(() => account.vault('reserve', 'a:b')).toThrow(InvalidAccount);
  });

  it('what a constructor makes is read back whole', () => {
    fc.assert(
      fc.property(id, cls, (text, any) => {
        expect(parseAccount(account.vault(any, text))).toEqual({ name: `${any}:vault:${text}`, class: any, kind: 'vault', id: text, side: 'debit', group: 'custody', custody: true });
      }),
    );
  });
});

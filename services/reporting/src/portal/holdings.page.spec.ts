import { assetById, bitcoinAsset } from '@qazyna/ledger';
import { figuresOf } from '../holdings/holdings.js';
import { HOLDINGS_EXAMPLE } from '../holdings/holdings-example.js';
import { holdingsPage } from './holdings.page.js';
import { grouped } from './html.page.js';

const asset = bitcoinAsset('regtest').id;
const asOf = { network: 'regtest', blockHeight: 1234, blockHash: 'ab'.repeat(32), blockTime: '2026-03-01T00:00:00.000Z', journalRevision: '7', logPosition: '1' };

const textOf = (page: string): string => page.replace(/<style>.*<\/style>/s, '').replace(/<[^>]+>/g, '|').replace(/[|\s]+/g, '|');

describe('the public page', () => {
  it('shows hostile legal statuses and case ids as text', () => {
    const figures = figuresOf({
      balances: [
        { account: 'held-in-trust:vault:T', asset, amount: 5n },
        { account: 'held-in-trust:case:afm.1', asset, amount: -5n },
      ],
      assets: assetById,
      legalStatusOf: () => '<script>alert("1")</script>',
      tierOf: () => undefined,
      claimedAssets: [],
      controlled: [],
      payoutClaims: [],
    });
    const page = holdingsPage({ version: 2, asOf, figures });
    expect(page).not.toContain('<script');
    expect(page).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;');
  });

  it('says that coins of a test network are worth nothing, and what it does not know yet', () => {
    const empty = figuresOf({ balances: [], assets: assetById, legalStatusOf: () => undefined, tierOf: () => undefined, claimedAssets: [], controlled: [], payoutClaims: [] });
    const page = holdingsPage({ version: 2, asOf: { ...asOf, blockHeight: null, journalRevision: null }, figures: empty });
    expect(page).toContain('The reserve holds nothing yet.');
    expect(page).toContain('No block has been followed yet.');
    expect(page).toContain('test network <strong>regtest</strong>');
    expect(holdingsPage({ version: 2, asOf: { ...asOf, network: 'mainnet' }, figures: empty })).not.toContain('test network');
  });

  it('says for every figure whether it is the reserve\'s own, due to it, in trust under which status, or for running the custody', () => {
    const figures = figuresOf({
      balances: ([
        ['reserve:vault:R', 7n], ['reserve:due-from:held-in-trust', 3n], ['reserve:mining:L', -7n], ['reserve:seizure:afm.9', -3n],
        ['held-in-trust:vault:T', 14n], ['held-in-trust:case:afm.1', -5n], ['held-in-trust:case:afm.2', -6n], ['held-in-trust:due-to:reserve', -3n],
        ['operational:vault:O', 2n], ['operational:unidentified:O', -2n],
      ] as const).map(([account, amount]) => ({ account, asset, amount })),
      assets: assetById,
      legalStatusOf: (id) => (id === 'afm.1' ? 'arrested' : 'restricted'),
      tierOf: () => 'cold',
      claimedAssets: [],
      controlled: [],
      payoutClaims: [],
    });
    const text = textOf(holdingsPage({ version: 2, asOf, figures }));
    for (const row of ['|In|the|trust|vaults,|due|to|it|0.000|000|03|', '|Vault|R|cold|0.000|000|07|', '|arrested|0.000|000|05|', '|restricted|0.000|000|06|', '|Vault|O|cold|0.000|000|02|', '|The|trust|vaults|also|hold|0.000|000|03&nbsp;rBTC|']) {
      expect(text).toContain(row);
    }
  });

  it('shows each kind of claim under its own heading, with what an issuer froze, and adds none to another', () => {
    const text = textOf(holdingsPage(HOLDINGS_EXAMPLE));
    for (const row of [
      '|Coins|and|tokens|elsewhere|', '|USDT|4|000.000|000|frozen|by|the|issuer|arrested|1|4|000.000|000|4|000.000|000|', '|Accounts|at|exchanges|', '|atais,|ETH|arrested|1|2.500|000|', '|Devices|', '|BTC|evidence|in|the|case|1|0.250|000|00|0.250|000|00|',
      '|Equipment|', '|Bitmain|Antminer|S21|arrested|1|48|48|', '|Payouts|of|mining|pools|',
    ]) expect(text).toContain(row);
    expect(text).not.toContain('|Fund|units|');
  });

  it.each([
    ['0', '0'],
    ['1234567.89012345', '1 234 567.890 123 45'],
    ['999.5', '999.5'],
    ['90071992.54740993', '90 071 992.547 409 93'],
  ])('groups %s without changing a digit', (decimal, shown) => {
    expect(grouped(decimal)).toBe(shown);
    expect(grouped(decimal).replaceAll(' ', '')).toBe(decimal);
  });
});

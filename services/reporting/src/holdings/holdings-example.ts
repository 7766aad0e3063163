import { findAsset, bitcoinAsset } from '@qazyna/ledger';
import { figuresOf, HOLDINGS_VERSION, type Holdings, type HoldingsInput } from './holdings.js';

const BTC: string = bitcoinAsset('mainnet').id;
const ALL = { numerator: 1n, denominator: 1n };
const claim = { caseId: 'afm.247100031_00142', frozenByIssuer: false, inherited: false } as const;

/** One case: half of a wallet confiscated and held, coins on a device, an exchange account, machines; a mined output. */
export const EXAMPLE_INPUT: HoldingsInput = {
  balances: (
    [
      ['reserve:vault:reserve-cold-1', 149_377n], ['reserve:mining:KZ-CM-0001', -149_377n], ['reserve:due-from:held-in-trust', 50_000_000n], ['reserve:seizure:afm.247100031_00142', -50_000_000n],
      ['held-in-trust:vault:trust-cold-1', 100_000_000n], ['held-in-trust:case:afm.247100031_00142', -50_000_000n], ['held-in-trust:due-to:reserve', -50_000_000n],
    ] as const
  ).map(([account, amount]) => ({ account, asset: BTC, amount })),
  assets: findAsset,
  legalStatusOf: () => 'mixed',
  tierOf: () => 'cold',
  claimedAssets: [
    { ...claim, assetId: 'wallet-1', asset: BTC, amount: 100_000_000n, location: { kind: 'address' }, parts: [{ legalStatus: 'state-property', numerator: 1n, denominator: 2n }, { legalStatus: 'evidence', numerator: 1n, denominator: 2n }] },
    { ...claim, assetId: 'box-1', asset: BTC, amount: 25_000_000n, location: { kind: 'device' }, parts: [{ legalStatus: 'evidence', ...ALL }] },
    { ...claim, assetId: 'usdt-1', asset: 'eip155:1/erc20:0xdac17f958d2ee523a2206206994597c13d831ec7', amount: 4_000_000_000n, location: { kind: 'address' }, parts: [{ legalStatus: 'arrested', ...ALL }], frozenByIssuer: true },
    { ...claim, assetId: 'account-1', asset: 'eip155:1/slip44:60', amount: 2_500_000_000_000_000_000n, location: { kind: 'exchange-account', exchange: 'atais' }, parts: [{ legalStatus: 'arrested', ...ALL }] },
    { ...claim, assetId: 'machines-1', asset: 'qazyna:local/pieces:asic-miner', amount: 48n, location: { kind: 'equipment', make: 'Bitmain', model: 'Antminer S21' }, parts: [{ legalStatus: 'arrested', ...ALL }] },
  ],
  controlled: [{ caseId: claim.caseId, assetId: 'wallet-1', asset: BTC, amount: 100_000_000n }],
  payoutClaims: [{ asset: BTC, status: 'held', payouts: 1, amount: 137_954n }],
};

/** An answer of `GET /v1/holdings`, computed by the code that answers. */
export const HOLDINGS_EXAMPLE: Holdings = {
  version: HOLDINGS_VERSION,
  asOf: { network: 'mainnet', blockHeight: 950_000, blockHash: `${'0'.repeat(19)}${'1a'.repeat(22)}2`, blockTime: '2026-05-04T10:15:00.000Z', journalRevision: '41', logPosition: '1730' },
  figures: figuresOf(EXAMPLE_INPUT),
};

import { deriveAddress, parseDescriptor, sandboxVaultDescriptor } from '@qazyna/bitcoin';
import { MINING_EARNINGS_TYPE, MINING_PAYOUT_TYPE, SEIZURE_FACT_TYPE, type EarningsClaim, type PayoutClaim, type SeizureFact } from '@qazyna/contracts';
import { bitcoinAsset } from '@qazyna/ledger';
import { createHash } from 'node:crypto';

/** Messages as upstream sends them, correct in every field; specs break one rule at a time. */

export const ASSET = bitcoinAsset('regtest').id;
export const POOL = 'btcpool-kz';
export const ACCOUNT = 'reserve-01';
export const LICENCE = 'KZ-CM-0001';
/** A real wallet of another network than the tests' own. */
export const MAINNET_ADDRESS = 'bc1qllf33yhp7m80sfm35fce0tagcckey7dljauwd5';
/** Addresses of the sandbox's own network, from a vault that no service knows. */
export const [WALLET, OTHER_WALLET] = [0, 1].map((index) => deriveAddress(parseDescriptor(sandboxVaultDescriptor('outside', 'regtest'), 'regtest'), { change: 0, index }).address) as [string, string];

/** A well-formed transaction id that no chain has. */
export function inventedTxid(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}

/** With one character changed: a typing error that only the checksum shows. */
export function mistyped(address: string): string {
  const at = address.length - 3;
  return address.slice(0, at) + (address[at] === 'q' ? 'p' : 'q') + address.slice(at + 1);
}

export function payout(paymentId: string, changes: Partial<Record<keyof PayoutClaim | 'extra', unknown>> = {}): Record<string, unknown> {
  return {
    pool: POOL,
    account: ACCOUNT,
    paymentId,
    asset: ASSET,
    amount: '149377',
    address: WALLET,
    txid: inventedTxid(paymentId),
    paidAt: '2026-03-01T00:00:00Z',
    ...changes,
  };
}

export function earnings(date: string, changes: Partial<Record<keyof EarningsClaim | 'extra', unknown>> = {}): Record<string, unknown> {
  return { pool: POOL, account: ACCOUNT, date, hashRate: '1000000000000000', parts: [], total: '52387', scheme: 'fpps', ...changes };
}

export function fact(caseNumber: string, changes: Partial<Record<keyof SeizureFact | 'extra', unknown>> = {}): Record<string, unknown> {
  return {
    agency: 'afm',
    caseNumber,
    act: 'reported',
    document: { reference: `${caseNumber}/reported`, authority: 'investigative-court', sha256: 'c0'.repeat(32) },
    actAt: '2026-03-02T09:00:00Z',
    effectiveAt: '2026-03-02T09:00:00Z',
    assets: [seized()],
    ...changes,
  };
}

export function seized(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return { asset: ASSET, amount: '75000000', location: { kind: 'device', reference: 'evidence-1' }, ...changes };
}

export const PAYOUTS_SOURCE = 'urn:qazyna:pool:btcpool-kz';
export const FACTS_SOURCE = 'urn:qazyna:agency:afm';

/** CloudEvents attributes of a payout or a fact. */
export function attributes(kind: 'payout' | 'fact' | 'earnings', id: string): Record<string, string> {
  return {
    specversion: '1.0',
    id,
    source: kind === 'fact' ? FACTS_SOURCE : PAYOUTS_SOURCE,
    type: { payout: MINING_PAYOUT_TYPE, fact: SEIZURE_FACT_TYPE, earnings: MINING_EARNINGS_TYPE }[kind],
  };
}

/** Binary content mode: `ce-` for HTTP, `ce_` for Kafka. */
export function binaryHeaders(prefix: 'ce-' | 'ce_', all: Readonly<Record<string, string>>): Record<string, string> {
  return { 'content-type': 'application/json', ...Object.fromEntries(Object.entries(all).map(([name, value]) => [prefix + name, value])) };
}

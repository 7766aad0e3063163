import type { Chance } from '../engine/chance.js';

/** Wire formats of what upstreams and officers send, written down once more from the published formats. */

export const REGTEST = 'bip122:0f9188f13cb7b2c71f2a335e3a4fc328/slip44:1';
export const AGENCY = 'afm';
export const POOL = 'btcpool-kz';
export const FACT_TYPE = 'qazyna.seizure.fact.v1';
export const PAYOUT_TYPE = 'qazyna.mining.payout.v1';
export const FACTS_TOPIC = 'qazyna.seizure-facts.v1';
export const PAYOUTS_TOPIC = 'qazyna.mining-payouts.v1';

export interface PayoutContent {
  readonly [field: string]: unknown;
  readonly pool: string;
  readonly account: string;
  readonly paymentId: string;
  readonly asset: string;
  readonly amount: string;
  readonly address: string;
  readonly txid: string;
  readonly outputIndex?: number;
  readonly paidAt: string;
  readonly licenceId?: string;
}

export interface FactContent {
  readonly [field: string]: unknown;
  readonly agency: string;
  readonly caseNumber: string;
  readonly act: string;
  readonly effectiveAt: string;
}

export function payoutKey({ pool, account, paymentId }: PayoutContent): string {
  return `${pool}.${account}~${paymentId}`;
}

export function fact(chance: Chance, caseNumber: string, act: string, effectiveAt: string, more: Readonly<Record<string, unknown>> = {}): FactContent {
  const document = { reference: `${caseNumber}/${act}`, authority: 'investigative-court', sha256: chance.hex(32) };
  const assets = act === 'reported' ? { assets: [{ asset: REGTEST, amount: String(chance.between(1, 9_000_000)), location: { kind: 'device', reference: 'evidence-1' } }] } : {};
  return { agency: AGENCY, caseNumber, act, document, actAt: effectiveAt, effectiveAt, ...assets, ...more };
}

export function eventHeaders(type: string, id: string, source: string): Record<string, string> {
  return { 'ce-specversion': '1.0', 'ce-id': id, 'ce-source': source, 'ce-type': type };
}

/** A record as a producer of CloudEvents in binary mode writes it. */
export function eventRecord(type: string, id: string, source: string, key: string, data: unknown): { readonly key: string; readonly headers: Record<string, string>; readonly value: string } {
  const headers = { 'content-type': 'application/json', ce_specversion: '1.0', ce_id: id, ce_source: source, ce_type: type, ce_partitionkey: key };
  return { key, headers, value: JSON.stringify(data) };
}

/** The pool's own statement of one payment. */
export function statement(rows: readonly PayoutContent[]): string {
  const data = rows.map(({ amount, address, txid, paidAt, paymentId }) => ({
    amount: coins(amount),
    address,
    tx: txid,
    created_time: String(Math.floor(Date.parse(paidAt) / 1000)),
    payment_id: paymentId,
  }));
  return JSON.stringify({ status: 'OK', data });
}

/** Our own message as a CSV file; what is not stated is an empty cell. */
export function payoutFile(rows: readonly PayoutContent[]): string {
  const columns = ['pool', 'account', 'paymentId', 'asset', 'amount', 'address', 'txid', 'outputIndex', 'paidAt', 'licenceId'] as const;
  return [columns.join(','), ...rows.map((row) => columns.map((column) => `"${String(row[column] ?? '')}"`).join(','))].join('\r\n');
}

function coins(units: string): string {
  const padded = units.padStart(9, '0');
  return `${padded.slice(0, -8)}.${padded.slice(-8)}`;
}

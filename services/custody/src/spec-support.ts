import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { sandboxVaultDescriptor, type SandboxChain } from '@qazyna/bitcoin';
import { messageTypeOf, TOPICS, type CaseBecameStateProperty, type JournalEntryPosted, type PayoutAccepted } from '@qazyna/contracts';
import { bitcoinAsset } from '@qazyna/ledger';
import { encodeRecord } from '@qazyna/messaging';
import { runService, type PartOverrides, type RunningService } from '@qazyna/service-kit';
import { CUSTODY_SERVICE } from './custody.module.js';
import { CHAIN_SOURCE } from './custody.tokens.js';
import type { ListedDeposit } from './deposits/deposits.query.js';

export const ASSET = bitcoinAsset('regtest').id;
export const RESERVE = 'reserve-1';
export const TRUST = 'trust-1';
export const POOL_ACCOUNT = 'pool.acc';
export const LICENCE = 'L-1';
const PATIENCE_MS = 15_000;

export interface Answer<T> {
  readonly status: number;
  readonly body: T;
}

/** Custody in this process, on the embedded parts and the sandbox chain, with what specs do to it. */
export class CustodyUnderTest {
  private service: RunningService | undefined;
  private tokens = new Map<string, string>();
  private messages = 0;

  private constructor(
    readonly folder: string,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  static async start(env: Readonly<Record<string, string>> = {}, parts?: PartOverrides): Promise<CustodyUnderTest> {
    const custody = new CustodyUnderTest(mkdtempSync(join(tmpdir(), 'qazyna-custody-')), env);
    await custody.again(parts);
    return custody;
  }

  /** Starts on the same folder. */
  async again(parts: PartOverrides = {}): Promise<void> {
    this.tokens = new Map();
    this.service = await runService({
      ...CUSTODY_SERVICE,
      standalone: true,
      signals: false,
      env: { PORT: '0', QAZYNA_DATA_DIR: this.folder, LOG_LEVEL: 'silent', QAZYNA_CONFIRMATIONS: '3', ...this.env },
      parts,
    });
  }

  async stop(): Promise<void> {
    const stopping = this.service;
    this.service = undefined;
    await stopping?.close();
  }

  /** Stops and removes everything. */
  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A new view from the streams alone. */
  forgetViews(): void {
    rmSync(join(this.folder, 'read-models'), { recursive: true, force: true });
  }

  get running(): RunningService {
    if (this.service === undefined) throw new Error('custody is stopped');
    return this.service;
  }

  get chain(): SandboxChain {
    return this.running.app.get<SandboxChain>(CHAIN_SOURCE);
  }

  async ask<T>(path: string, { role, body }: { readonly role?: string; readonly body?: unknown } = {}): Promise<Answer<T>> {
    const answer = await fetch(`${this.running.url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { ...(role === undefined ? {} : { authorization: `Bearer ${await this.token(role)}` }), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as T };
  }

  async vault(vaultId: string, accountClass: 'reserve' | 'held-in-trust'): Promise<void> {
    const descriptor = sandboxVaultDescriptor(vaultId, 'regtest');
    const { status, body } = await this.ask('/v1/vaults', { role: 'custodian', body: { vaultId, class: accountClass, tier: 'cold', descriptor } });
    if (status !== 200) throw new Error(JSON.stringify(body));
  }

  async poolAddress(id = POOL_ACCOUNT): Promise<string> {
    return this.assign({ vaultId: RESERVE, purpose: { kind: 'pool-account', id, licenceId: LICENCE } });
  }

  async caseAddress(id: string, assetId?: string): Promise<string> {
    return this.assign({ vaultId: TRUST, purpose: { kind: 'case', id, ...(assetId === undefined ? {} : { assetId }) } });
  }

  private async assign(body: object): Promise<string> {
    const { status, body: answer } = await this.ask<{ address: string }>('/v1/deposit-addresses', { role: 'custodian', body });
    if (status !== 200) throw new Error(JSON.stringify(answer));
    return answer.address;
  }

  /** Tells custody of accepted payouts, as the relay of mining-ingest does. */
  async claim(...claims: readonly (Partial<PayoutAccepted> & Pick<PayoutAccepted, 'payoutId' | 'amount' | 'address' | 'txid'>)[]): Promise<void> {
    const records = claims.map((claim) => ({ poolAccountId: POOL_ACCOUNT, licenceId: LICENCE, asset: ASSET, paidAt: '2025-01-01T00:00:00Z', ...claim }));
    await this.publish(TOPICS.miningEvents, 'mining.payout-accepted', records);
  }

  async becomesStateProperty(caseId: string, effectiveAt: string): Promise<void> {
    const fact: CaseBecameStateProperty = { caseId, factId: '00000000-0000-5000-8000-000000000001', decision: { reference: 'GOV-7', authority: 'government', sha256: 'c0'.repeat(32) }, effectiveAt };
    await this.publish(TOPICS.intakeEvents, 'intake.case-became-state-property', [fact]);
  }

  /** Tells custody what intake says of a case, as its relay does. */
  async tellOfCase(type: string, data: object, caseRevision: number): Promise<void> {
    await this.publish(TOPICS.intakeEvents, type, [data], { streamrevision: String(caseRevision) });
  }

  async entries(): Promise<(JournalEntryPosted & { readonly number: string })[]> {
    const { body } = await this.ask<{ items: (JournalEntryPosted & { readonly number: string })[] }>('/v1/journal/entries?limit=1000');
    return body.items;
  }

  /** Balances that are not zero, from the entries alone. */
  async balances(): Promise<Record<string, string>> {
    const sums = new Map<string, bigint>();
    for (const { postings } of await this.entries()) for (const { account, amount } of postings) sums.set(account, (sums.get(account) ?? 0n) + BigInt(amount));
    return Object.fromEntries([...sums].filter(([, balance]) => balance !== 0n).map(([account, balance]) => [account, balance.toString()]));
  }

  async deposits(query = ''): Promise<ListedDeposit[]> {
    return (await this.ask<{ items: ListedDeposit[] }>(`/v1/deposits?limit=1000${query}`, { role: 'auditor' })).body.items;
  }

  /** Mines and waits until custody has followed the new tip through. */
  async mine(blocks: number): Promise<void> {
    await this.chain.mine(blocks);
    await this.followed();
  }

  async followed(): Promise<void> {
    const { hash } = await this.chain.tip();
    await this.until(async () => (await this.ask<{ followed: { hash: string } | null }>('/v1/chain')).body.followed?.hash === hash, 'the tip is followed');
  }

  async until(wanted: () => Promise<boolean>, what: string): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    while (!(await wanted())) {
      if (Date.now() > deadline) throw new Error(`not in time: ${what}; journal ${JSON.stringify(await this.balances())}`);
      await wait(10);
    }
  }

  async untilBalances(expected: Record<string, string>): Promise<void> {
    const sorted = (balances: Record<string, string>): string => JSON.stringify(Object.entries(balances).sort());
    await this.until(async () => sorted(await this.balances()) === sorted(expected), `balances ${JSON.stringify(expected)}`);
  }

  private async publish(topic: string, type: string, data: readonly object[], extensions: Readonly<Record<string, string>> = {}): Promise<void> {
    const records = data.map((each) => encodeRecord({ id: `spec-${this.messages++}-${Date.now()}`, source: '/qazyna/spec', type: messageTypeOf(type, 1), extensions, data: each }));
    await this.running.parts.bus.publish(topic, records);
  }

  private async token(role: string): Promise<string> {
    const known = this.tokens.get(role);
    if (known !== undefined) return known;
    const { body } = await this.ask<{ access_token: string }>('/sandbox/token', { body: { subject: `spec-${role}`, organisation: 'specs', roles: [role] } });
    this.tokens.set(role, body.access_token);
    return body.access_token;
  }
}

import { sandboxVaultDescriptor } from '@qazyna/bitcoin';
import { firstList } from './compliance.js';
import { actsOverLicences, energyOfFarms } from './regulator.js';
import { linger, type Stage } from './stage.js';

/** What the officers have set up, as they were told it is. */
export interface Registers {
  /** Pool accounts whose payouts may be claimed. */
  readonly accounts: readonly PoolAccount[];
  readonly cases: readonly SeizureCase[];
  /** A case of several assets, each with an address of its own. */
  readonly many: readonly { readonly assetId?: string; readonly address: string }[];
  readonly purchaseAddress: string;
  readonly donationAddress: string;
  /** An account whose wallet somebody wants to change. */
  readonly changing: PoolAccount & { readonly next: string };
  readonly addresses: ReadonlySet<string>;
}

export interface PoolAccount {
  readonly pool: string;
  readonly account: string;
  readonly licenceId: string;
  readonly address: string;
}

export interface SeizureCase {
  readonly caseNumber: string;
  readonly caseId: string;
  /** Where its coins are swept to; undefined for a case that has none yet. */
  readonly address: string | undefined;
}

const descriptors = new Map<string, string>();

export function descriptorOf(vaultId: string): string {
  const known = descriptors.get(vaultId) ?? sandboxVaultDescriptor(vaultId, 'regtest');
  descriptors.set(vaultId, known);
  return known;
}

export const RESERVE = 'reserve-1';
export const TRUST = 'trust-1';
const ACCOUNTS = [
  { pool: 'btcpool-kz', account: 'acc-1', licenceId: 'L-1' },
  { pool: 'poolb', account: 'acc-2', licenceId: 'L-old' },
] as const;
/** An account whose earnings are told. */
export const DAYS_ACCOUNT = { pool: 'poolc', account: 'acc-4' };
export const ORDER = 'BUY-1';
export const CAMPAIGN = 'aid';
export const MANY = '2026/many';
export const MANY_CASE = 'afm.2026_many';
/** The asset of it that is reported after all others were judged. */
export const LATE_ASSET = 'late';
const CASES = ['2026/1', '2026/2', '2026/3'];

/** Vaults, licences, addresses and pool accounts, in the order they need one another. */
export async function register(stage: Stage): Promise<Registers> {
  const officers = new Officers(stage);
  await firstList(stage);
  const acts = actsOverLicences(stage);
  await Promise.all([officers.vault(RESERVE, 'reserve'), officers.vault(TRUST, 'held-in-trust'), officers.licence('L-1', {}), officers.licence('L-old', { validUntil: '2025-12-31T00:00:00Z' })]);
  const energy = energyOfFarms(stage);
  const accounts = await Promise.all(
    ACCOUNTS.map(async (account) => {
      const id = `${account.pool}.${account.account}`;
      const address = await officers.assign(RESERVE, { kind: 'pool-account', id, licenceId: account.licenceId });
      await officers.poolAccount({ ...account, network: 'regtest', payoutAddress: address });
      return { ...account, address };
    }),
  );
  const cases = await Promise.all(
    CASES.map(async (caseNumber, index) => {
      const caseId = `afm.${caseNumber.replaceAll('/', '_')}`;
      if (index === CASES.length - 1 && stage.chance.happens(0.5)) return { caseNumber, caseId, address: undefined };
      return { caseNumber, caseId, address: await officers.assign(TRUST, { kind: 'case', id: caseId }) };
    }),
  );
  const many = await Promise.all(
    [...['a', 'b', 'c'].slice(0, stage.chance.between(2, 3)), ...(stage.chance.happens(0.5) ? [LATE_ASSET] : []), undefined].map(async (assetId) => {
      const named = assetId === undefined ? {} : { assetId };
      return { ...named, address: await officers.assign(TRUST, { kind: 'case', id: MANY_CASE, ...named }) };
    }),
  );
  const [purchaseAddress, donationAddress, wallet, next] = await Promise.all([
    officers.assign(RESERVE, { kind: 'purchase', id: ORDER }),
    officers.assign(RESERVE, { kind: 'donation', id: CAMPAIGN }),
    officers.assign(RESERVE, { kind: 'pool-account', id: 'poolc.acc-3', licenceId: 'L-1' }),
    officers.assign(RESERVE, { kind: 'pool-account', id: 'poolc.acc-3-next', licenceId: 'L-1' }),
  ]);
  const changing = { pool: 'poolc', account: 'acc-3', licenceId: 'L-1', address: wallet, next };
  await officers.poolAccount({ ...DAYS_ACCOUNT, licenceId: 'L-1', network: 'regtest', payoutAddress: next });
  await officers.poolAccount({ pool: 'poolc', account: 'acc-3', licenceId: 'L-1', network: 'regtest', payoutAddress: wallet });
  // Every act is known before the first claim, so that the moment of payment alone decides.
  await Promise.all([acts, energy]);
  const addresses = new Set([...accounts.map(({ address }) => address), ...cases.flatMap(({ address }) => (address === undefined ? [] : [address])), ...many.map(({ address }) => address), purchaseAddress, donationAddress]);
  return { accounts, cases, many, purchaseAddress, donationAddress, changing, addresses };
}

/** New addresses while coins move: a vault that was frozen meanwhile gives none. */
export async function lateAddresses(stage: Stage): Promise<void> {
  const { chance, client, custody } = stage;
  for (let n = chance.between(0, 3); n > 0; n -= 1) {
    await linger(stage, 3_000);
    const [vaultId, purpose] = chance.oneOf([
      [TRUST, { kind: 'case', id: `afm.late-${n}` }],
      [RESERVE, { kind: 'pool-account', id: `poolb.late-${n}`, licenceId: 'L-1' }],
    ] as const);
    const content = { vaultId, purpose };
    await client.send({ command: 'assign-late-address', key: `${vaultId} ${purpose.kind}:${purpose.id}`, content, to: custody, path: '/v1/deposit-addresses', role: 'custodian', body: JSON.stringify(content) });
  }
}

export class Officers {
  constructor(private readonly stage: Stage) {}

  async vault(vaultId: string, accountClass: string): Promise<void> {
    const { client, custody } = this.stage;
    const content = { vaultId, class: accountClass, tier: 'cold', descriptor: descriptorOf(vaultId) };
    await linger(this.stage, 50);
    await client.send({ command: 'register-vault', key: vaultId, content, to: custody, path: '/v1/vaults', role: 'custodian', body: JSON.stringify(content) });
  }

  async licence(licenceId: string, more: Readonly<Record<string, string>>): Promise<void> {
    const { client, mining } = this.stage;
    const content = { licenceId, kind: 'mining', holder: 'ekibastuz-energy', validFrom: '2023-01-01T00:00:00Z', ...more };
    await linger(this.stage, 50);
    await client.send({ command: 'issue-licence', key: licenceId, content, to: mining, path: '/v1/licences', role: 'regulator', body: JSON.stringify(content) });
  }

  async assign(vaultId: string, purpose: Readonly<Record<string, string>>): Promise<string> {
    const { client, custody } = this.stage;
    const content = { vaultId, purpose };
    const { body } = await client.send({ command: 'assign-address', key: `${vaultId} ${purpose['kind'] ?? ''}:${purpose['id'] ?? ''}${purpose['assetId'] ?? ''}`, content, to: custody, path: '/v1/deposit-addresses', role: 'custodian', body: JSON.stringify(content) });
    const { address } = body as { readonly address?: string };
    if (address === undefined) throw new Error(`no address was given: ${JSON.stringify(body)}`);
    return address;
  }

  async poolAccount(content: { readonly pool: string; readonly account: string; readonly licenceId: string; readonly network: string; readonly payoutAddress: string }): Promise<void> {
    const { client, mining } = this.stage;
    await client.send({ command: 'register-pool-account', key: `${content.pool}.${content.account}`, content, to: mining, path: '/v1/pool-accounts', role: 'custodian', body: JSON.stringify(content) });
  }

  /** One by one, or in a list. */
  async decide(payoutId: string, decision: 'release' | 'reject'): Promise<void> {
    const { chance, client, mining } = this.stage;
    const content = { decision, reason: 'as the officer saw it' };
    if (chance.happens(0.5)) {
      await client.send({ command: 'decide-payout', key: payoutId, content, to: mining, path: '/v1/payouts/decisions', role: 'compliance-officer', body: JSON.stringify({ items: [{ payoutId, ...content }] }) });
      return;
    }
    await client.send({ command: 'decide-payout', key: payoutId, content, to: mining, path: `/v1/payouts/${encodeURIComponent(payoutId)}/decision`, role: 'compliance-officer', body: JSON.stringify(content) });
  }
}


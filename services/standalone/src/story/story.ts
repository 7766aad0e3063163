import { createHash } from 'node:crypto';
import { sandboxVaultDescriptor } from '@qazyna/bitcoin';
import { MINING_PAYOUT_TYPE, POOL_STATEMENT_TYPE, SEIZURE_FACT_TYPE, type SeizureAct } from '@qazyna/contracts';
import { bitcoinAsset, formatAmount } from '@qazyna/ledger';
import { Visitor, type Doors } from './doors.js';
import { SigningPublisher } from './signing-publisher.js';
import { MAINNET_STATEMENT, MAINNET_WALLET, statementOf } from './statements.js';

/**
 * A licence and its pool's statements, three seizures at different stages, blocks and confirmations, a reorganisation
 * that takes a deposit back and returns it, and a malformed message: through the same doors as anyone. Amounts, ids and
 * times are fixed, so the same story gives the same figures on any store, bus and machine.
 */

const ASSET = bitcoinAsset('regtest').id;
const EQUIPMENT = 'qazyna:local/pieces:asic-miner';
const LICENCE = 'KZ-CM-0001';
const POOL = 'btcpool-kz';
const ACCOUNT = 'reserve-01';
const RESERVE_VAULT = 'reserve-cold-1';
const TRUST_VAULT = 'trust-cold-1';
const AGENCY = 'afm';
const CONFIRMATIONS = 3;
const PATIENCE_MS = 60_000;
/** The first example of BIP 173. */
const LISTED_ADDRESS = 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4';

const PAYOUTS = ['312500000', '4417702'] as const;
const ARRESTED_AMOUNT = '250000000';
const FORFEITED_AMOUNT = '1200000000';

export interface StorySummary {
  readonly cases: readonly { readonly caseId: string; readonly what: string }[];
  readonly payouts: readonly string[];
  readonly reorganisedDeposit: string;
  readonly malformed: { readonly status: number; readonly code: string; readonly field: string };
  readonly forged: { readonly status: number; readonly code: string };
}

interface Deposit {
  readonly depositId: string;
  readonly state: string;
}

export interface StoryOptions {
  readonly say?: (line: string) => void;
  /** Most time to wait for any one effect, in ms. */
  readonly patienceMs?: number;
  /** Origins are compared with lists: until there is one, nothing passes. */
  readonly listed?: boolean;
}

/** Plays the story. @throws {UnexpectedAnswer} a door answered otherwise than it must */
export async function playStory(doors: Doors, { say = () => undefined, patienceMs = PATIENCE_MS, listed = false }: StoryOptions = {}): Promise<StorySummary> {
  const story = new Story(new Visitor(doors, patienceMs));
  say('registering two publishers with their keys, vaults, a licence and a pool account');
  if (listed) await story.list();
  const addresses = await story.register();
  say('reading the pool\'s statements, and paying them on chain');
  const payouts = await story.minePayouts(addresses.pool);
  say('three seizures: one reported, one arrested, one that becomes state property');
  const cases = await story.seize(addresses);
  say('a reorganisation takes a deposit back and returns it');
  const reorganisedDeposit = await story.reorganise(addresses.arrested);
  say('a malformed message is refused, and a forged one');
  const malformed = await story.malformed();
  const forged = await story.forged();
  await story.settle();
  return { cases, payouts, reorganisedDeposit, malformed, forged };
}

/** The sandbox's vaults alone, under a profile that the story is not about. @throws {UnexpectedAnswer} */
export async function openVaults(doors: Doors): Promise<readonly string[]> {
  await new Story(new Visitor(doors, PATIENCE_MS)).vaults();
  return [RESERVE_VAULT, TRUST_VAULT];
}

interface Addresses {
  readonly pool: string;
  readonly arrested: string;
  readonly forfeited: string;
}

class Story {
  private readonly agency = new SigningPublisher(AGENCY, `urn:qazyna:agency:${AGENCY}`, [{ agency: AGENCY }]);
  private readonly pool = new SigningPublisher(POOL, `urn:qazyna:pool:${POOL}`, [{ pool: POOL, accounts: [ACCOUNT] }]);

  constructor(private readonly visitor: Visitor) {}

  async register(): Promise<Addresses> {
    const { visitor } = this;
    const custodian = await visitor.as('custodian', 'custodian');
    const regulator = await visitor.as('ministry', 'regulator');
    const operator = await visitor.as('custodian', 'operator');
    for (const publisher of [this.agency, this.pool]) for (const [path, body] of publisher.registrations()) await visitor.post('intake', path, operator, body);
    await this.vaults();
    await visitor.post('mining', '/v1/licences', regulator, { licenceId: LICENCE, kind: 'mining', holder: 'ekibastuz-energy', validFrom: '2023-01-01T00:00:00Z' });
    const pool = await this.assign(custodian, RESERVE_VAULT, { kind: 'pool-account', id: `${POOL}.${ACCOUNT}`, licenceId: LICENCE });
    const accounts = [
      { pool: POOL, account: ACCOUNT, licenceId: LICENCE, network: 'regtest', payoutAddress: pool },
      { pool: POOL, account: 'mainnet-01', licenceId: LICENCE, network: 'mainnet', payoutAddress: MAINNET_WALLET },
    ];
    for (const account of accounts) await visitor.post('mining', '/v1/pool-accounts', custodian, account);
    return {
      pool,
      arrested: await this.assign(custodian, TRUST_VAULT, { kind: 'case', id: `${AGENCY}.247100031_00142` }),
      forfeited: await this.assign(custodian, TRUST_VAULT, { kind: 'case', id: `${AGENCY}.237100055_00007` }),
    };
  }

  async vaults(): Promise<void> {
    const custodian = await this.visitor.as('custodian', 'custodian');
    for (const [vaultId, accountClass] of [[RESERVE_VAULT, 'reserve'], [TRUST_VAULT, 'held-in-trust']] as const) {
      await this.visitor.post('custody', '/v1/vaults', custodian, { vaultId, class: accountClass, tier: 'cold', descriptor: sandboxVaultDescriptor(vaultId, 'regtest') });
    }
  }

  /** A list with one address that pays nobody here. */
  async list(): Promise<void> {
    const officer = await this.visitor.as('treasury', 'compliance-officer');
    await this.visitor.expect('intake', '/v1/screening/lists?list=story&format=text&version=1', 200, { token: officer, body: `${LISTED_ADDRESS}\n`, headers: { 'content-type': 'text/plain' } });
  }

  private async assign(token: string, vaultId: string, purpose: object): Promise<string> {
    const { address } = await this.visitor.post<{ address: string }>('custody', '/v1/deposit-addresses', token, { vaultId, purpose });
    return address;
  }

  async minePayouts(address: string): Promise<string[]> {
    const { visitor } = this;
    const operator = await visitor.as('btcpool-kz', 'pool-operator');
    // One transaction pays both payouts of the day: each is matched to its own output.
    const { txid } = await this.pay(PAYOUTS.map((amount) => ({ address, amount })));
    await this.mine(CONFIRMATIONS);
    const own = statementOf(PAYOUTS.map((amount, index) => ({ amount: formatAmount(BigInt(amount), 8), address, txid, paymentId: `4012000${index}` })));
    const fileId = `${POOL}.${ACCOUNT}-${createHash('sha256').update(own).digest('hex')}-${POOL}`;
    await visitor.expect('mining', `/v1/pool-statements?pool=${POOL}&account=${ACCOUNT}`, 200, { token: operator, body: own, headers: this.pool.fileHeadersFor(POOL_STATEMENT_TYPE, fileId, own) });
    // A statement of an account whose wallet is on another network: a claim that no output on this chain will ever prove.
    await visitor.post('mining', `/v1/pool-statements?pool=${POOL}&account=mainnet-01`, operator, MAINNET_STATEMENT);
    // The same payout again by another way changes nothing.
    const again = JSON.stringify({ pool: POOL, account: ACCOUNT, paymentId: '40120000', asset: ASSET, amount: PAYOUTS[0], address, txid, paidAt: '2025-01-01T15:00:00Z' });
    await visitor.expect('mining', '/v1/payouts', 200, { token: operator, body: again, headers: this.pool.headersFor(MINING_PAYOUT_TYPE, 'story-payout-again', again) });
    return PAYOUTS.map((_, index) => `${POOL}.${ACCOUNT}~4012000${index}`);
  }

  async seize(addresses: Addresses): Promise<{ caseId: string; what: string }[]> {
    await this.pay([{ address: addresses.arrested, amount: ARRESTED_AMOUNT }]);
    await this.pay([{ address: addresses.forfeited, amount: FORFEITED_AMOUNT }]);
    await this.mine(1);
    const device = { kind: 'device', reference: 'evidence-2024-118' };
    await this.act('247100108/00033', 'reported', '2024-12-28', {
      assets: [
        { asset: ASSET, amount: '75000000', location: device },
        { asset: EQUIPMENT, amount: '48', location: { kind: 'store', reference: 'store-2' } },
      ],
    });
    await this.act('247100031/00142', 'reported', '2024-11-12', { assets: [{ asset: ASSET, amount: ARRESTED_AMOUNT, location: { kind: 'address', address: addresses.arrested } }] });
    await this.act('247100031/00142', 'restriction', '2024-11-13', { lapsesAt: '2024-11-23T09:00:00Z' });
    await this.act('247100031/00142', 'arrest', '2024-11-20');

    await this.act('237100055/00007', 'reported', '2023-06-01', { assets: [{ asset: ASSET, amount: FORFEITED_AMOUNT, location: { kind: 'address', address: addresses.forfeited } }] });
    await this.act('237100055/00007', 'arrest', '2023-06-05');
    // The registry's message of finality overtakes the court's order: it waits, and applies when the order comes.
    await this.act('237100055/00007', 'finality', '2024-09-20');
    await this.act('237100055/00007', 'confiscation-order', '2024-08-18');
    await this.act('237100055/00007', 'state-property-decision', '2024-10-10');
    await this.mine(CONFIRMATIONS);
    return [
      { caseId: `${AGENCY}.247100108_00033`, what: 'reported, on a seized device: announced, not controlled' },
      { caseId: `${AGENCY}.247100031_00142`, what: 'arrested, held in trust' },
      { caseId: `${AGENCY}.237100055_00007`, what: 'state property, due to the reserve from the trust vault' },
    ];
  }

  async reorganise(address: string): Promise<string> {
    const custodian = await this.visitor.as('custodian', 'custodian');
    const deposit = async (): Promise<Deposit | undefined> => {
      const { items } = await this.visitor.get<{ items: (Deposit & { address: string })[] }>('custody', '/v1/deposits?limit=1000', custodian);
      return items.find((item) => item.address === address);
    };
    const before = await this.visitor.until('the arrested deposit is confirmed', deposit, (seen) => seen?.state === 'confirmed');
    // Four blocks go, five come: the deposit's block is among those that go, and its transaction is mined again.
    await this.chain('reorganise', { depth: CONFIRMATIONS + 1, blocks: CONFIRMATIONS + 2 });
    await this.visitor.until('the deposit is back in a block', deposit, (seen) => seen !== undefined);
    await this.mine(CONFIRMATIONS);
    await this.visitor.until('the deposit is confirmed again', deposit, (seen) => seen?.state === 'confirmed');
    return before?.depositId ?? '';
  }

  async malformed(): Promise<StorySummary['malformed']> {
    const token = await this.visitor.as(AGENCY, 'law-enforcement');
    // An amount as a JSON number, with a fraction of a base unit.
    const assets = `[{"asset":"${ASSET}","amount":1.5,"location":{"kind":"device","reference":"evidence-1"}}]`;
    const body = JSON.stringify(this.fact('249999999/00001', 'reported', '2024-12-30', {})).replace(/}$/, `,"assets":${assets}}`);
    const problem = await this.visitor.expect('intake', '/v1/seizure-facts', 400, { token, body, headers: this.agency.headersFor(SEIZURE_FACT_TYPE, 'story-malformed', body) });
    const [first] = problem['errors'] as { field: string }[];
    return { status: 400, code: String(problem['code']), field: first?.field ?? '' };
  }

  /** A seizure in the agency's name that the agency never signed. */
  async forged(): Promise<StorySummary['forged']> {
    const token = await this.visitor.as(AGENCY, 'law-enforcement');
    const assets = [{ asset: ASSET, amount: '2100000000000000', location: { kind: 'device', reference: 'evidence-2' } }];
    const body = JSON.stringify(this.fact('249999999/00002', 'reported', '2024-12-30', { assets }));
    const somebody = new SigningPublisher(AGENCY, this.agency.source, []);
    const problem = await this.visitor.expect('intake', '/v1/seizure-facts', 401, { token, body, headers: somebody.headersFor(SEIZURE_FACT_TYPE, 'story-forged', body) });
    return { status: 401, code: String(problem['code']) };
  }

  /** Waits until custody has followed the whole chain, and the public figures show all that was posted. */
  async settle(): Promise<void> {
    const { visitor } = this;
    const custodian = await visitor.as('custodian', 'custodian');
    const { height } = await visitor.get<{ height: number }>('custody', '/sandbox/chain', custodian);
    await visitor.until('reporting shows the chain\'s tip and every claim', () => visitor.get<Holdings>('reporting', '/v1/holdings'), (holdings) => holdings.asOf.blockHeight === height && isWhole(holdings));
  }

  private async act(caseNumber: string, act: SeizureAct, day: string, more: object = {}): Promise<void> {
    const token = await this.visitor.as(AGENCY, 'law-enforcement');
    const body = JSON.stringify(this.fact(caseNumber, act, day, more));
    await this.visitor.expect('intake', '/v1/seizure-facts', 200, { token, body, headers: this.agency.headersFor(SEIZURE_FACT_TYPE, `story-${caseNumber}-${act}`, body) });
  }

  private fact(caseNumber: string, act: SeizureAct, day: string, more: object): object {
    const document = { reference: `${caseNumber}/${act}`, authority: act === 'state-property-decision' ? 'government' : 'investigative-court', sha256: 'c0'.repeat(32) };
    return { agency: AGENCY, caseNumber, act, document, actAt: `${day}T09:00:00Z`, effectiveAt: `${day}T09:00:00Z`, ...more };
  }

  private pay(outputs: readonly { address: string; amount: string }[]): Promise<{ txid: string }> {
    return this.chain('pay', { outputs });
  }

  private mine(blocks: number): Promise<unknown> {
    return this.chain('mine', { blocks });
  }

  private async chain<T>(command: string, body: object): Promise<T> {
    return this.visitor.post<T>('custody', `/sandbox/chain/${command}`, await this.visitor.as('custodian', 'operator'), body);
  }
}

interface Holdings {
  readonly asOf: { readonly blockHeight: number };
  readonly figures: { readonly classes: readonly { readonly assets: readonly { readonly sources: readonly { readonly source: string; readonly baseUnits: string }[] }[] }[] };
}

/** Whether both payouts, the arrested coins and the forfeited ones have reached the accounts where the story leaves them. */
function isWhole({ figures }: Holdings): boolean {
  const sources = figures.classes.flatMap(({ assets }) => assets.flatMap((asset) => asset.sources));
  const shows = (source: string, baseUnits: string): boolean => sources.some((row) => row.source === source && row.baseUnits === baseUnits);
  const mined = PAYOUTS.reduce((sum, amount) => sum + BigInt(amount), 0n).toString();
  return shows('mining', mined) && shows('case', ARRESTED_AMOUNT) && shows('seizure', FORFEITED_AMOUNT);
}

import type { Role } from '@qazyna/service-kit';
import { AGENCY, eventHeaders, eventRecord, fact, FACT_TYPE, FACTS_TOPIC, PAYOUTS_TOPIC, PAYOUT_TYPE, POOL, REGTEST } from './messages.js';
import { descriptorOf, RESERVE, TRUST, type Registers } from './registers.js';
import { linger, type Stage } from './stage.js';

/** A request that must be answered in one way whatever else is known, once the registers are filled. */
interface Flawed {
  readonly command: string;
  readonly to: 'intake' | 'mining' | 'custody';
  readonly path: string;
  readonly role: Role | 'nobody';
  readonly content: unknown;
  readonly outcome: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const MAINNET_ADDRESS = 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4';
const DAY_MS = 86_400_000;
const NO_TXID = 'ab'.repeat(32);

/** People and machines that get it wrong: each kind of refusal that content alone, or a filled register, decides. */
export async function blunders(stage: Stage, registers: Registers): Promise<void> {
  const { chance, client } = stage;
  const all = [...vaults(), ...addresses(), ...licences(), ...poolAccounts(registers), ...statements(), ...payouts(registers), ...facts(stage), ...decisions(), ...(await tokens(stage))];
  const chosen = chance.shuffled(all).slice(0, 14);
  const [account] = registers.accounts;
  for (const [n, { command, to, path, role, content, outcome, headers = {} }] of chosen.entries()) {
    await linger(stage, 120);
    const body = typeof content === 'string' ? content : JSON.stringify(content);
    await client.send({ command, key: `flawed-${n} ${outcome}`, content: { body }, flaw: outcome, to: stage[to], path, role, body, headers });
  }
  if (account !== undefined) malformedRecords(stage);
  if (chance.happens(0.1)) await tooManyActs(stage);
}

/** A registry gone wrong: acts that all wait for a report which never comes. */
async function tooManyActs({ client, chance, intake }: Stage): Promise<void> {
  for (let n = 0; n < 22; n += 1) {
    const id = `waiting-${n}`;
    const content = fact(chance, 'waiting/1', 'arrest', '2026-01-01T00:00:00Z');
    await client.send({ command: 'publish-fact', key: id, content, to: intake, path: '/v1/seizure-facts', role: 'law-enforcement', body: JSON.stringify(content), headers: eventHeaders(FACT_TYPE, id, `urn:qazyna:agency:${AGENCY}`) });
  }
}

function vaults(): Flawed[] {
  const vault = (outcome: string, content: object): Flawed => ({ command: 'register-vault', to: 'custody', path: '/v1/vaults', role: 'custodian', content: { vaultId: 'vault-x', class: 'reserve', tier: 'cold', descriptor: descriptorOf(RESERVE), ...content }, outcome });
  const descriptor = descriptorOf(RESERVE);
  return [
    vault('vault-conflict', { vaultId: RESERVE, tier: 'warm' }),
    vault('vault-keys-in-use', {}),
    vault('vault-keys-of-another-class', { class: 'held-in-trust' }),
    vault('descriptor-checksum-missing', { descriptor: descriptor.split('#')[0] }),
    vault('descriptor-checksum', { descriptor: descriptor.replace('sortedmulti(2', 'sortedmulti(1') }),
    vault('validation-failed', { class: 'private' }),
    { command: 'register-vault', to: 'custody', path: '/v1/vaults', role: 'custodian', content: '{"vaultId":"a","vaultId":"b"}', outcome: 'json-duplicate-name' },
    { command: 'register-vault', to: 'custody', path: '/v1/vaults', role: 'custodian', content: '{"vaultId":', outcome: 'json-malformed' },
  ];
}

function addresses(): Flawed[] {
  const assign = (outcome: string, vaultId: string, purpose: object): Flawed => ({ command: 'assign-address', to: 'custody', path: '/v1/deposit-addresses', role: 'custodian', content: { vaultId, purpose }, outcome });
  return [
    assign('vault-not-found', 'no-such-vault', { kind: 'case', id: 'afm.1' }),
    assign('purpose-id-invalid', TRUST, { kind: 'case', id: '_1' }),
    assign('vault-class-unsuitable', RESERVE, { kind: 'case', id: 'afm.1' }),
    assign('licence-not-of-a-case', TRUST, { kind: 'case', id: 'afm.1', licenceId: 'L-1' }),
    assign('licence-required', RESERVE, { kind: 'pool-account', id: 'poolb.new' }),
    assign('purpose-conflict', RESERVE, { kind: 'pool-account', id: 'btcpool-kz.acc-1', licenceId: 'L-2' }),
    assign('validation-failed', RESERVE, { kind: 'gift', id: 'x' }),
  ];
}

function licences(): Flawed[] {
  const issue = (outcome: string, content: object): Flawed => ({ command: 'issue-licence', to: 'mining', path: '/v1/licences', role: 'regulator', content: { licenceId: 'L-1', kind: 'mining', holder: 'ekibastuz-energy', validFrom: '2023-01-01T00:00:00Z', ...content }, outcome });
  return [
    issue('licence-conflict', { holder: 'somebody-else' }),
    issue('licence-validity', { licenceId: 'L-x', validUntil: '2022-01-01T00:00:00Z' }),
    issue('validation-failed', { kind: 'fishing' }),
    issue('duplicate', {}),
  ];
}

function poolAccounts({ accounts: [first] }: Registers): Flawed[] {
  if (first === undefined) return [];
  const base = { pool: first.pool, account: first.account, licenceId: first.licenceId, network: 'regtest', payoutAddress: first.address };
  const account = (outcome: string, content: object): Flawed => ({ command: 'register-pool-account', to: 'mining', path: '/v1/pool-accounts', role: 'custodian', content: { ...base, ...content }, outcome });
  return [
    account('duplicate', {}),
    account('licence-unknown', { account: 'new', licenceId: 'L-none' }),
    account('pool-account-conflict', { network: 'mainnet', payoutAddress: MAINNET_ADDRESS }),
    account('address-network', { payoutAddress: MAINNET_ADDRESS }),
    account('address-checksum', { payoutAddress: wrongChecksum(first.address) }),
    account('validation-failed', { network: 'liquid' }),
  ];
}

function statements(): Flawed[] {
  const account = `pool=${POOL}&account=acc-1`;
  const send = (outcome: string, content: unknown, query = account, contentType = 'application/json'): Flawed => ({
    command: 'hand-in-statement', to: 'mining', path: `/v1/pool-statements?${query}`, role: 'pool-operator', content, outcome, headers: { 'content-type': contentType },
  });
  const row = { amount: '0.5', address: 'x', tx: NO_TXID, created_time: '1700000000', payment_id: 'u-1' };
  return [
    send('pool-unknown', { status: 'OK', data: [] }, 'pool=nopool&account=acc-1'),
    send('pool-account-unknown', { status: 'OK', data: [] }, `pool=${POOL}&account=nobody`),
    send('statement-not-json', 'no json'),
    send('statement-shape', { status: 'OK', data: 'none' }),
    send('statement-refused-by-pool', { status: 'ERROR' }),
    send('row-shape', { status: 'OK', data: [{ ...row, tx: 1 }] }),
    send('row-time', { status: 'OK', data: [{ ...row, created_time: 'yesterday' }] }),
    send('malformed', { status: 'OK', data: [{ ...row, amount: '1,5' }] }),
    send('row-invalid', { status: 'OK', data: [{ ...row, payment_id: 'a b' }] }),
    send('validation-failed', [], `${account}&format=xml`),
    send('row-not-json', '{"amount":', `${account}&format=canonical`, 'application/x-ndjson'),
    send('statement-not-csv', 'paymentId,paymentId', `${account}&format=canonical`, 'text/csv'),
    send('row-columns', 'paymentId,amount,address,txid,paidAt\n1,2\n', `${account}&format=canonical`, 'text/csv'),
    send('row-other-account', [{ account: 'acc-9' }], `${account}&format=canonical`),
    send('statement-names-persons', [{ taxpayer: 'x' }], `${account}&format=canonical`),
    send('too-precise', '{"transactions":[{"id":1,"type":"payout","changed_balance":0.123456789,"created_at":1700000000}]}', `${account}&format=f2pool`),
    send('information', '{"transactions":[{"id":1,"type":"transfer","changed_balance":0.5,"created_at":1700000000}]}', `${account}&format=f2pool`),
    send('recorded', { code: 0, data: { data: [{ coin: 'BTC', date: '2026-02-01', total_profit: '0.5' }] } }, `${account}&format=viabtc&dryRun=true`),
  ];
}

function payouts({ accounts: [first] }: Registers): Flawed[] {
  const claim = { pool: POOL, account: 'acc-1', paymentId: 'flawed', asset: REGTEST, amount: '5', address: first?.address ?? '', txid: NO_TXID, paidAt: '2026-02-20T10:00:00Z' };
  const send = (outcome: string, content: unknown, headers?: Record<string, string>): Flawed => ({ command: 'claim-payout', to: 'mining', path: '/v1/payouts', role: 'pool-operator', content, outcome, ...(headers === undefined ? {} : { headers }) });
  return [
    send('asset-unknown', { ...claim, asset: 'bip122:00000000000000000000000000000000/slip44:9' }),
    send('asset-not-mined', { ...claim, asset: 'eip155:1/slip44:60' }),
    send('address-network', { ...claim, address: MAINNET_ADDRESS }),
    send('address-checksum', { ...claim, address: wrongChecksum(claim.address) }),
    send('address-format', { ...claim, address: 'abc' }),
    send('validation-failed', { ...claim, txid: 5 }),
    send('unexpected-message-type', claim, eventHeaders('qazyna.other.v1', 'x-1', 'urn:x')),
    send('json-malformed', '{'),
    send('unsupported-media-type', 'text', { 'content-type': 'text/plain' }),
  ];
}

function facts({ chance }: Stage): Flawed[] {
  const of = (outcome: string, content: object, type = FACT_TYPE): Flawed => ({ command: 'publish-fact', to: 'intake', path: '/v1/seizure-facts', role: 'law-enforcement', content, outcome, headers: eventHeaders(type, `flawed-${outcome}`, `urn:qazyna:agency:${AGENCY}`) });
  const when = '2026-01-01T00:00:00Z';
  const restriction = (more: object): object => fact(chance, 'flawed/1', 'restriction', when, { ...more });
  const reported = (location: object, asset = REGTEST): object => fact(chance, 'flawed/1', 'reported', when, { assets: [{ asset, amount: '1', location }] });
  return [
    of('assets-missing', { ...fact(chance, 'flawed/1', 'reported', when), assets: undefined }),
    of('effect-too-late', fact(chance, 'flawed/1', 'restriction', '9999-12-31T00:00:00Z')),
    of('lapse-not-allowed', fact(chance, 'flawed/1', 'arrest', when, { lapsesAt: '2026-01-05T00:00:00Z' })),
    of('lapse-before-effect', restriction({ lapsesAt: '2025-01-01T00:00:00Z' })),
    of('restriction-too-long', restriction({ lapsesAt: '2026-02-01T00:00:00Z' })),
    of('location-incomplete', reported({ kind: 'exchange' })),
    of('asset-unknown', reported({ kind: 'device', reference: 'e-1' }, 'bip122:00000000000000000000000000000000/slip44:9')),
    of('address-network', reported({ kind: 'address', address: MAINNET_ADDRESS })),
    of('validation-failed', fact(chance, 'flawed/1', 'theft', when)),
    of('unexpected-message-type', fact(chance, 'flawed/1', 'arrest', when), 'qazyna.other.v1'),
    { ...of('missing-attribute', fact(chance, 'flawed/1', 'arrest', when)), headers: { 'ce-specversion': '1.0', 'ce-id': 'x', 'ce-type': FACT_TYPE } },
  ];
}

function decisions(): Flawed[] {
  const decide = (outcome: string, content: unknown): Flawed => ({ command: 'decide-payout', to: 'mining', path: `/v1/payouts/${POOL}.acc-1~never-sent/decision`, role: 'compliance-officer', content, outcome });
  return [decide('payout-unknown', { decision: 'release', reason: 'x' }), decide('validation-failed', { decision: 'perhaps', reason: 'x' })];
}

async function tokens({ client, faults }: Stage): Promise<Flawed[]> {
  const ask = (outcome: string, role: Role | 'nobody', headers: Record<string, string> = {}): Flawed => ({ command: 'authorise', to: 'custody', path: '/v1/vaults', role, content: {}, outcome, headers });
  const jwt = (payload: object): string => `Bearer ${[{ alg: 'EdDSA', typ: 'JWT' }, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.${Buffer.alloc(64).toString('base64url')}`;
  const actor = { subject: 'sim', organisation: 'simulation', roles: ['custodian'] as const };
  return [
    ask('unauthenticated', 'nobody'),
    ask('token-malformed', 'nobody', { authorization: 'Bearer nonsense' }),
    ask('token-untrusted', 'nobody', { authorization: jwt({ iss: 'urn:somebody', sub: 's', exp: 1 }) }),
    ask('forbidden', 'pool-operator'),
    ask('token-expired', 'nobody', { authorization: `Bearer ${await client.issuer.issue(actor, new Date(faults.time.nowMs - 30 * DAY_MS))}` }),
    ask('token-claims', 'nobody', { authorization: `Bearer ${await client.issuer.issue({ ...actor, organisation: 'no such organisation' }, new Date(faults.time.nowMs), 30 * DAY_MS)}` }),
  ];
}

/** Messages on the upstreams' topics that nobody can take: each must be put aside, and nothing else may suffer. */
function malformedRecords({ client, chance }: Stage): void {
  const kinds = [
    { id: 'not-json', value: '{"pool":', topic: PAYOUTS_TOPIC, type: PAYOUT_TYPE },
    { id: 'wrong-shape', value: '{"pool":"btcpool-kz"}', topic: PAYOUTS_TOPIC, type: PAYOUT_TYPE },
    { id: 'no-data', value: null, topic: FACTS_TOPIC, type: FACT_TYPE },
    { id: 'wrong-act', value: '{"agency":"afm","caseNumber":"1","act":"theft"}', topic: FACTS_TOPIC, type: FACT_TYPE },
  ];
  for (const { id, value, topic, type } of chance.shuffled(kinds).slice(0, 2)) {
    const record = eventRecord(type, `flawed-${id}`, 'urn:qazyna:somebody', chance.oneOf(['a', 'b', 'c', 'btcpool-kz.acc-1~p0-0']), {});
    client.publish({ command: topic === FACTS_TOPIC ? 'publish-fact' : 'claim-payout', key: `flawed-${id}`, content: {}, flaw: 'dead-letter' }, topic, { ...record, headers: { ...record.headers, flaw: id }, value });
  }
}

function wrongChecksum(address: string): string {
  return `${address.slice(0, -1)}${address.endsWith('q') ? 'p' : 'q'}`;
}

import { ACQUISITION_FACT_TYPE } from '@qazyna/contracts';
import { ask, call, until, type Problem } from '../system/caller.js';
import { balancesOf, expectBalanced, holdings, journal } from '../system/ledger-view.js';
import { ASSET, attributes, binaryHeaders, fact, payout, POOL, seized } from '../system/messages.js';
import { depositAddress, mine, pay, registerVault, RESERVE_VAULT, TRUST_VAULT, worldAt, type World } from '../system/sandbox-world.js';
import { Standalone } from '../system/standalone.js';

/** One process for each state, the same code in all: only QAZYNA_JURISDICTION differs. */

const CONFIRMATIONS = 3;
const ETH = 'eip155:1/slip44:60';
type Result = { readonly status: string; readonly code?: string; readonly purchaseStatus?: string };

let standalone: Standalone | undefined;
afterEach(async () => {
  await standalone?.remove();
  standalone = undefined;
}, 30_000);

async function stateOf(code: string): Promise<{ readonly url: string; readonly world: World }> {
  standalone = await Standalone.start({ story: false, env: { QAZYNA_JURISDICTION: code } });
  return { url: standalone.url, world: worldAt(standalone.url) };
}

let sent = 0;
function ce(type: string): Record<string, string> {
  sent += 1;
  return binaryHeaders('ce-', { specversion: '1.0', id: `acq-${sent}`, source: 'urn:qazyna:agency:treasury', type });
}
const acquire = (url: string, body: object): Promise<Result> =>
  ask<Result>(url, '/v1/acquisition-facts', { role: 'custodian', headers: ce(ACQUISITION_FACT_TYPE), body: JSON.stringify({ agency: 'treasury', ...body }) });
async function refusedAcquisition(url: string, body: object): Promise<string> {
  const answer = await call(url, '/v1/acquisition-facts', { role: 'custodian', headers: ce(ACQUISITION_FACT_TYPE), body: JSON.stringify({ agency: 'treasury', ...body }) });
  return answer.status >= 400 ? (JSON.parse(answer.text) as Problem).code : `taken: ${answer.text}`;
}
const act = (url: string, caseNumber: string, kind: string, changes: object = {}): Promise<Result> => {
  const { assets, ...rest } = fact(caseNumber, { act: kind, ...changes });
  return ask<Result>(url, '/v1/seizure-facts', { role: 'law-enforcement', headers: binaryHeaders('ce-', attributes('fact', `${caseNumber}-${kind}`)), body: JSON.stringify(kind === 'reported' ? { ...rest, assets } : rest) });
};
async function refusedCase(url: string, kind: string): Promise<string> {
  const answer = await call(url, '/v1/seizure-facts', { role: 'law-enforcement', headers: binaryHeaders('ce-', attributes('fact', `refused-${kind}`)), body: JSON.stringify(fact('1/1', { act: kind })) });
  return answer.status >= 400 ? (JSON.parse(answer.text) as Problem).code : `taken: ${answer.text}`;
}

/** The figure of one source in the public holdings, once it is there. */
async function shown(url: string, source: string, id: string, baseUnits: string): Promise<void> {
  await until(`${source} ${id} shows ${baseUnits}`, () => holdings(url), ({ figures }) =>
    figures.classes.some(({ class: cls, assets }) => cls === 'reserve' && assets.some(({ sources }) => sources.some((each) => each.source === source && each.id === id && each.baseUnits === baseUnits))));
  expectBalanced(await journal(url));
}

it('a state that buys: order, exact fills, settlement on chain, and the figure of the order', async () => {
  const { url, world } = await stateOf('sv');
  await registerVault(world, RESERVE_VAULT, 'reserve');
  const address = await depositAddress(world, RESERVE_VAULT, { kind: 'purchase', id: 'BUY-1' });
  const order = { orderId: 'BUY-1', asset: ASSET, amount: '100000000', currency: 'USD', limitPrice: '100000', mandate: 'DL-2026-4', orderedAt: '2026-03-01T09:00:00Z' };
  expect(await acquire(url, { kind: 'purchase-order', order })).toMatchObject({ status: 'accepted', purchaseStatus: 'ordered' });
  expect(await acquire(url, { kind: 'purchase-order', order })).toMatchObject({ status: 'duplicate' });
  expect(await refusedAcquisition(url, { kind: 'purchase-order', order: { ...order, amount: '1' } })).toBe('acquisition-conflict');
  await until('the conflict is raised', () => ask<{ items: { subject: string }[] }>(url, '/v1/conflicts', { role: 'auditor' }), ({ items }) => items.some(({ subject }) => subject === 'purchase-order order of BUY-1'));
  const fill = { orderId: 'BUY-1', fillId: 'T-1', amount: '100000000', price: '97412.55', currency: 'USD', venue: 'exchange-a', filledAt: '2026-03-01T10:00:00Z' };
  expect(await acquire(url, { kind: 'purchase-fill', fill })).toMatchObject({ status: 'accepted', purchaseStatus: 'filled' });
  const { txid } = await pay(world, [{ address, amount: '100000000' }]);
  const settlement = { orderId: 'BUY-1', settlementId: 'W-1', amount: '100000000', txid, settlementReference: 'PAY-1', settledAt: '2026-03-01T11:00:00Z' };
  expect(await acquire(url, { kind: 'purchase-settlement', settlement })).toMatchObject({ status: 'accepted', purchaseStatus: 'settled' });
  // What was said changed no balance; the chain does.
  expect(await journal(url)).toEqual([]);
  await mine(world, CONFIRMATIONS);
  await shown(url, 'purchase', 'BUY-1', '100000000');
  // What the profile does not list, the state does not have.
  expect(await refusedAcquisition(url, { kind: 'purchase-order', order: { ...order, orderId: 'BUY-2', mandate: undefined } })).toBe('field-required-by-jurisdiction');
  expect(await refusedAcquisition(url, { kind: 'donation-campaign', campaign: { campaignId: 'aid', addresses: [{ asset: ASSET, address }], opensAt: '2026-01-01T00:00:00Z' } })).toBe('source-not-in-jurisdiction');
  expect(await refusedCase(url, 'reported')).toBe('source-not-in-jurisdiction');
}, 120_000);

it('a state that is given: a public address, many small senders, several assets, and the figure of the campaign', async () => {
  const { url, world } = await stateOf('ua');
  await registerVault(world, RESERVE_VAULT, 'reserve');
  const address = await depositAddress(world, RESERVE_VAULT, { kind: 'donation', id: 'aid' });
  const ethereum = '0x52908400098527886E0F7030069857D2E4169EE7';
  const campaign = { campaignId: 'aid', addresses: [{ asset: ASSET, address }, { asset: ETH, address: ethereum }], purpose: 'Humanitarian aid', beneficiary: 'ministry-of-health', authority: 'CMU-2026-133', opensAt: '2020-01-01T00:00:00Z' };
  expect(await acquire(url, { kind: 'donation-campaign', campaign })).toMatchObject({ status: 'accepted' });
  const gifts = Array.from({ length: 40 }, (_, index) => ({ address, amount: String(1_000 + index) }));
  const total = gifts.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
  const { txid } = await pay(world, gifts);
  const gift = { campaignId: 'aid', asset: ASSET, amount: '1000', address, txid, outputIndex: 0, receivedAt: '2026-03-01T00:00:00Z' };
  expect(await acquire(url, { kind: 'donation', donation: gift })).toMatchObject({ status: 'accepted' });
  expect(await acquire(url, { kind: 'donation', donation: { ...gift, asset: ETH, amount: '5', address: ethereum, sender: ethereum } })).toMatchObject({ status: 'accepted' });
  expect(await acquire(url, { kind: 'donation', donation: { ...gift, outputIndex: 1, address: ethereum, asset: ETH, campaignId: 'unheard-of' } })).toMatchObject({ status: 'held', code: 'campaign-unknown' });
  expect(await refusedAcquisition(url, { kind: 'donation', donation: { ...gift, senderName: 'x' } })).toBe('validation-failed');
  await mine(world, CONFIRMATIONS);
  await shown(url, 'donation', 'aid', total.toString());
  const listed = await until('the gifts are listed', () => ask<{ items: { status: string }[] }>(url, '/v1/donations', { role: 'auditor' }), ({ items }) => items.length === 3);
  expect(listed.items.map(({ status }) => status).sort()).toEqual(['accepted', 'accepted', 'held']);
}, 120_000);

it('a state that mines with its rivers: a licence names its source of energy, and no other than water is licensed', async () => {
  const { url, world } = await stateOf('bt');
  await registerVault(world, RESERVE_VAULT, 'reserve');
  const licence = { licenceId: 'BT-1', kind: 'mining', holder: 'a-farm', validFrom: '2023-01-01T00:00:00Z' };
  const issue = async (body: object): Promise<string> => {
    const answer = await call(url, '/v1/licences', { role: 'regulator', body: JSON.stringify(body) });
    return answer.status < 300 ? 'issued' : (JSON.parse(answer.text) as Problem).code;
  };
  expect(await issue(licence)).toBe('field-required-by-jurisdiction');
  expect(await issue({ ...licence, energySource: 'coal' })).toBe('energy-source-not-in-jurisdiction');
  expect(await issue({ ...licence, energySource: 'hydro' })).toBe('issued');
  const address = await depositAddress(world, RESERVE_VAULT, { kind: 'pool-account', id: `${POOL}.hydro-1`, licenceId: 'BT-1' });
  await ask(url, '/v1/pool-accounts', { role: 'custodian', body: JSON.stringify({ pool: POOL, account: 'hydro-1', licenceId: 'BT-1', network: 'regtest', payoutAddress: address }) });
  const { txid } = await pay(world, [{ address, amount: '312500000' }]);
  expect(await ask<Result>(url, '/v1/payouts', { role: 'pool-operator', body: JSON.stringify(payout('p-1', { account: 'hydro-1', address, txid, amount: '312500000' })) })).toMatchObject({ status: 'accepted' });
  await mine(world, CONFIRMATIONS);
  await shown(url, 'mining', 'BT-1', '312500000');
}, 120_000);

it('a state that forfeits: a final order and the agency\'s transfer make it reserve, under the state\'s own acts', async () => {
  const { url, world } = await stateOf('us');
  await registerVault(world, TRUST_VAULT, 'held-in-trust');
  const address = await depositAddress(world, TRUST_VAULT, { kind: 'case', id: 'afm.1_1' });
  await pay(world, [{ address, amount: '75000000' }]);
  await mine(world, CONFIRMATIONS);
  expect(await act(url, '1/1', 'reported', { assets: [seized()] })).toMatchObject({ status: 'accepted' });
  for (const kind of ['arrest', 'confiscation-order', 'finality', 'state-property-decision']) expect(await act(url, '1/1', kind)).toMatchObject({ status: 'accepted' });
  await shown(url, 'seizure', 'afm.1_1', '75000000');
  expect(balancesOf(await journal(url)).get(`held-in-trust:case:afm.1_1 ${ASSET}`) ?? 0n).toBe(0n);
  // Its profile has no restriction without a court, no market purchases, and no licensed mining.
  expect(await refusedCase(url, 'restriction')).toBe('act-not-in-jurisdiction');
  expect(await refusedAcquisition(url, { kind: 'purchase-order', order: { orderId: 'B', asset: ASSET, amount: '1', currency: 'USD', orderedAt: '2026-03-01T09:00:00Z' } })).toBe('source-not-in-jurisdiction');
}, 120_000);

it('a state that forfeits and remits: what the victims get back of a final forfeiture never becomes reserve', async () => {
  const { url, world } = await stateOf('us');
  await registerVault(world, TRUST_VAULT, 'held-in-trust');
  const address = await depositAddress(world, TRUST_VAULT, { kind: 'case', id: 'afm.2_1', assetId: 'a' });
  await pay(world, [{ address, amount: '100000001' }]);
  await mine(world, CONFIRMATIONS);
  expect(await act(url, '2/1', 'reported', { assets: [seized({ assetId: 'a', amount: '100000001' })] })).toMatchObject({ status: 'accepted' });
  for (const kind of ['arrest', 'confiscation-order', 'finality']) expect(await act(url, '2/1', kind)).toMatchObject({ status: 'accepted' });
  expect(await act(url, '2/1', 'return-to-victim', { effectiveAt: '2026-03-03T09:00:00Z', share: { numerator: '1', denominator: '3' }, victim: { reference: 'V-2026-1', manner: 'in-kind' } })).toMatchObject({ status: 'accepted' });
  expect(await act(url, '2/1', 'state-property-decision', { effectiveAt: '2026-03-04T09:00:00Z' })).toMatchObject({ status: 'accepted' });
  // Two thirds, rounded down for the state: the odd unit stays with the victims.
  await shown(url, 'seizure', 'afm.2_1', '66666667');
  const { figures } = await holdings(url);
  expect(figures.classes.find((each) => each.class === 'held-in-trust')?.assets[0]?.sources).toMatchObject([{ source: 'case', id: 'afm.2_1', legalStatus: 'returned-to-victim', baseUnits: '33333334' }]);
}, 120_000);

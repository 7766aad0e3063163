import { eventHeaders, eventRecord, REGTEST } from './messages.js';
import { CAMPAIGN, ORDER, type Registers } from './registers.js';
import { linger, type Stage } from './stage.js';
import { suspects } from './strangers.js';

/** A treasury that buys and collects: orders, fills and settlements in any order, and gifts to a public address. */

export const ACQUISITIONS_TOPIC = 'qazyna.acquisitions.v1';
const ACQUISITION_TYPE = 'qazyna.acquisition.fact.v1';
const SOURCE = 'urn:qazyna:agency:treasury';
const ORDERED = 10_000_000;

interface Fact {
  readonly id: string;
  readonly content: Readonly<Record<string, unknown>>;
}

export async function acquisitionsAtWork(stage: Stage, registers: Registers): Promise<void> {
  await Promise.all([purchase(stage, registers), donations(stage, registers)]);
}

async function purchase(stage: Stage, { purchaseAddress }: Registers): Promise<void> {
  const { chance, chain } = stage;
  const facts: Fact[] = [{ id: ORDER, content: { kind: 'purchase-order', order: { orderId: ORDER, asset: REGTEST, amount: String(ORDERED), currency: 'USD', limitPrice: '100000', venue: 'exchange-a', mandate: 'RES-1', orderedAt: '2026-02-01T00:00:00Z' } } }];
  for (let n = chance.between(1, 3); n > 0; n -= 1) {
    const amount = String(chance.oneOf([2_500_000, 5_000_000, ORDERED]));
    const price = chance.happens(0.2) ? '100000.01' : '99999.99';
    facts.push({ id: `fill-${n}`, content: { kind: 'purchase-fill', fill: { orderId: ORDER, fillId: `F-${n}`, amount, price, currency: 'USD', venue: 'exchange-a', filledAt: '2026-02-02T00:00:00Z' } } });
    if (chance.happens(0.7)) {
      const { txid } = chain.pay([{ address: purchaseAddress, amount: BigInt(amount) }]);
      facts.push({ id: `settlement-${n}`, content: { kind: 'purchase-settlement', settlement: { orderId: ORDER, settlementId: `S-${n}`, amount, txid, settlementReference: `W-${n}`, settledAt: '2026-02-03T00:00:00Z' } } });
    }
  }
  for (const { id, content } of chance.shuffled(facts)) {
    await linger(stage, 500);
    await tell(stage, `purchase ${id}`, content);
  }
  if (chance.happens(0.6)) await decide(stage, `/v1/purchases/${ORDER}/parts/${encodeURIComponent(`fill:F-${chance.between(1, 2)}`)}/decision`, 'decide-purchase-part');
}

async function donations(stage: Stage, { donationAddress }: Registers): Promise<void> {
  const { chance, chain } = stage;
  const campaign: Fact = { id: 'campaign', content: { kind: 'donation-campaign', campaign: { campaignId: CAMPAIGN, addresses: [{ asset: REGTEST, address: donationAddress }], purpose: 'Humanitarian aid', beneficiary: 'treasury', authority: 'ACT-1', opensAt: '2026-02-01T00:00:00Z', endsAt: '2026-12-31T00:00:00Z' } } };
  const gifts = Array.from({ length: chance.between(1, 4) }, (_, n): Fact => {
    const amount = BigInt(chance.between(1_000, 900_000));
    const { txid } = chain.pay([{ address: donationAddress, amount }], chance.happens(0.3) ? chance.oneOf(suspects()) : undefined);
    const receivedAt = chance.happens(0.15) ? '2026-01-31T23:59:59.999Z' : '2026-02-01T00:00:00.500Z';
    return { id: `gift-${n}`, content: { kind: 'donation', donation: { campaignId: CAMPAIGN, asset: REGTEST, amount: String(amount), address: donationAddress, txid, outputIndex: 0, receivedAt } } };
  });
  for (const { id, content } of chance.happens(0.6) ? [campaign, ...gifts] : chance.shuffled([campaign, ...gifts])) {
    await linger(stage, 500);
    const body = await tell(stage, `donation ${id}`, content);
    const { donationId } = (body as { readonly results?: readonly { readonly donationId?: string }[] } | undefined)?.results?.[0] ?? (body as { readonly donationId?: string } | undefined) ?? {};
    if (donationId !== undefined && chance.happens(0.3)) await decide(stage, `/v1/donations/${donationId}/decision`, 'decide-donation');
  }
}

async function tell(stage: Stage, key: string, fact: Readonly<Record<string, unknown>>): Promise<unknown> {
  const { chance, client, intake } = stage;
  const content = { agency: 'treasury', ...fact };
  const id = key.replaceAll(' ', '-');
  const record = (body: object): ReturnType<typeof eventRecord> => eventRecord(ACQUISITION_TYPE, id, SOURCE, chance.happens(0.1) ? 'wrong-key' : 'treasury', body);
  if (chance.happens(0.3)) {
    client.publish({ command: 'publish-acquisition', key, content }, ACQUISITIONS_TOPIC, record(content));
    return undefined;
  }
  const send = async (body: Readonly<Record<string, unknown>>): Promise<unknown> =>
    (await client.send({ command: 'publish-acquisition', key, content: body, to: intake, path: '/v1/acquisition-facts', role: 'custodian', body: JSON.stringify(body), headers: eventHeaders(ACQUISITION_TYPE, id, SOURCE) })).body;
  const answer = await send(content);
  if (chance.happens(0.2)) client.publish({ command: 'publish-acquisition', key, content }, ACQUISITIONS_TOPIC, record(content));
  // The same fill, settlement or gift with another amount contradicts what is known.
  const [name] = ['fill', 'settlement', 'donation'].filter((each) => fact[each] !== undefined);
  if (name !== undefined && chance.happens(0.15)) await send({ ...content, [name]: { ...(fact[name] as object), amount: '77' } });
  return answer;
}

async function decide({ chance, client, intake }: Stage, path: string, command: string): Promise<void> {
  const content = { decision: chance.oneOf(['release', 'reject']), reason: 'as the officer saw it' };
  await client.send({ command, key: path, content, to: intake, path, role: 'compliance-officer', body: JSON.stringify(content) });
}

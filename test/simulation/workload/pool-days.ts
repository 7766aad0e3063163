import { eventHeaders, eventRecord } from './messages.js';
import { DAYS_ACCOUNT } from './registers.js';
import { linger, type Stage } from './stage.js';

/** What a pool says its account earned on two days of February, what the chain says of them, and the fee that was agreed. */

export const EARNINGS_TOPIC = 'qazyna.mining-earnings.v1';
const EARNINGS_TYPE = 'qazyna.mining.earnings.v1';
const SOURCE = 'urn:qazyna:pool:simulated';
const DATES = ['2026-02-10', '2026-02-11'];
const HASH_RATE = '1000000000000000';
/** Near what 1 PH/s earns at the difficulty below, and far from it on either side. */
const TOTALS = [592_703n, 580_849n, 889_055n, 296_352n];

export async function poolDays(stage: Stage): Promise<void> {
  const { chance } = stage;
  const tasks = [...DATES.map((date) => () => earnings(stage, date)), () => chainDays(stage), ...(chance.happens(0.5) ? [() => terms(stage)] : [])];
  await Promise.all(chance.shuffled(tasks).map((task) => task()));
}

async function earnings(stage: Stage, date: string): Promise<void> {
  const { chance } = stage;
  const told = (total: bigint, more: object = {}): Readonly<Record<string, unknown>> => ({ ...DAYS_ACCOUNT, date, hashRate: HASH_RATE, parts: [{ part: 'fpps', amount: total.toString() }], total: total.toString(), scheme: 'fpps', ...more });
  const first = told(chance.oneOf(TOTALS));
  await linger(stage, 1_500);
  await tell(stage, `${date} first`, first);
  if (chance.happens(0.3)) await tell(stage, `${date} first`, first);
  // Other figures without a higher revision contradict what is known; with one they correct it.
  if (chance.happens(0.3)) await tell(stage, `${date} other`, told(7n));
  if (chance.happens(0.3)) await tell(stage, `${date} corrected`, told(chance.oneOf(TOTALS), { revision: 2 }));
}

async function tell({ chance, client, mining, faults }: Stage, key: string, content: Readonly<Record<string, unknown>>): Promise<void> {
  const message = { command: 'report-earnings', key, content };
  const id = `earnings-${key.replaceAll(' ', '-')}`;
  if (chance.happens(0.25)) {
    client.publish(message, EARNINGS_TOPIC, eventRecord(EARNINGS_TYPE, id, SOURCE, 'poolc.acc-4', content));
    // A correction that overtook what it corrects would be its own day's first word.
    await faults.time.wait(2_500);
    return;
  }
  await client.send({ ...message, to: mining, path: '/v1/earnings', role: 'pool-operator', body: JSON.stringify(content), headers: eventHeaders(EARNINGS_TYPE, id, SOURCE) });
}

/** One day may never be brought in: what was earned on it is not judged. */
async function chainDays(stage: Stage): Promise<void> {
  const { chance, client, mining } = stage;
  for (const date of DATES.slice(0, chance.between(1, 2))) {
    await linger(stage, 2_000);
    const day = (fees: string, more: object = {}): object => ({ network: 'regtest', date, stretches: [{ seconds: 86_400, difficulty: '21448277761059', subsidy: '625000000' }], subsidies: '90000000000', fees, source: 'a node, heights 1 to 144', ...more });
    const send = (key: string, content: object): Promise<unknown> =>
      client.send({ command: 'record-chain-day', key: `${date} ${key}`, content: { ...content }, to: mining, path: '/v1/chain-days', role: 'custodian', body: JSON.stringify({ days: [content] }) });
    await send('first', day('1000000000'));
    if (chance.happens(0.3)) await send('other', day('2000000000'));
    if (chance.happens(0.3)) await send('corrected', day('9000000000', { revision: 2 }));
  }
}

async function terms(stage: Stage): Promise<void> {
  const { chance, client, mining } = stage;
  await linger(stage, 3_000);
  const content = { termsId: 'T-1', from: '2026-02-01', poolFeePpm: 20_000, document: { reference: 'T-1', authority: 'treasury', sha256: chance.hex(32) } };
  const { pool, account } = DAYS_ACCOUNT;
  await client.send({ command: 'set-terms', key: 'T-1', content, to: mining, path: `/v1/pool-accounts/${pool}.${account}/terms`, role: 'custodian', body: JSON.stringify(content) });
}

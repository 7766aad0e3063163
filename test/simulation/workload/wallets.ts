import { payoutKey, REGTEST, type PayoutContent } from './messages.js';
import type { Registers } from './registers.js';
import { linger, type Stage } from './stage.js';

/** A change of the wallet that a pool pays to: what one person proposes another confirms, and then it cools off. */

const CHANGE = 'change-1';

/** Each step is answered before the next, so that what a claim must meet is known. */
export async function walletChanges(stage: Stage, { changing: { pool, account, address, next } }: Registers): Promise<void> {
  const { chance, client, mining } = stage;
  const id = `${pool}.${account}`;
  let payment = 0;
  const claim = async (to: string): Promise<void> => {
    payment += 1;
    const content: PayoutContent = { pool, account, paymentId: `w-${payment}`, asset: REGTEST, amount: '5', address: to, txid: chance.hex(32), paidAt: '2026-02-20T10:00:00Z' };
    await linger(stage, 200);
    await client.send({ command: 'claim-payout', key: payoutKey(content), content, to: mining, path: '/v1/payouts', role: 'pool-operator', body: JSON.stringify(content) });
  };
  const step = async (command: string, path: string, role: 'custodian' | 'compliance-officer', content: object, flaw?: string): Promise<void> => {
    await linger(stage, 300);
    await client.send({ command, key: `${id} ${CHANGE}`, content: { ...content }, to: mining, path: `/v1/pool-accounts/${id}/wallet-changes${path}`, role, body: JSON.stringify(content), ...(flaw === undefined ? {} : { flaw }) });
  };
  await claim(next);
  const document = { reference: 'W-1', authority: 'treasury', sha256: chance.hex(32) };
  await step('propose-wallet', '', 'custodian', { changeId: CHANGE, payoutAddress: next, document });
  await claim(next);
  await step('confirm-wallet', `/${CHANGE}/confirmation`, 'custodian', {}, 'forbidden-own-proposal');
  if (chance.happens(0.8)) await step('confirm-wallet', `/${CHANGE}/confirmation`, 'compliance-officer', {});
  await claim(next);
  await claim(address);
  if (chance.happens(0.4)) {
    await step('withdraw-wallet', `/${CHANGE}/withdrawal`, 'compliance-officer', {});
    await claim(next);
  }
}

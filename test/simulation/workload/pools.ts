import { eventRecord, payoutKey, PAYOUTS_TOPIC, PAYOUT_TYPE, POOL, REGTEST, payoutFile, statement, type PayoutContent } from './messages.js';
import { Officers, type PoolAccount, type Registers } from './registers.js';
import { linger, type Stage } from './stage.js';
import { suspects } from './strangers.js';

const PAID_AT = '2026-02-20T10:00:00Z';

/** Pools pay, and say what they paid: mostly the truth, by whatever way, in whatever order, more than once. */
export async function poolsAtWork(stage: Stage, registers: Registers): Promise<void> {
  const pools = new Pools(stage, registers);
  await Promise.all(Array.from({ length: stage.chance.between(3, 7) }, (_, n) => pools.one(n)));
}

class Pools {
  private readonly officers: Officers;

  constructor(
    private readonly stage: Stage,
    private readonly registers: Registers,
  ) {
    this.officers = new Officers(stage);
  }

  async one(n: number): Promise<void> {
    const { chance } = this.stage;
    const account = chance.oneOf(this.registers.accounts);
    await linger(this.stage, 2_500);
    const amounts = Array.from({ length: chance.between(1, 2) }, () => BigInt(chance.between(1_000, 9_000_000)));
    if (chance.happens(0.1)) amounts.push(amounts[0] ?? 1n);
    const outputs = amounts.map((amount) => ({ address: account.address, amount }));
    const { txid } = this.stage.chain.pay(outputs, chance.happens(0.3) ? chance.oneOf(suspects()) : undefined);
    if (chance.happens(0.7)) await linger(this.stage, 1_500);
    const claims = amounts.map((amount, index) => this.claim(account, `p${n}-${index}`, txid, amount, chance.happens(0.3) ? { outputIndex: index } : {}));
    for (const claim of claims) await this.tell(this.perhapsWrong(claim));
    const [first] = claims;
    if (first !== undefined && chance.happens(0.2)) await this.tell({ ...first, paymentId: `${first.paymentId}-again` });
  }

  private claim({ pool, account, address }: PoolAccount, paymentId: string, txid: string, amount: bigint, more: { readonly outputIndex?: number }): PayoutContent {
    return { pool, account, paymentId, asset: REGTEST, amount: amount.toString(), address, txid, paidAt: PAID_AT, ...more };
  }

  /** What goes wrong at pools. */
  private perhapsWrong(claim: PayoutContent): PayoutContent {
    const { chance } = this.stage;
    if (chance.happens(0.6)) return claim;
    const other = this.registers.accounts.find(({ account }) => account !== claim.account);
    return chance.oneOf<() => PayoutContent>([
      () => ({ ...claim, amount: String(BigInt(claim.amount) + 1n) }),
      () => ({ ...claim, txid: claim.txid.toUpperCase() + 'X' }),
      () => ({ ...claim, address: other?.address ?? claim.address }),
      () => ({ ...claim, licenceId: 'L-9' }),
      () => ({ ...claim, account: 'nobody-1' }),
      () => ({ ...claim, outputIndex: 9 }),
      () => (other === undefined ? claim : { ...claim, pool: other.pool, account: other.account, address: other.address }),
      () => ({ ...claim, asset: 'bip122:000000000933ea01ad0ee984209779ba/slip44:1', address: 'tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx' }),
    ])();
  }

  private async tell(claim: PayoutContent): Promise<void> {
    const { chance } = this.stage;
    await this.by(claim, chance.next());
    if (chance.happens(0.25)) await this.by(fuller(claim), chance.next());
    if (chance.happens(0.12)) await this.by({ ...claim, amount: String(BigInt(claim.amount) + 7n) }, chance.next());
    if (chance.happens(0.35)) await this.officers.decide(payoutKey(claim), chance.oneOf(['release', 'reject']));
  }

  private async by(claim: PayoutContent, choice: number): Promise<void> {
    const { client, mining } = this.stage;
    const key = payoutKey(claim);
    const stated = claim.outputIndex === undefined && claim.licenceId === undefined && claim.asset === REGTEST && this.registers.accounts.some(({ account }) => account === claim.account);
    if (choice < 0.35) {
      client.publish({ command: 'claim-payout', key, content: claim }, PAYOUTS_TOPIC, eventRecord(PAYOUT_TYPE, `kafka-${key}-${claim.amount}`, 'urn:qazyna:pool:simulated', this.stage.chance.happens(0.1) ? 'wrong-key' : key, claim));
    } else if (choice < 0.5 && stated && claim.pool === POOL) {
      await client.send({
        command: 'claim-payout', key, content: claim, way: 'statement', to: mining, role: 'pool-operator',
        path: `/v1/pool-statements?pool=${claim.pool}&account=${claim.account}`, body: statement([claim]),
      });
    } else if (choice < 0.6 && this.registers.accounts.some(({ pool, account }) => pool === claim.pool && account === claim.account) && claim.asset === REGTEST) {
      await client.send({
        command: 'claim-payout', key, content: claim, way: 'statement', to: mining, role: 'pool-operator', headers: { 'content-type': 'text/csv' },
        path: `/v1/pool-statements?pool=${claim.pool}&account=${claim.account}&format=canonical`, body: payoutFile([claim]),
      });
    } else {
      await client.send({ command: 'claim-payout', key, content: claim, to: mining, path: '/v1/payouts', role: 'pool-operator', body: JSON.stringify(claim) });
    }
  }
}

/** The same payout told by another way, which may say which output it is where the first left that open. */
function fuller(claim: PayoutContent): PayoutContent {
  const [, place] = /-(\d+)$/.exec(claim.paymentId) ?? [];
  return place === undefined || BigInt(claim.amount) % 2n === 0n ? claim : { outputIndex: Number(place), ...claim };
}

import { jest } from '@jest/globals';
import { ASSET, CustodyUnderTest, LICENCE, RESERVE, TRUST } from './spec-support.js';

/** Two busy cores: what takes a tenth of a second alone may take seconds beside others. */
jest.setTimeout(30_000);

const VAULT = `reserve:vault:${RESERVE}`;
const MINED = `reserve:mining:${LICENCE}`;
const UNIDENTIFIED = `reserve:unidentified:${RESERVE}`;

describe('custody, from the chain to the journal', () => {
  let custody: CustodyUnderTest;
  let pool: string;
  beforeAll(async () => {
    custody = await CustodyUnderTest.start();
    await custody.vault(RESERVE, 'reserve');
    await custody.vault(TRUST, 'held-in-trust');
    pool = await custody.poolAddress();
  }, 30_000);
  afterAll(() => custody.remove());

  const total = async (account: string): Promise<bigint> => BigInt((await custody.balances())[account] ?? '0');
  /** Waits until an account has moved by exactly this much. */
  const moved = async (account: string, before: bigint, by: bigint): Promise<void> => custody.until(async () => (await total(account)) - before === by, `${account} moves by ${by}`);

  it('posts a payout whose claim came first, at exactly the last confirmation', async () => {
    const { txid } = await custody.chain.pay([{ address: pool, amount: 7_000n }]);
    await custody.claim({ payoutId: 'pool.acc~first', amount: '7000', address: pool, txid });
    await custody.mine(2);
    expect(await custody.entries()).toEqual([]);
    await custody.mine(1);
    await moved(MINED, 0n, -7_000n);
    expect(await custody.entries()).toMatchObject([{ kind: 'deposit', payoutId: 'pool.acc~first', depositId: `${txid}.0`, number: '0' }]);
  });

  it('keeps a deposit unidentified until its claim comes, however late', async () => {
    const [unidentified, mined] = [await total(UNIDENTIFIED), await total(MINED)];
    const { txid } = await custody.chain.pay([{ address: pool, amount: 8_000n }]);
    await custody.mine(3);
    await moved(UNIDENTIFIED, unidentified, -8_000n);
    await custody.claim({ payoutId: 'pool.acc~late', amount: '8000', address: pool, txid });
    await moved(MINED, mined, -8_000n);
    expect(await total(UNIDENTIFIED)).toBe(unidentified);
  });

  it('matches each payout of a batch transaction with its own output, and leaves what contradicts unidentified', async () => {
    const [unidentified, mined] = [await total(UNIDENTIFIED), await total(MINED)];
    const { txid } = await custody.chain.pay([100n, 100n, 300n, 400n].map((amount) => ({ address: pool, amount })));
    await custody.mine(3);
    await custody.claim(
      { payoutId: 'pool.acc~b0', amount: '100', address: pool, txid, outputIndex: 0 },
      { payoutId: 'pool.acc~b1', amount: '100', address: pool, txid, outputIndex: 1 },
      { payoutId: 'pool.acc~b2', amount: '300', address: pool, txid },
      { payoutId: 'pool.acc~b3', amount: '401', address: pool, txid },
      { payoutId: 'pool.acc~b4', amount: '300', address: pool, txid, outputIndex: 2 },
    );
    await moved(MINED, mined, -500n);
    await moved(UNIDENTIFIED, unidentified, -400n);
    const { body } = await custody.ask<{ items: { kind: string; subject: string }[] }>('/v1/alarms', { role: 'auditor' });
    const disputes = body.items.filter(({ subject }) => subject.startsWith('pool.acc~b'));
    expect(disputes.map(({ kind }) => kind).sort()).toEqual(['claim-amount-differs', 'deposit-already-matched']);
    expect((await custody.deposits(`&txid=${txid}`)).filter(({ payoutId }) => payoutId !== null)).toHaveLength(3);
  });

  it('changes nothing for a claim that no output proves, and nothing for one that comes ten times', async () => {
    const before = await custody.entries();
    const { txid } = await custody.chain.pay([{ address: pool, amount: 9_000n }]);
    const claim = { payoutId: 'pool.acc~ten', amount: '9000', address: pool, txid };
    await custody.claim({ payoutId: 'pool.acc~never', amount: '5', address: pool, txid: 'ee'.repeat(32) }, ...Array.from({ length: 10 }, () => claim));
    await custody.mine(3);
    await custody.until(async () => (await custody.entries()).length > before.length, 'the payout is posted');
    await custody.claim(claim, claim);
    await custody.mine(1);
    expect((await custody.entries()).slice(before.length)).toMatchObject([{ payoutId: 'pool.acc~ten' }]);
  });

  it('compensates what a reorganisation takes back, and posts it anew when it returns', async () => {
    const address = await custody.caseAddress('afm.1');
    const held = 'held-in-trust:case:afm.1';
    const { txid } = await custody.chain.pay([{ address, amount: 40_000n }]);
    await custody.mine(3);
    await moved(held, 0n, -40_000n);
    const before = await custody.entries();
    const ofDeposit = async (): Promise<Awaited<ReturnType<typeof custody.entries>>> => (await custody.entries()).filter(({ depositId }) => depositId === `${txid}.0`);
    await custody.chain.reorganise(3, { newBlocks: 4 });
    await custody.mine(3);
    await custody.until(async () => (await ofDeposit()).length === 3, 'the deposit is compensated and posted anew');
    expect((await custody.entries()).slice(0, before.length)).toEqual(before);
    const [original, compensation, anew] = await ofDeposit();
    expect([original?.kind, compensation?.kind, anew?.kind]).toEqual(['deposit', 'compensation', 'deposit']);
    expect(compensation?.corrects).toBe(original?.entryId);
    expect(await total(held)).toBe(-40_000n);
  });

  it('chases a transaction that vanished: it stays listed, counts nothing, and counts again if it ever returns', async () => {
    const address = await custody.caseAddress('afm.2');
    const { txid } = await custody.chain.pay([{ address, amount: 50_000n }]);
    await custody.mine(3);
    await moved('held-in-trust:case:afm.2', 0n, -50_000n);
    await custody.chain.reorganise(3, { newBlocks: 4, dropTransactions: [txid] });
    await custody.followed();
    await moved('held-in-trust:case:afm.2', 0n, 0n);
    expect(await custody.deposits('&case=afm.2')).toMatchObject([{ depositId: `${txid}.0`, state: 'taken-back', confirmations: 0 }]);
  });

  it('reclassifies what is held when a case becomes state property, and what comes later', async () => {
    const address = await custody.caseAddress('afm.3');
    await custody.chain.pay([{ address, amount: 1_000n }]);
    await custody.mine(3);
    await moved('held-in-trust:case:afm.3', 0n, -1_000n);
    await custody.becomesStateProperty('afm.3', '2026-02-10T09:00:00Z');
    await moved('reserve:seizure:afm.3', 0n, -1_000n);
    await custody.chain.pay([{ address, amount: 500n }]);
    await custody.mine(3);
    await moved('reserve:seizure:afm.3', 0n, -1_500n);
    expect(await total('held-in-trust:case:afm.3')).toBe(0n);
    const acts = (await custody.entries()).filter(({ kind }) => kind === 'reclassification').map(({ act }) => act);
    expect(acts).toEqual([1, 2].map(() => ({ kind: 'state-property-decision', reference: 'GOV-7', caseId: 'afm.3' })));
  });

  it('answers as of two times, and refuses what is outside of what is known', async () => {
    const path = `/v1/accounts/${VAULT}`;
    const [first] = await custody.entries();
    const { body: atFirst } = await custody.ask<{ balances: unknown[]; entries: number }>(`${path}?effectiveAt=${first?.effectiveAt}`);
    expect(atFirst).toMatchObject({ entries: 1, balances: [{ asset: ASSET, balance: '7000', coins: '0.00007000' }] });
    const { body: now } = await custody.ask<{ balances: { balance: string }[] }>(path);
    expect(now.balances[0]?.balance).toBe((await total(VAULT)).toString());
    for (const query of ['effectiveAt=2099-01-01T00:00:00Z', 'recordedAt=2099-01-01T00:00:00Z', 'effectiveAt=2009-01-01T00:00:00Z', 'recordedAt=2009-01-01T00:00:00Z']) {
      expect(await custody.ask(`${path}?${query}`)).toMatchObject({ status: 422, body: { code: 'as-of-unknown' } });
    }
    expect(await custody.ask(`${path}?effectiveAt=yesterday`)).toMatchObject({ status: 400 });
    expect(await custody.ask('/v1/accounts/reserve:vault:nowhere')).toMatchObject({ status: 404 });
    expect(await custody.ask('/v1/accounts/reserve:nonsense:x')).toMatchObject({ status: 400, body: { code: 'invalid-account' } });
  });

  it('lists accounts by class and prefix, page by page, as the journal has them', async () => {
    const listed: Record<string, string> = {};
    let after: string | null = '';
    while (after !== null) {
      const page: { body: { items: { account: string; balance: string }[]; next: string | null } } = await custody.ask(`/v1/accounts?limit=2${after === '' ? '' : `&after=${after}`}`);
      expect(page.body.items.length).toBeLessThanOrEqual(2);
      for (const { account, balance } of page.body.items) listed[account] = balance;
      after = page.body.next;
    }
    expect(Object.fromEntries(Object.entries(listed).filter(([, balance]) => balance !== '0'))).toEqual(await custody.balances());
    const { body } = await custody.ask<{ items: { account: string }[] }>('/v1/accounts?class=reserve&prefix=reserve:mining:');
    expect(body.items.map(({ account }) => account)).toEqual([MINED]);
  });

  it('pages the journal by number and by cursor', async () => {
    const all = await custody.entries();
    const { body: first } = await custody.ask<{ items: unknown[]; next: string }>('/v1/journal/entries?limit=2');
    const { body: byCursor } = await custody.ask<{ items: unknown[] }>(`/v1/journal/entries?limit=1000&after=${first.next}`);
    const { body: byNumber } = await custody.ask<{ items: unknown[] }>('/v1/journal/entries?limit=1000&after=1');
    expect([...first.items, ...byCursor.items]).toEqual(all);
    expect(byNumber).toEqual(byCursor);
    expect(await custody.ask('/v1/journal/entries?limit=1001')).toMatchObject({ status: 400 });
    expect(await custody.ask('/v1/journal/entries?after=nonsense')).toMatchObject({ status: 400 });
  });

  it('shows vaults and deposits to those with a token only', async () => {
    expect(await custody.ask('/v1/vaults')).toMatchObject({ status: 401 });
    expect(await custody.ask('/v1/deposits')).toMatchObject({ status: 401 });
    expect(await custody.ask('/v1/vaults', { role: 'auditor' })).toMatchObject({ status: 200, body: { items: [{ vaultId: RESERVE, frozen: false, addresses: [{ index: 0, address: pool }] }, { vaultId: TRUST }] } });
    expect(await custody.ask('/v1/vaults', { role: 'auditor', body: {} })).toMatchObject({ status: 403 });
  });

  it('refuses a descriptor that is not what a vault needs', async () => {
    const vault = { vaultId: 'bad', class: 'reserve', tier: 'cold' };
    expect(await custody.ask('/v1/vaults', { role: 'custodian', body: { ...vault, descriptor: 'wsh(sortedmulti(1,xpub))#aaaaaaaa' } })).toMatchObject({ status: 422, body: { code: 'descriptor-checksum', errors: [{ field: 'descriptor' }] } });
    const { body } = await custody.ask<{ items: { vaultId: string; descriptor: string }[] }>('/v1/vaults', { role: 'auditor' });
    const descriptor = body.items.find(({ vaultId }) => vaultId === TRUST)?.descriptor;
    expect(await custody.ask('/v1/vaults', { role: 'custodian', body: { ...vault, descriptor } })).toMatchObject({ status: 422, body: { code: 'vault-keys-of-another-class' } });
  });

  it('is the same after every view is thrown away', async () => {
    const [entries, deposits] = [await custody.entries(), await custody.deposits()];
    await custody.stop();
    custody.forgetViews();
    await custody.again();
    await custody.followed();
    await custody.until(async () => (await custody.deposits()).length === deposits.length, 'the view is built');
    await custody.mine(1);
    expect(await custody.entries()).toEqual(entries);
    const unlisted = (deposit: (typeof deposits)[number]): object => ({ ...deposit, confirmations: undefined });
    expect((await custody.deposits()).map(unlisted)).toEqual(deposits.map(unlisted));
  });

  it('is ready, and counts what it does', async () => {
    expect(await custody.ask('/health/ready')).toMatchObject({ status: 200, body: { components: { 'chain follower': { ok: true }, 'journal writer': { ok: true }, settlement: { ok: true } } } });
    const metrics = await (await fetch(`${custody.running.url}/metrics`)).text();
    expect(metrics).toMatch(/qazyna_deposits\{state="taken-back",service="custody"\} 1/);
    expect(metrics).toMatch(/qazyna_chain_height\{service="custody"\} 1\d\d/);
  });
});

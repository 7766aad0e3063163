import { BENCH_ADDRESS, BENCH_POOL, benchAccount } from './bench-payout.js';

async function post<T>(url: string, path: string, body: object, token?: string): Promise<T> {
  const answer = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as T;
}

export async function tokenOf(url: string, role: string): Promise<string> {
  const { access_token: token } = await post<{ access_token: string }>(url, '/sandbox/token', { subject: `bench-${role}`, organisation: 'bench', roles: [role] });
  return token;
}

/** The licence and the pool accounts that the payouts name. */
export async function registerAccounts(url: string, accounts: number): Promise<void> {
  const licence = { licenceId: 'KZ-CM-0001', kind: 'mining', holder: 'a-farm', validFrom: '2026-01-01T00:00:00Z' };
  await post(url, '/v1/licences', licence, await tokenOf(url, 'regulator'));
  const custodian = await tokenOf(url, 'custodian');
  for (let n = 0; n < accounts; n++) {
    await post(url, '/v1/pool-accounts', { pool: BENCH_POOL, account: benchAccount(n), licenceId: licence.licenceId, network: 'mainnet', payoutAddress: BENCH_ADDRESS }, custodian);
  }
}

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { runCommand } from '../program.js';
import { registerRegisterCommands } from './registers.command.js';

interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly body: string;
}

describe('qazyna cases, payouts, licences and holds', () => {
  let server: Server;
  let asked: Asked[];
  let answers: Record<string, { status?: number; body: object }>;

  beforeEach(async () => {
    asked = [];
    answers = {};
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const url = new URL(request.url ?? '', 'http://door');
        asked.push({ method: request.method ?? '', url, body: Buffer.concat(chunks).toString() });
        const { status = 200, body } = answers[`${url.pathname}${url.searchParams.get('after') ?? ''}`] ?? { status: 404, body: { code: 'not-found', detail: 'it does not exist' } };
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  async function run(...argv: readonly string[]): Promise<{ code: number; out: string; err: string }> {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const said = { out: '', err: '' };
    const env = { INTAKE_URL: url, MINING_URL: url, OPERATOR_TOKEN: 'token' };
    const code = await runCommand(argv, { env, isInteractive: false, signal: new AbortController().signal, out: (text) => void (said.out += text), err: (text) => void (said.err += text) }, [registerRegisterCommands]);
    return { code, ...said };
  }

  it('lists with the filters of the door', async () => {
    answers['/v1/cases'] = { body: { items: [{ caseId: 'afm.1', legalStatus: 'restricted', held: 0, restrictionLapsesAt: null, changedAt: 't' }], next: 'afm.1' } };
    const { code, out, err } = await run('cases', 'list', '--agency', 'afm', '--state', 'restricted', '--lapses-before', '2026-03-01T00:00:00Z', '--limit', '1');
    expect(Object.fromEntries(asked[0]?.url.searchParams ?? [])).toEqual({ limit: '1', agency: 'afm', legalStatus: 'restricted', lapsesBefore: '2026-03-01T00:00:00Z' });
    expect([code, out.split('\n')[1], err]).toEqual([0, 'afm.1   restricted   0     -                    t', 'more with --after afm.1\n']);
  });

  it('shows where pool accounts do not add up', async () => {
    answers['/v1/reconciliation/accounts'] = { body: { items: [{ poolAccountId: 'p.a', earned: '255', fees: '5', paid: '700', balance: '-450', overpaid: true, overpaidDays: 1, statutoryDifferences: 2 }], next: null } };
    const { code, out } = await run('reconciliation', 'accounts', '--from', '2026-03-01', '--to', '2026-04-01', '--pool', 'p');
    expect(Object.fromEntries(asked[0]?.url.searchParams ?? [])).toEqual({ limit: '100', from: '2026-03-01', to: '2026-04-01', pool: 'p' });
    expect([code, out.split('\n')[1]]).toEqual([1, 'p.a            255     5     700   -450     true      1             2']);
  });

  it('takes every page with --all, as one document', async () => {
    answers['/v1/licences'] = { body: { items: [{ licenceId: 'L-1' }], next: 'a' } };
    answers['/v1/licencesa'] = { body: { items: [{ licenceId: 'L-2' }], next: null } };
    const { code, out } = await run('--json', 'licences', 'list', '--all');
    expect([code, JSON.parse(out)]).toEqual([0, { items: [{ licenceId: 'L-1' }, { licenceId: 'L-2' }], next: null }]);
  });

  it('shows one, and ends with 1 where there is none', async () => {
    answers['/v1/payouts/p.a~1'] = { body: { payoutId: 'p.a~1', claim: { amount: '\u001b[31m' } } };
    const shown = await run('payouts', 'show', 'p.a~1');
    expect([shown.code, shown.out.includes('\u001b')]).toEqual([0, false]);
    expect(await run('payouts', 'show', 'p.a~2')).toEqual({ code: 1, out: '', err: 'it does not exist\n' });
  });

  it('decides held payouts with a reason, and not without one', async () => {
    answers['/v1/payouts/decisions'] = { body: { results: [{ payoutId: 'p.a~1', status: 'accepted' }, { payoutId: 'p.a~2', status: 'refused', code: 'payout-not-held', message: 'it is accepted' }] } };
    expect(await run('payouts', 'release', 'p.a~1', 'p.a~2', '--reason', 'checked with the pool')).toMatchObject({ code: 1, out: 'p.a~1 accepted\np.a~2 refused: payout-not-held: it is accepted\n' });
    const decided = { decision: 'release', reason: 'checked with the pool' };
    expect(JSON.parse(asked[0]?.body ?? '')).toEqual({ items: [{ payoutId: 'p.a~1', ...decided }, { payoutId: 'p.a~2', ...decided }] });
    expect((await run('payouts', 'reject', 'p.a~1')).code).toBe(2);
  });

  it('holds: ends with 1 while something waits, and with 0 when nothing does', async () => {
    const none = { body: { items: [], next: null } };
    answers = { '/v1/payouts': none, '/v1/screening/hits': none, '/v1/cases': none };
    expect(await run('holds')).toMatchObject({ code: 0, out: 'payout: nothing waits\nscreening: nothing waits\nact: nothing waits\n' });
    answers['/v1/payouts'] = { body: { items: [{ payoutId: 'p.a~1', claim: { amount: '5' }, reasons: [{ code: 'txid-malformed', message: 'm' }] }], next: null } };
    const { code, out } = await run('holds');
    expect([code, out.includes('p.a~1'), out.includes('txid-malformed')]).toEqual([1, true, true]);
    expect(asked.find(({ url }) => url.pathname === '/v1/payouts')?.url.searchParams.get('status')).toBe('held');
    answers['/v1/screening/hits'] = { body: { items: [{ subjectId: 'deposit.x', standing: 'held', reasons: ['listed'] }], next: null } };
    answers['/v1/cases'] = { body: { items: [{ caseId: 'afm.1', legalStatus: 'reported', held: 2 }, { caseId: 'afm.2', legalStatus: null, held: 1 }], next: null } };
    const all = (await run('holds')).out;
    expect([all.includes('listed'), all.includes('act: 3 wait')]).toEqual([true, true]);
  });
});

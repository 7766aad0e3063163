import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../program.js';
import { registerImportCommands } from '../import/import.command.js';
import { registerScreeningCommands } from './screening.command.js';

const UPDATED = { status: 'updated', list: 'ofac', version: '2024-09-27', sha256: 'ab'.repeat(32), entries: 3, added: 2, removed: 1, unrecognised: 0, perType: { XBT: 2, ETH: 1 }, unknownTypes: [] as string[], previousVersion: '2024-09-01' };

describe('qazyna screening update', () => {
  let folder: string;
  let file: string;
  let server: Server;
  let asked: { url: URL; token: string | undefined; body: string }[];
  let answer: { status: number; body: object };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'qazyna-lists-'));
    file = join(folder, 'sdn.xml');
    writeFileSync(file, `<sdnList>${'x'.repeat(700_000)}</sdnList>`);
    asked = [];
    answer = { status: 200, body: UPDATED };
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        asked.push({ url: new URL(request.url ?? '', 'http://door'), token: request.headers.authorization, body: Buffer.concat(chunks).toString() });
        response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    rmSync(folder, { recursive: true });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const run = async (...argv: string[]): Promise<{ code: number; out: string; err: string }> => {
    let [out, err] = ['', ''];
    const env = { OPERATOR_TOKEN: 'officer', INTAKE_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
    const code = await runCommand(argv, { env, out: (text) => void (out += text), err: (text) => void (err += text), isInteractive: true, signal: new AbortController().signal }, [registerScreeningCommands, registerImportCommands]);
    return { code, out, err };
  };

  it('sends the file whole and says what changed', async () => {
    const { code, out, err } = await run('screening', 'update', file, '--list', 'ofac');
    expect({ code, sent: asked[0]?.body.length, token: asked[0]?.token }).toEqual({ code: 0, sent: 700_019, token: 'Bearer officer' });
    expect(Object.fromEntries(asked[0]?.url.searchParams ?? [])).toEqual({ list: 'ofac', format: 'ofac', mayShrink: 'false', dryRun: 'false' });
    expect(out).toContain('ofac 2024-09-27 is in force');
    expect(out).toContain('3: 2 added, 1 removed');
    expect(err).toContain('of 0.7 MiB, being compared');
  });

  it('is the same by import: a dry run first, with --yes for good', async () => {
    answer.body = { ...UPDATED, status: 'dry-run' };
    const dry = await run('import', file, '--list', 'ofac');
    expect({ code: dry.code, dryRun: asked[0]?.url.searchParams.get('dryRun'), err: dry.err.includes('repeat with --yes') }).toEqual({ code: 0, dryRun: 'true', err: true });
    answer.body = UPDATED;
    expect((await run('import', file, '--list', 'ofac', '--yes')).out).toContain('is in force');
    expect(asked[1]?.url.searchParams.get('dryRun')).toBe('false');
    const nothing = await run('import', file, '--pool', 'viabtc');
    expect([nothing.code, nothing.err.includes('--pool and --account')]).toEqual([2, true]);
  });

  it('says of a dry run that nothing is recorded, and prints JSON when asked', async () => {
    answer.body = { ...UPDATED, status: 'dry-run' };
    expect((await run('screening', 'update', file, '--list', 'ofac', '--name', 'treasury', '--dry-run')).out).toContain('nothing is recorded');
    expect(asked[0]?.url.searchParams.get('list')).toBe('treasury');
    expect(JSON.parse((await run('--json', 'screening', 'update', file, '--list', 'ofac', '--dry-run')).out)).toMatchObject({ status: 'dry-run', added: 2 });
  });

  it('ends with 1 when a type was never seen before, or the file is refused', async () => {
    answer.body = { ...UPDATED, unknownTypes: ['NEW'] };
    expect(await run('screening', 'update', file, '--list', 'ofac')).toMatchObject({ code: 1, out: expect.stringContaining('ALERT     the type NEW') as string });
    answer = { status: 400, body: { code: 'list-malformed', detail: 'line 3: unclosed' } };
    expect(await run('screening', 'update', file, '--list', 'ofac')).toMatchObject({ code: 1, err: expect.stringContaining('the version before stays in force: line 3: unclosed') as string });
  });

  it('ends with 2 for a list or file that is none, and with 3 when nobody answers', async () => {
    expect((await run('screening', 'update', file, '--list', 'gazette')).code).toBe(2);
    expect((await run('screening', 'update', join(folder, 'absent'), '--list', 'text')).code).toBe(2);
    expect((await run('screening', 'update', file, '--list', 'ofac', '--url', 'http://127.0.0.1:1')).code).toBe(3);
  });
});

import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT } from '../exit-codes.js';
import { runCommand } from '../program.js';

const MESSAGE = ['--source', 'urn:qazyna:agency:afm', '--id', 'fact-1', '--type', 'qazyna.seizure.fact.v1'];
const NAMES = ['--publisher', 'afm', '--key', '2026-1'];

describe('qazyna sign', () => {
  let folder: string;
  let body: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'qazyna-sign-'));
    body = join(folder, 'fact.json');
    writeFileSync(body, '{ "note": "дело" }');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const run = async (...argv: string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> => {
    const said = { out: '', err: '' };
    const code = await runCommand(['sign', ...argv], { env: {}, isInteractive: false, signal: new AbortController().signal, out: (text) => void (said.out += text), err: (text) => void (said.err += text) });
    return { code, ...said };
  };
  const keygen = (...more: string[]): ReturnType<typeof run> => run('keygen', ...NAMES, '--out', folder, ...more);
  const file = (name: string): string => join(folder, `afm.2026-1.${name}.pem`);
  const signed = async (...more: string[]): Promise<string> => (await run('message', body, ...NAMES, ...MESSAGE, '--private-key', file('private'), ...more)).out.trim();
  const verify = (signature: string, ...more: string[]): ReturnType<typeof run> => run('verify', body, ...MESSAGE, '--public-key', file('public'), '--signature', signature, ...more);

  it('makes a key pair that only its owner reads, and prints what is to be registered', async () => {
    const { code, out, err } = await keygen('--valid-from', '2026-03-01T00:00:00Z', '--days', '10');
    expect(code).toBe(EXIT.clean);
    expect(statSync(file('private')).mode & 0o777).toBe(0o600);
    expect(readFileSync(file('private'), 'utf8')).toMatch(/^-----BEGIN PRIVATE KEY-----/);
    expect(JSON.parse(out)).toEqual({ keyId: '2026-1', publicKey: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/) as string, validFrom: '2026-03-01T00:00:00Z', validUntil: '2026-03-11T00:00:00.000Z' });
    expect(err).toContain('/v1/publishers/afm/keys');
    expect(out + err).not.toContain('PRIVATE');
  });

  it('never writes over a key', async () => {
    await keygen();
    const first = readFileSync(file('private'));
    expect((await keygen()).code).toBe(EXIT.usage);
    expect(readFileSync(file('private'))).toEqual(first);
  });

  it('signs a body, and checks the signature, by PEM and by the registered text', async () => {
    const { out } = await keygen();
    const signature = await signed();
    expect(await verify(signature)).toMatchObject({ code: EXIT.clean, out: expect.stringContaining('the signature holds: afm/2026-1') as string });
    expect((await verify(signature, '--public-key', (JSON.parse(out) as { publicKey: string }).publicKey)).code).toBe(EXIT.clean);
  });

  it('says in JSON what it says in words', async () => {
    const made = JSON.parse((await keygen('--json')).out) as { privateFile: string; path: string };
    expect(made).toMatchObject({ privateFile: file('private'), path: '/v1/publishers/afm/keys' });
    const { signature } = JSON.parse(await signed('--json')) as { signature: string };
    expect(JSON.parse((await verify(signature, '--json')).out)).toMatchObject({ ok: true, publisher: 'afm', key: '2026-1' });
    expect(JSON.parse((await verify('nonsense', '--json')).out)).toMatchObject({ ok: false, code: 'signature-malformed' });
  });

  it('ends with 1 where a signature does not hold, and says why', async () => {
    await keygen();
    const signature = await signed();
    expect(await verify(signature, '--id', 'fact-2')).toMatchObject({ code: EXIT.findings, err: expect.stringContaining('signature-other-message') as string });
    writeFileSync(body, '{ "note": "дело" }\n');
    expect(await verify(signature)).toMatchObject({ code: EXIT.findings, err: expect.stringContaining('signature-invalid') as string });
  });

  it.each([
    ['a name that is none', ['keygen', '--publisher', 'AFM', '--key', '1']],
    ['a time that is none', ['keygen', ...NAMES, '--valid-from', 'today']],
    ['a key for ever', ['keygen', ...NAMES, '--days', '9999']],
    ['no key', ['message', 'x', ...NAMES, ...MESSAGE]],
    ['an unknown command', ['seal']],
  ])('refuses %s', async (_, argv) => {
    expect((await run(...argv)).code).toBe(EXIT.usage);
    expect(existsSync(file('private'))).toBe(false);
  });

  it('tells a file that is not there from a key that is none', async () => {
    await keygen();
    expect((await run('message', join(folder, 'absent'), ...NAMES, ...MESSAGE, '--private-key', file('private'))).code).toBe(EXIT.unreachable);
    chmodSync(body, 0o600);
    expect(await run('message', body, ...NAMES, ...MESSAGE, '--private-key', body)).toMatchObject({ code: EXIT.usage, err: expect.stringContaining('PKCS#8') as string });
  });
});

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { generateKeyPair, parseSignature, publicKeyOf, verify } from '@qazyna/signing';
import fc from 'fast-check';
import { runCommand } from '../program.js';
import { registerImportCommands } from './import.command.js';
import { piecesOf } from './pieces.js';

interface Asked {
  readonly url: URL;
  readonly contentType: string | undefined;
  readonly token: string | undefined;
  readonly signature: string | undefined;
  readonly source: string | undefined;
  readonly body: string;
}

describe('qazyna import', () => {
  let folder: string;
  let server: Server;
  let asked: Asked[];
  /** What becomes of the rows of a body. */
  let answer: (asked: Asked) => { status: number; body: object };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'qazyna-import-'));
    asked = [];
    answer = () => ({ status: 200, body: statement([{ row: 0, status: 'accepted', paymentId: '1' }]) });
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const one = { url: new URL(request.url ?? '', 'http://door'), contentType: request.headers['content-type'], token: request.headers.authorization, signature: request.headers['ce-signature'] as string | undefined, source: request.headers['ce-source'] as string | undefined, body: Buffer.concat(chunks).toString() };
        asked.push(one);
        const { status, body } = answer(one);
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    rmSync(folder, { recursive: true });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  function statement(results: readonly { readonly status: string; readonly [field: string]: unknown }[]): object {
    const summary: Record<string, number> = {};
    for (const { status } of results) summary[status] = (summary[status] ?? 0) + 1;
    return { statementId: 'p.a-00', sha256: '00', duplicate: false, dryRun: false, summary, doubts: [], results };
  }

  async function run(name: string, content: string, ...options: readonly string[]): Promise<{ code: number; out: string; err: string }> {
    const file = join(folder, name);
    writeFileSync(file, content);
    const said = { out: '', err: '' };
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const code = await runCommand(['import', file, '--pool', 'p', '--account', 'a', ...options], { env: { MINING_URL: url, OPERATOR_TOKEN: 'token' }, isInteractive: false, signal: new AbortController().signal, out: (text) => void (said.out += text), err: (text) => void (said.err += text) }, [registerImportCommands]);
    return { code, ...said };
  }

  it('asks what would become of the rows, and records nothing without --yes', async () => {
    const { code, out, err } = await run('s.json', '{}');
    expect([code, out.includes('1 rows: 1 accepted (dry run: nothing is recorded)'), err]).toEqual([0, true, 'nothing is recorded: repeat with --yes to hand it in\n']);
    expect(asked.map(({ url, token }) => [url.searchParams.get('dryRun'), token])).toEqual([['true', 'Bearer token']]);
  });

  it('signs each body for its account, bytes and format, and asks for all that this needs', async () => {
    const pair = generateKeyPair();
    const pem = join(folder, 'key.pem');
    writeFileSync(pem, pair.privateKey);
    const signing = ['--private-key', pem, '--publisher', 'via', '--key', 'k1', '--source', 'urn:via'];
    expect((await run('s.json', '{}', '--yes', ...signing)).code).toBe(0);
    for (const { signature, source, body } of asked) {
      const reading = parseSignature(signature ?? '');
      if (!reading.ok) throw new Error('no signature');
      expect([source, verify({ signature: reading.signature, body: Buffer.from(body), publicKey: publicKeyOf(pair.publicKeyText) })]).toEqual(['urn:via', true]);
      expect(reading.signature.attributes).toMatchObject({ source: 'urn:via', type: 'qazyna.mining.statement.v1', id: `p.a-${createHash('sha256').update(body).digest('hex')}-p` });
    }
    expect(asked).toHaveLength(2);
    expect((await run('s.json', '{}', '--publisher', 'via')).code).toBe(2);
  });

  it('hands in after the dry run, with the kind of file told from its name', async () => {
    expect((await run('s.csv', 'a,b\n1,2\n', '--yes', '--format', 'canonical')).code).toBe(0);
    expect(asked.map(({ url, contentType }) => [url.searchParams.get('dryRun'), url.searchParams.get('format'), contentType])).toEqual([['true', 'canonical', 'text/csv'], ['false', 'canonical', 'text/csv']]);
  });

  it('shows what a person should look at with its line, and ends with 1', async () => {
    const results = [
      { row: 0, line: 2, status: 'accepted', paymentId: '1' },
      { row: 1, line: 3, status: 'held', paymentId: '2', reasons: [{ code: 'txid-malformed', message: 'too short' }] },
      { row: 2, line: 4, status: 'unreadable', code: 'row-time', field: 'rows.2.paidAt', message: 'must be a \u001b[31mtime' },
    ];
    answer = () => ({ status: 200, body: statement(results) });
    const { code, out } = await run('s.csv', 'a\n');
    expect(code).toBe(1);
    expect(out).toContain('line 3     held       2  txid-malformed: too short\n');
    expect(out).toContain('line 4     unreadable row-time (rows.2.paidAt): must be a \\u001b[31mtime\n');
    const json = await run('s.csv', 'a\n', '--json');
    expect([json.code, (JSON.parse(json.out) as { findings: unknown[]; summary: object })]).toMatchObject([1, { findings: [{ line: 3 }, { line: 4 }], summary: { held: 1 } }]);
  });

  it.each<[string, number, object, readonly string[], number]>([
    ['a file that is refused', 422, { code: 'statement-shape', detail: 'data must be a list' }, [], 1],
    ['a token that may not', 403, { code: 'forbidden', detail: 'not yours' }, [], 2],
    ['a service that fails', 500, { code: 'internal', detail: 'oops' }, [], 3],
    ['a kind of file nobody knows', 200, {}, ['--media', 'xml'], 2],
  ])('ends for %s', async (_name, status, body, options, code) => {
    answer = () => ({ status, body });
    expect((await run('s.json', '{}', ...options)).code).toBe(code);
  });

  it('hands a long file in by pieces and counts lines through', async () => {
    const lines = Array.from({ length: 30_000 }, (_, index) => `${index},"a ""quoted"" cell, with\na newline",${'x'.repeat(40)}`);
    answer = ({ body }) => ({ status: 200, body: statement(body.includes('\n29999,') ? [{ row: 0, line: 7, status: 'held' }] : []) });
    const { out } = await run('s.csv', `id,text,more\n${lines.join('\n')}\n`);
    expect(asked.length).toBeGreaterThan(1);
    expect(asked.every(({ body }) => body.startsWith('id,text,more\n') && body.length <= 1024 * 1024 + 200)).toBe(true);
    const before = asked.slice(0, -1).reduce((sum, { body }) => sum + body.split('\n').length - 2, 0);
    expect(out).toContain(`line ${before + 7} `);
  });
});

describe('the pieces of a file', () => {
  it('are the file again when put together, whatever stands in it', () => {
    const cell = fc.stringMatching(/^[a-z0-9]{0,8}$|^"[a-z,\n]{0,8}"$/);
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 3 }), { minLength: 1, maxLength: 40 }), fc.integer({ min: 10, max: 200 }), (rows, bytesMax) => {
        const header = 'a,b\n';
        const body = rows.map((row) => `${row.join(',')}\n`).join('');
        const pieces = piecesOf(new TextEncoder().encode(header + body), 'csv', bytesMax).map(({ bytes }) => new TextDecoder().decode(bytes));
        expect(pieces.every((piece) => piece.startsWith(header))).toBe(true);
        expect(pieces.map((piece) => piece.slice(header.length)).join('')).toBe(body);
      }),
    );
  });
});

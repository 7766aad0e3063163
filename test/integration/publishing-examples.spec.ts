import { generateKeyPair, parseSignature, publicKeyOf, verify } from '@qazyna/signing';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FOLDER = 'docs/examples/publishing';
const PAIR = generateKeyPair();
/** Spaces, an escape, letters of three alphabets, no line end: whoever parses and writes it again has another text. */
const BODY = Buffer.from('{ "agency" : "afm",\t"note": "\\u049b қазына — реестр №7", "amount": "0100" }', 'utf8');
const SOURCE = 'urn:qazyna:agency:afm';
const TYPE = 'qazyna.seizure.fact.v1';
const IDS = ['fact-1', 'дело "7" \\ қ'];

interface Example {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Answers where the runtime is there and new enough. */
  readonly probe: readonly string[];
}

const EXAMPLES: readonly Example[] = [
  { name: 'TypeScript, with the library', command: process.execPath, args: ['--conditions=@qazyna/source', '--import', '@swc-node/register/esm-register', `${FOLDER}/sign.ts`], probe: ['--version'] },
  { name: 'Python, with the package cryptography', command: 'python3', args: [`${FOLDER}/sign.py`], probe: ['-c', 'import cryptography'] },
  // Without its site-packages Python finds no package: it must do with openssl.
  { name: 'Python, with its standard library and openssl', command: 'python3', args: ['-S', `${FOLDER}/sign.py`], probe: ['-c', 'import subprocess; assert subprocess.check_output(["openssl", "version"]) >= b"OpenSSL 3"'] },
  { name: 'Java 17, without any dependency', command: 'java', args: [`${FOLDER}/Sign.java`], probe: ['--list-modules'] },
];

describe('a publisher\'s example in', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'qazyna-examples-'));
    writeFileSync(join(folder, 'key.pem'), PAIR.privateKey, { mode: 0o600 });
    writeFileSync(join(folder, 'body.json'), BODY);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  for (const { name, command, args, probe } of EXAMPLES) {
    const there = spawnSync(command, probe, { stdio: 'ignore', timeout: 30_000 }).status === 0;
    (there ? it : it.skip)(
      there ? `${name} signs what we verify` : `${name}: skipped, ${command} is not here or is missing a part`,
      () => {
        for (const id of IDS) {
          const run = spawnSync(command, [...args, join(folder, 'key.pem'), 'afm', '2026-1', SOURCE, id, TYPE, join(folder, 'body.json')], {
            encoding: 'utf8',
            timeout: 60_000,
            env: { ...process.env, SWC_NODE_PROJECT: 'tsconfig.base.json', LC_ALL: 'C.UTF-8', NODE_OPTIONS: '' },
          });
          expect(run.stderr).toBe('');
          const reading = parseSignature(run.stdout.trim());
          if (!reading.ok) throw new Error(reading.message);
          const { signature } = reading;
          expect(signature).toMatchObject({ keyId: { publisher: 'afm', key: '2026-1' }, attributes: { source: SOURCE, id, type: TYPE } });
          expect(Math.abs(signature.issuedAtMs - Date.now())).toBeLessThan(120_000);
          expect(verify({ signature, body: BODY, publicKey: publicKeyOf(PAIR.publicKeyText) })).toBe(true);
        }
      },
      120_000,
    );
  }
});

import { generateKeyPair, keyIdOf, type KeyId } from '@qazyna/signing';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Unreachable, UsageError } from '../exit-codes.js';

export interface WrittenKeys {
  readonly privateFile: string;
  readonly publicFile: string;
  readonly publicKey: string;
}

/** Makes a key pair. The private key is readable by its owner only, and no file is ever written over. @throws {UsageError | Unreachable} */
export function writeKeys(folder: string, keyId: KeyId): WrittenKeys {
  if (keyIdOf(keyId) === undefined) throw new UsageError('--publisher and --key must be short names in lower-case letters, digits and hyphens');
  const pair = generateKeyPair();
  const base = join(folder, `${keyId.publisher}.${keyId.key}`);
  const files = { privateFile: `${base}.private.pem`, publicFile: `${base}.public.pem` };
  reaching(folder, () => mkdirSync(folder, { recursive: true, mode: 0o700 }));
  writeNew(files.privateFile, pair.privateKey, 0o600);
  writeNew(files.publicFile, pair.publicKey, 0o644);
  return { ...files, publicKey: pair.publicKeyText };
}

/** The bytes of a file, or of standard input for `-`. @throws {Unreachable} */
export function readBytes(file: string): Buffer {
  return reaching(file, () => readFileSync(file === '-' ? 0 : file));
}

function writeNew(file: string, text: string, mode: number): void {
  reaching(file, () => {
    try {
      writeFileSync(file, text, { flag: 'wx', mode });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw new UsageError(`${file} is there already: a key is never written over`);
      throw error;
    }
  });
}

function reaching<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new Unreachable(`${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

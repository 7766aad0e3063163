import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '../config/settings.js';
import { jurisdictionOfData } from './jurisdiction-of-data.js';

describe('the state that a data folder is of', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'qazyna-state-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const under = (jurisdiction: string): string => jurisdictionOfData({ jurisdiction, dataDir: join(folder, 'data') }).code;

  it('is the one of its first start, and stays it', () => {
    expect([under('kz'), under('kz')]).toEqual(['kz', 'kz']);
    expect(() => under('sv')).toThrow(ConfigError);
    expect(() => under('sv')).toThrow('was begun under "kz"');
    expect(under('kz')).toBe('kz');
  });

  it('is written again where a crash left the file empty', () => {
    under('kz');
    writeFileSync(join(folder, 'data', 'jurisdiction'), '');
    expect([under('sv'), under('sv')]).toEqual(['sv', 'sv']);
  });
});

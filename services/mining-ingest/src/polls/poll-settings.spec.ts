import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadPolls, type PollSettings } from './poll-settings.source.js';

describe('the file of polls', () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'qazyna-polls-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const entry = { pool: 'viabtc', account: 'reserve-01', rows: 'payouts', url: 'https://pool.example', since: '2026-01-01', credentials: { token: { env: 'VIABTC_TOKEN' } } };
  function load(content: unknown, mode: 'sandbox' | 'production' = 'production'): readonly PollSettings[] {
    const poolPollsFile = join(folder, 'polls.json');
    writeFileSync(poolPollsFile, typeof content === 'string' ? content : JSON.stringify(content));
    return loadPolls({ poolPollsFile, mode }, { VIABTC_TOKEN: ' from-env ' });
  }

  it('is read with defaults, and secrets come from the environment or from files', () => {
    writeFileSync(join(folder, 'secret'), 'from-file\n');
    const [first, second] = load({ polls: [entry, { ...entry, pool: 'any', format: 'antpool', rows: 'earnings', everySeconds: 60, credentials: { userId: { env: 'VIABTC_TOKEN' }, key: { file: join(folder, 'secret') }, secret: { file: join(folder, 'secret') } } }] });
    expect(first).toEqual({ pollId: 'viabtc.reserve-01~payouts', pool: 'viabtc', account: 'reserve-01', format: 'viabtc', rows: 'payouts', url: 'https://pool.example', everyMs: 600_000, requestsPerMinute: 10, timeoutMs: 30_000, pageRows: 50, overlapDays: 7, since: '2026-01-01', credentials: { token: 'from-env' } });
    expect(second).toMatchObject({ pollId: 'any.reserve-01~earnings', format: 'antpool', everyMs: 60_000, credentials: { userId: 'from-env', key: 'from-file', secret: 'from-file' } });
  });

  it('is not needed', () => expect(loadPolls({ poolPollsFile: undefined, mode: 'production' }, {})).toEqual([]));

  it.each<[string, unknown, string]>([
    ['a secret written into it', { polls: [{ ...entry, credentials: { token: 'abc-secret' } }] }, 'a secret is named here, never written'],
    ['a secret that is nowhere', { polls: [{ ...entry, credentials: { token: { env: 'NOT_THERE' } } }] }, 'the variable NOT_THERE is not set'],
    ['a secret file that is not there', { polls: [{ ...entry, credentials: { token: { file: '/nowhere/at/all' } } }] }, 'the file is empty or cannot be read'],
    ['a credential nobody asked for', { polls: [{ ...entry, credentials: { ...entry.credentials, password: { env: 'VIABTC_TOKEN' } } }] }, 'credentials.password is not known'],
    ['a pool whose interface nobody knows', { polls: [{ ...entry, pool: 'other' }] }, 'format must be one of'],
    ['rows the pool does not list', { polls: [{ ...entry, pool: 'braiins', rows: 'earnings' }] }, 'braiins has no earnings to pull'],
    ['an address in the clear, in production', { polls: [{ ...entry, url: 'http://pool.example' }] }, 'url must be https in production'],
    ['credentials in the address', { polls: [{ ...entry, url: 'https://me:pw@pool.example' }] }, 'url must hold no credentials'],
    ['the same poll twice', { polls: [entry, entry] }, 'viabtc.reserve-01~payouts is there twice'],
    ['a day that is none', { polls: [{ ...entry, since: '2026-13-01' }] }, 'since must be a day'],
    ['a setting nobody knows', { polls: [{ ...entry, every: 5 }] }, 'every is not a known field'],
    ['no list', { polls: 'all' }, 'must be {"polls": [...]}'],
    ['no JSON', '{', 'is not JSON'],
  ])('stops the start with %s, and never shows a secret', (_name, content, rule) => {
    let said = '';
    try {
      load(content);
    } catch (error) {
      said = (error as Error).message;
    }
    expect(said).toContain(rule);
    expect(said).not.toMatch(/abc-secret|from-env|me:pw/);
  });

  it('names every fault at once', () => {
    expect(() => load({ polls: [{ ...entry, rows: 'all' }, { ...entry, url: 'ftp://x' }] })).toThrow(expect.objectContaining({ problems: [expect.objectContaining({ name: 'QAZYNA_POOL_POLLS_FILE' }), expect.objectContaining({ rule: expect.stringContaining('url') as string })] }) as Error);
  });
});

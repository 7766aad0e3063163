import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InMemoryCheckpoints, SqliteEventStore, type EventStore } from '@qazyna/event-store';
import { EmbeddedBus } from '@qazyna/messaging';
import { runService, type ReadModelHost, type RunningService } from '@qazyna/service-kit';
import { REPORTING_READ_MODEL } from './read-model.token.js';
import { REPORTING_SERVICE } from './reporting.module.js';
import { ASSET, DEPOSIT, HOSTILE, MINED, PAYOUT, record, STORY, TXID } from './spec-support/told-story.js';

interface Asked {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

describe('reporting over HTTP', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'qazyna-reporting-http-'));
  const revisions = new Map<string, bigint>();
  let store: EventStore;
  let service: RunningService;

  beforeAll(async () => {
    store = SqliteEventStore.open({ file: ':memory:' });
    await record(store, STORY, revisions);
    service = await runService({
      ...REPORTING_SERVICE,
      standalone: true,
      usesChain: false,
      signals: false,
      env: { QAZYNA_MODE: 'sandbox', QAZYNA_DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'silent' },
      parts: { store, bus: EmbeddedBus.open({ file: ':memory:' }), checkpoints: new InMemoryCheckpoints() },
    });
    await shown();
  });
  afterAll(async () => {
    await service?.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  async function shown(): Promise<void> {
    const head = await store.head();
    if (head !== undefined) await service.app.get<ReadModelHost>(REPORTING_READ_MODEL).caughtUpTo(head, 5000);
  }
  async function ask(path: string, headers: Record<string, string> = {}): Promise<Asked> {
    const answer = await fetch(new URL(path, service.url), { headers });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  }
  const PUBLIC = ['/', '/v1/holdings', `/v1/trace/payout/${PAYOUT.mined}`, `/trace/payout/${PAYOUT.mined}`];

  it.each(PUBLIC)('answers %s to anyone, and a second time with an empty 304', async (path) => {
    const first = await ask(path);
    expect(first.status).toBe(200);
    expect(first.headers.get('cache-control')).toBe('public, max-age=5');
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[\w-]{43}"$/);
    for (const names of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await ask(path, { 'if-none-match': names });
      expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', etag]);
    }
    expect((await ask(path, { 'if-none-match': '"other"' })).status).toBe(200);
  });

  it('answers as of a time to anyone, by the same filters', async () => {
    const now = new Date().toISOString();
    const [then, current] = await Promise.all([`/v1/holdings?class=reserve&at=${now}`, '/v1/holdings?class=reserve'].map(async (path) => JSON.parse((await ask(path)).text) as { asOf: object; figures: { classes: object[] } }));
    expect(then?.figures).toEqual(current?.figures);
    expect(then?.figures.classes).toHaveLength(1);
    expect(then?.asOf).toEqual({ ...current?.asOf, at: now, logPosition: null });
    expect(current?.asOf).not.toHaveProperty('at');
  });

  it('sends JSON as JSON.stringify writes it', async () => {
    const { text, headers } = await ask('/v1/holdings');
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(text).toBe(JSON.stringify(JSON.parse(text)));
    expect(text).toContain(`"baseUnits":"${MINED}"`);
  });

  it.each([
    ['?class=reserve', [['reserve', 1]]],
    [`?asset=${encodeURIComponent(ASSET)}`, [['reserve', 1], ['held-in-trust', 1], ['operational', 0]]],
    ['?class=held-in-trust&asset=eip155:1%2Fslip44:60', [['held-in-trust', 0]]],
  ])('filters holdings by %s', async (query, expected) => {
    const { figures } = JSON.parse((await ask(`/v1/holdings${query}`)).text) as { figures: { classes: { class: string; assets: unknown[] }[] } };
    expect(figures.classes.map((row) => [row.class, row.assets.length])).toEqual(expected);
  });

  it.each([
    ['/v1/holdings?class=treasury', 400, 'validation-failed'],
    ['/v1/holdings?asset=BTC', 400, 'validation-failed'],
    ['/v1/holdings?at=yesterday', 400, 'validation-failed'],
    ['/v1/holdings?at=2026-02-30T00:00:00Z', 400, 'validation-failed'],
    ['/v1/holdings?at=2999-01-01T00:00:00Z', 400, 'as-of-unknown'],
    ['/v1/holdings?at=2009-01-03T18:15:05Z', 400, 'as-of-unknown'],
    ['/v1/holdings?atBlockHeight=999999', 400, 'validation-failed'],
    ['/v1/trace/person/1', 400, 'validation-failed'],
    ['/v1/trace/case/a%20b', 400, 'validation-failed'],
    [`/v1/trace/case/${'a'.repeat(201)}`, 400, 'validation-failed'],
    ['/v1/trace/case/afm.9', 404, 'not-found'],
    ['/trace/case/afm.9', 404, 'not-found'],
    ['/v1/conflicts', 401, 'unauthenticated'],
  ])('answers %s with %i %s', async (path, status, code) => {
    const answer = await ask(path);
    expect([answer.status, (JSON.parse(answer.text) as { code: string }).code]).toEqual([status, code]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it.each(['/', '/trace/case/afm.2'])('allows the page %s nothing but its own style', async (path) => {
    const { headers, text } = await ask(path);
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/]+='; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(text).not.toMatch(/<script|<link|<img|\sstyle=|\son\w+=/i);
  });

  it('traces a case on a page that shows a hostile reference as text', async () => {
    const { text } = await ask('/trace/case/afm.2');
    expect(text).not.toContain(HOSTILE);
    expect(text).toContain('&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;');
    for (const link of [`/trace/txid/${TXID.forfeited}`, '/trace/entry/2', '/trace/entry/4', '/v1/trace/case/afm.2']) expect(text).toContain(`href="${link}"`);
  });

  it('links the public page to pages that exist', async () => {
    const pages = [(await ask('/')).text, (await ask(`/trace/payout/${PAYOUT.mined}`)).text].flatMap((text) => [...text.matchAll(/href="([^"]+)"/g)].map(([, link]) => link ?? ''));
    // The journal is custody's.
    const own = [...new Set(pages)].filter((link) => !link.startsWith('/v1/journal'));
    expect(own).toEqual(expect.arrayContaining(['/v1/holdings', '/trace/entry/0', '/trace/case/afm.1', `/trace/txid/${TXID.mined}`]));
    for (const link of own) expect([link, (await ask(link.replaceAll('&amp;', '&'))).status]).toEqual([link, 200]);
  });

  // Last: nothing is right again afterwards.
  it('withholds the figures, and says so to its watchers, when the journal contradicts itself', async () => {
    expect((await ask('/metrics')).text).toMatch(/qazyna_figures_withheld\{[^}]*\} 0/);
    const wrong = { entryId: 'b8a7c6d5-0000-5000-8000-000000000001', kind: 'deposit', effectiveAt: '2026-03-10T00:00:00.000Z', cause: 'x', depositId: DEPOSIT.mined, postings: [{ account: 'reserve:vault:R', asset: ASSET, amount: '1' }] };
    await record(store, [{ stream: 'journal', type: 'custody.journal-entry-posted', data: wrong, after: [] }], revisions);
    await shown();
    for (const path of ['/', '/v1/holdings']) {
      const { status, text, headers } = await ask(path);
      expect([status, (JSON.parse(text) as { code: string; detail: string }).code, headers.get('cache-control')]).toEqual([500, 'figures-contradict', 'no-store']);
      expect(text).toContain('INV-01');
      expect(text).not.toContain(MINED);
    }
    expect((await ask('/metrics')).text).toMatch(/qazyna_figures_withheld\{[^}]*\} 1/);
  });
});

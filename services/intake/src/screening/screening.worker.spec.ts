import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { SqliteEventStore, systemClock } from '@qazyna/event-store';
import { createLogger, loadPlatformConfig, ReadModelHost } from '@qazyna/service-kit';
import { ListsService } from './lists.service.js';
import { ScreeningList, type ShownSubject } from './screening.query.js';
import { screeningReadModel } from './screening.read-model.js';
import { ScreeningService } from './screening.service.js';
import { ScreeningWorker } from './screening.worker.js';

const SUBJECT = `deposit.${'ab'.repeat(32)}.0`;
const ADDRESS = { address: '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa', chain: 'bitcoin' as const };
const PATIENCE_MS = 8_000;
const metadata = { actor: { subject: 'spec', organisation: 'spec' }, correlationId: 'spec' };

/** Intake's screening on a store of its own; `again` is what a crash and a start are. */
class Screening {
  readonly folder = mkdtempSync(join(tmpdir(), 'qazyna-screening-'));
  private readonly store = SqliteEventStore.open({ file: join(this.folder, 'events.sqlite') });
  private model!: ReadModelHost;
  private worker!: ScreeningWorker;
  lists!: ListsService;
  service!: ScreeningService;

  constructor(private readonly env: Readonly<Record<string, string>>) {
    this.again();
  }

  again(options: { readonly works?: boolean } = {}): void {
    const { config } = loadPlatformConfig({ LOG_LEVEL: 'silent', ...this.env }, { standalone: true, usesChain: false });
    const logger = createLogger({ service: 'spec', level: 'silent', pretty: false });
    this.model = ReadModelHost.open(screeningReadModel, { dataDir: this.folder, store: this.store, logger, clock: systemClock });
    this.lists = new ListsService(this.store);
    this.service = new ScreeningService(this.store, this.lists, systemClock, config);
    this.worker = new ScreeningWorker({ model: this.model, lists: this.lists, screening: this.service, logger, idleMs: 5, retryMs: 20 });
    this.model.start();
    if (options.works !== false) this.worker.start();
  }

  async stop(): Promise<void> {
    await this.worker.stop();
    await this.model.close();
  }

  async remove(): Promise<void> {
    await this.stop();
    await this.store.close();
    rmSync(this.folder, { recursive: true });
  }

  request(subjectId = SUBJECT): Promise<void> {
    return this.service.request({ subjectId, addresses: [ADDRESS], unknownSources: 0 }, `message ${subjectId}`, 'spec');
  }

  async update(...lines: readonly string[]): Promise<void> {
    const outcome = await this.lists.update({ list: 'own', format: 'text', bytes: new TextEncoder().encode(lines.join('\n')), mayShrink: true, dryRun: false }, metadata);
    expect(outcome).toMatchObject({ status: 'updated' });
  }

  async until(wanted: (found: ShownSubject) => boolean, subjectId = SUBJECT): Promise<ShownSubject> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const found = new ScreeningList(this.model).one(subjectId);
      if (found !== undefined && wanted(found)) return found;
      if (performance.now() > deadline) throw new Error(`not in time: ${JSON.stringify(found)}`);
      await wait(10);
    }
  }
}

describe('screening, at work', () => {
  let screening: Screening;
  let vendor: Server | undefined;
  afterEach(async () => {
    await screening.remove();
    vendor?.closeAllConnections();
    vendor?.close();
    vendor = undefined;
  });

  it('screens what was asked for before a crash, with the lists of before it', async () => {
    screening = new Screening({ QAZYNA_SCREENING: 'lists' });
    await screening.update(ADDRESS.address);
    await screening.stop();
    screening.again({ works: false });
    await screening.request();
    await screening.until(({ standing }) => standing === 'waiting');
    await screening.stop();
    screening.again();
    const found = await screening.until(({ standing }) => standing === 'held');
    expect(found).toMatchObject({ reasons: ['listed'], lists: [{ list: 'own' }], results: [{ provider: 'list:own', level: 'listed' }] });
  });

  it('compares with a list that changed while nobody worked', async () => {
    screening = new Screening({ QAZYNA_SCREENING: 'lists' });
    await screening.update('somebody');
    await screening.request();
    await screening.until(({ standing }) => standing === 'clear');
    await screening.stop();
    screening.again({ works: false });
    await screening.update(ADDRESS.address);
    await screening.stop();
    screening.again();
    await screening.until(({ standing }) => standing === 'held');
  });

  it('clears what a list names no more, and leaves what officers released when another version says the same', async () => {
    screening = new Screening({ QAZYNA_SCREENING: 'lists' });
    await screening.update(ADDRESS.address);
    await screening.request();
    const { basis } = await screening.until(({ standing }) => standing === 'held');
    for (const officer of ['a', 'b']) expect(await screening.service.decide({ subjectId: SUBJECT, officer, decision: 'release', reason: 'looked at in full', basis: basis ?? '' }, metadata)).not.toHaveProperty('refusal');
    await screening.until(({ standing }) => standing === 'released');
    await screening.request(`case.afm.1`);
    await screening.update(ADDRESS.address, 'somebody');
    await screening.until(({ standing }) => standing === 'held', 'case.afm.1');
    expect(await screening.until(() => true)).toMatchObject({ standing: 'released', basis });
    await screening.update('somebody');
    await screening.until(({ standing }) => standing === 'clear', 'case.afm.1');
    await screening.until(({ standing }) => standing === 'clear');
  });

  it('takes every later word of officers, though each says what was said before under one correlation', async () => {
    screening = new Screening({ QAZYNA_SCREENING: 'lists' });
    await screening.update(ADDRESS.address);
    await screening.request();
    const { basis } = await screening.until(({ standing }) => standing === 'held');
    const say = async (officer: string, decision: 'keep' | 'return' | 'release'): Promise<unknown> => {
      const outcome = await screening.service.decide({ subjectId: SUBJECT, officer, decision, reason: 'looked at in full', basis: basis ?? '' }, metadata);
      return 'refusal' in outcome ? outcome.refusal.code : outcome.standing;
    };
    expect([await say('a', 'keep'), await say('a', 'release'), await say('b', 'keep')]).toEqual(['held', 'same-officer', 'kept']);
    expect([await say('a', 'return'), await say('b', 'return')]).toEqual(['kept', 'to-return']);
    expect([await say('a', 'keep'), await say('b', 'keep')]).toEqual(['to-return', 'kept']);
    expect([await say('b', 'return'), await say('c', 'return')]).toEqual(['kept', 'to-return']);
    expect([await say('a', 'release'), await say('b', 'release'), await say('c', 'keep')]).toEqual(['to-return', 'released', 'screening-already-decided']);
  });

  it('holds while a vendor is away, and while it looks, and passes when it has looked (INV-41)', async () => {
    let answer: { status: number; body: object } = { status: 503, body: {} };
    vendor = createServer((request, response) => {
      request.resume();
      response.writeHead(answer.status, { 'content-type': 'application/json', 'retry-after': '0' }).end(JSON.stringify(answer.body));
    });
    await new Promise<void>((resolve) => vendor?.listen(0, '127.0.0.1', resolve));
    screening = new Screening({ QAZYNA_SCREENING: 'vendor', QAZYNA_SCREENING_VENDOR_URL: `http://127.0.0.1:${(vendor.address() as AddressInfo).port}` });
    await screening.request();
    await screening.until(({ standing, reasons }) => standing === 'held' && reasons[0] === 'provider-unavailable');
    answer = { status: 200, body: { requestId: 'r', status: 'complete', level: 'Low', listVersion: '3' } };
    expect(await screening.until(({ standing }) => standing === 'clear')).toMatchObject({ results: [{ provider: 'vendor', status: 'complete', level: 'Low', listVersion: '3' }] });
  });
});

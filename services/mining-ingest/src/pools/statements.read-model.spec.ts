import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { systemClock } from '@qazyna/event-store';
import { createLogger, ReadModelHost } from '@qazyna/service-kit';
import { MiningDesk, SPEC_METADATA } from '../spec-support/mining-desk.js';
import { BTCPOOL_PAYMENTS, STATUTORY_CSV, VIABTC_CSV } from '../spec-support/statement-samples.js';
import type { StatementMedia } from './statement.js';
import { StatementList } from './statements.query.js';
import { statementsReadModel } from './statements.read-model.js';
import { StatutoryEntryList } from './statutory-entries.query.js';

/** Every wait has a bound of its own; this one is for a busy machine. */
jest.setTimeout(30_000);

describe('the lists of statements and statutory entries', () => {
  it('show what came, by pool, account and time, and are rebuilt from the streams', async () => {
    const desk = await MiningDesk.open('btcpool-kz', 'viabtc');
    const folder = mkdtempSync(join(tmpdir(), 'qazyna-lists-'));
    const hand = async (pool: string, text: string, media: StatementMedia, format = pool): Promise<void> =>
      void (await desk.statements.receive({ pool, account: 'reserve-01', format, media, raw: new TextEncoder().encode(text), broughtBy: 'upload' }, SPEC_METADATA));
    await hand('btcpool-kz', BTCPOOL_PAYMENTS, 'json');
    await hand('viabtc', VIABTC_CSV, 'csv');
    await hand('viabtc', STATUTORY_CSV, 'csv', 'statutory');

    const host = ReadModelHost.open(statementsReadModel, { dataDir: folder, store: desk.store, clock: systemClock, logger: createLogger({ service: 'spec', level: 'silent', pretty: false }) });
    try {
      host.start();
      let last = undefined as Parameters<typeof host.caughtUpTo>[0] | undefined;
      for (const { position } of await desk.events('statement-', 'statutory-')) last = position;
      if (last !== undefined) await host.caughtUpTo(last, 20_000);
      const list = new StatementList(host);
      expect(list.page({}, undefined, 10).map(({ pool, format, rows, unreadable, redacted }) => [pool, format, rows, unreadable.length, redacted])).toEqual([
        ['btcpool-kz', 'btcpool-kz', 2, 0, false],
        ['viabtc', 'viabtc', 3, 2, false],
        ['viabtc', 'statutory', 2, 0, true],
      ]);
      const [first, second] = list.page({}, undefined, 2);
      expect(list.page({ pool: 'viabtc', account: 'reserve-01' }, second?.sequence, 10).map(({ format }) => format)).toEqual(['statutory']);
      expect(list.page({ to: first?.receivedAt ?? '' }, undefined, 10)).toEqual([]);
      expect(list.one(first?.statementId ?? '')).toMatchObject({ counts: { payouts: 2 }, bytes: BTCPOOL_PAYMENTS.length });

      const entries = new StatutoryEntryList(host);
      expect(entries.page({ licence: 'KZ-CM-0001' }, undefined, 10)).toMatchObject([{ feedSequence: '2026-000123', taxpayer: 'bin:060140000122', amount: '149377' }]);
      expect(entries.page({ from: '2026-03-01T10:00:00Z', to: '2026-03-01T10:00:00.001Z' }, undefined, 10)).toHaveLength(2);
      expect(entries.page({ from: '2026-03-01T10:00:00.001Z' }, undefined, 10)).toEqual([]);
    } finally {
      await host.close();
      await desk.end();
      rmSync(folder, { recursive: true });
    }
  });
});

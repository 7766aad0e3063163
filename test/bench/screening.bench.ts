import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { streamOf } from '@qazyna/contracts';
import { SqliteEventStore, type NewEvent } from '@qazyna/event-store';
import { INTAKE_SERVICE } from '@qazyna/intake';
import { runService } from '@qazyna/service-kit';
import { ask, until } from '../system/caller.js';
import type { Bench, BenchOutcome, BenchSession, Figure } from './bench.js';
import { whole } from './measuring.js';

const KNOWN = 100_000;
const KNOWN_QUICK = 5_000;
/** Of the new version's entries, one in a hundred is known. */
const HITS_IN = 100;
const PATIENCE_MS = 300_000;
const metadata = { schemaVersion: 1, actor: { subject: 'bench', organisation: 'bench' }, correlationId: 'bench' };

export const screeningBench: Bench = {
  name: 'screening',
  title: 'everything known compared with a new list',
  run: measure,
};

async function measure(session: BenchSession): Promise<BenchOutcome> {
  const known = session.quick ? KNOWN_QUICK : KNOWN;
  const store = SqliteEventStore.open({ file: join(session.folder, 'events.sqlite') });
  const service = await runService({
    ...INTAKE_SERVICE, standalone: true, signals: false, env: { PORT: '0', QAZYNA_DATA_DIR: session.folder, LOG_LEVEL: 'silent', QAZYNA_SCREENING: 'lists' }, parts: { store },
  });
  const { url } = service;
  const history = async (): Promise<{ detail: { addresses: number; changed: number; contentSha256: string } }[]> =>
    (await ask<{ items: { detail: { addresses: number; changed: number; contentSha256: string } }[] }>(url, '/v1/screening/lists/history?kind=rescreened&limit=1', { role: 'compliance-officer' })).items;
  const upload = (lines: readonly string[]): Promise<{ contentSha256: string }> =>
    ask(url, '/v1/screening/lists?list=bench&format=text', { role: 'compliance-officer', body: lines.join('\n'), headers: { 'content-type': 'text/plain' } });
  try {
    const first = await upload(['nobody']);
    await until('the first comparison', history, (items) => items[0]?.detail.contentSha256 === first.contentSha256, PATIENCE_MS);
    session.progress(`writing ${whole(known)} deposits with a source each`);
    for (let from = 0; from < known; from += 500) await Promise.all(Array.from({ length: Math.min(500, known - from) }, (_, index) => request(store, from + index)));
    const screened = performance.now();
    await until('everything is screened', () => count(url), (waiting) => waiting === 0, PATIENCE_MS);
    const screenedS = (performance.now() - screened) / 1_000;
    const started = performance.now();
    const { contentSha256 } = await upload(Array.from({ length: known }, (_, index) => (index % HITS_IN === 0 ? addressOf(index) : addressOf(known + index))));
    const uploadedS = (performance.now() - started) / 1_000;
    const [done] = await until('the comparison', history, (items) => items[0]?.detail.contentSha256 === contentSha256, PATIENCE_MS);
    const seconds = (performance.now() - started) / 1_000;
    session.progress(`${whole(known)} addresses, ${done?.detail.changed ?? 0} newly held: ${seconds.toFixed(1)} s, of which ${uploadedS.toFixed(1)} s to read the list`);
    const figures: Figure[] = [
      { name: `${whole(done?.detail.addresses ?? 0)} known addresses × a list of ${whole(known)}, from the upload to the last event`, value: seconds, unit: 's' },
      { name: 'of which until the new version is in force', value: uploadedS, unit: 's' },
      { name: 'deposits newly held by it', value: done?.detail.changed ?? 0, unit: '' },
      { name: `first screening of ${whole(known)} deposits, after they were asked for`, value: screenedS, unit: 's' },
    ];
    return { kind: 'measured', contests: [], figures };
  } finally {
    await service.close();
  }
}

function addressOf(index: number): string {
  return `0x${createHash('sha256').update(String(index)).digest('hex').slice(0, 40)}`;
}

async function request(store: SqliteEventStore, index: number): Promise<void> {
  const subjectId = `deposit.${createHash('sha256').update(`deposit ${index}`).digest('hex')}.0`;
  const event: NewEvent = {
    id: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    type: 'intake.screening-requested',
    data: { subjectId, addresses: [{ address: addressOf(index), chain: 'evm' }], unknownSources: 0 },
    metadata,
  };
  await store.append(streamOf.screeningSubject(subjectId), 'no-stream', [event]);
}

async function count(url: string): Promise<number> {
  const { items } = await ask<{ items: unknown[] }>(url, '/v1/screening/hits?standing=waiting&limit=1', { role: 'compliance-officer' });
  return items.length;
}

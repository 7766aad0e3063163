import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { caseIdOf, streamOf, type SeizureAct, type SeizureFact } from '@qazyna/contracts';
import { DelegatingEventStore, SqliteEventStore, StoreTimeout, StoreUnavailable, systemClock, type AppendResult, type EventStore, type ExpectedRevision, type NewEvent } from '@qazyna/event-store';
import { loadJurisdiction } from '@qazyna/jurisdiction';
import { createLogger, ReadModelHost } from '@qazyna/service-kit';
import { casesReadModel } from './cases.read-model.js';
import { RestrictionClock } from './restriction-clock.worker.js';
import { SeizuresService, type FactResult, type PublishedFact } from './seizures.service.js';

const ASSETS = 600;
const CASE = caseIdOf('afm', '257100031/00142');
const METADATA = { actor: { subject: 'spec', organisation: 'spec' }, correlationId: 'spec' };
const asset = (n: number): NonNullable<SeizureFact['assets']>[number] => ({ assetId: `a-${String(n)}`, asset: 'bip122:0f9188f13cb7b2c71f2a335e3a4fc328/slip44:1', amount: '1000', location: { kind: 'device', reference: `evidence-${String(n)}` } });
const ROAD: readonly SeizureAct[] = ['reported', 'arrest', 'confiscation-order', 'finality', 'state-property-decision'];

function published(act: SeizureAct, more: Partial<SeizureFact> = {}): PublishedFact {
  const effectiveAt = new Date(Date.UTC(2026, 2, 1 + ROAD.indexOf(act))).toISOString();
  const document = { reference: 'СУ-2026/118', authority: 'court-astana', sha256: 'ab'.repeat(32) };
  const assets = act === 'reported' ? { assets: Array.from({ length: ASSETS }, (_, n) => asset(n)) } : {};
  return { source: 'urn:afm', id: act, way: 'http', metadata: METADATA, fact: { agency: 'afm', caseNumber: '257100031/00142', act, document, actAt: effectiveAt, effectiveAt, ...assets, ...more } };
}

/** Fails at one append to the case, before or after it is applied. */
class FaultyStore extends DelegatingEventStore {
  appends = 0;
  failing: { readonly at: number; readonly applied: boolean; readonly error: Error; readonly for: number } | undefined;

  override async append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult> {
    if (stream !== streamOf.case(CASE)) return super.append(stream, expected, events);
    const { failing } = this;
    this.appends += 1;
    const fails = failing !== undefined && this.appends >= failing.at && this.appends < failing.at + failing.for;
    if (fails && !failing.applied) throw failing.error;
    const result = await super.append(stream, expected, events);
    if (fails) throw failing.error;
    return result;
  }
}

async function told(store: EventStore): Promise<string[]> {
  const events: string[] = [];
  for await (const page of store.readStream(streamOf.case(CASE))) for (const { type, data } of page) if (!/outstanding|act-/.test(type)) events.push(`${type} ${JSON.stringify(data)}`);
  return events;
}

describe('an act over more assets than one append holds', () => {
  let folder: string;
  let inner: SqliteEventStore;
  let store: FaultyStore;
  let seizures: SeizuresService;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'qazyna-case-parts-'));
    inner = SqliteEventStore.open({ file: ':memory:' });
    store = new FaultyStore(inner);
    seizures = new SeizuresService(store, loadJurisdiction('kz'));
  });
  afterEach(async () => {
    await inner.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const road = async (until: SeizureAct): Promise<void> => {
    for (const act of ROAD.slice(0, ROAD.indexOf(until) + 1)) expect(await seizures.receive(published(act))).toMatchObject({ status: 'accepted' });
  };
  /** The same road with nothing in its way. */
  const undisturbed = async (until: SeizureAct): Promise<string[]> => {
    const other = SqliteEventStore.open({ file: ':memory:' });
    const service = new SeizuresService(other, loadJurisdiction('kz'));
    for (const act of ROAD.slice(0, ROAD.indexOf(until) + 1)) await service.receive(published(act));
    const events = await told(other);
    await other.close();
    return events;
  };

  it('is carried out whole, each asset told once', async () => {
    await road('state-property-decision');
    const events = await told(inner);
    expect(events.filter((event) => event.startsWith('intake.asset-became-state-property '))).toHaveLength(ASSETS);
    expect(new Set(events).size).toBe(events.length);
    expect(await seizures.receive(published('state-property-decision'))).toMatchObject({ status: 'duplicate', legalStatus: 'state-property' });
  });

  const stopsOf = (applied: boolean): [string, boolean, Error][] => [
    ['is refused', applied, new StoreUnavailable('away')],
    ['times out', applied, new StoreTimeout('no answer')],
  ];
  it.each([...stopsOf(false), ...stopsOf(true)])('goes on wherever an append %s (applied all the same: %s)', async (_what, applied, error) => {
    await road('finality');
    const expected = await undisturbed('state-property-decision');
    for (let at = 1; ; at++) {
      // The message is sent again after each stop, and the next attempt stops one append further on.
      store.appends = 0;
      store.failing = { at, applied, error, for: 100 };
      const result: FactResult | Error = await seizures.receive(published('state-property-decision')).catch((failed: unknown) => failed as Error);
      store.failing = undefined;
      if (!(result instanceof Error)) break;
      expect(at).toBeLessThan(12);
    }
    expect(await told(inner)).toEqual(expected);
  }, 60_000);

  it('that was left in the middle is finished before the next act, which meets it whole', async () => {
    await road('arrest');
    store.appends = 0;
    store.failing = { at: 2, applied: false, error: new StoreUnavailable('away'), for: 100 };
    await expect(seizures.receive(published('confiscation-order'))).rejects.toThrow('away');
    store.failing = undefined;
    expect(await seizures.receive(published('finality'))).toMatchObject({ status: 'accepted', legalStatus: 'final' });
    expect(await told(inner)).toEqual(await undisturbed('finality'));
  }, 30_000);

  it('that a crash left in the middle is shown as unfinished, and finished by itself', async () => {
    await road('reported');
    store.appends = 0;
    store.failing = { at: 2, applied: false, error: new StoreUnavailable('away'), for: 100 };
    await expect(seizures.receive(published('arrest'))).rejects.toThrow('away');
    store.failing = undefined;
    const logger = createLogger({ service: 'spec', level: 'silent', pretty: false });
    const model = ReadModelHost.open(casesReadModel, { dataDir: folder, store, logger, clock: systemClock });
    model.start();
    const shown = (): unknown => model.db.prepare('SELECT outstanding, legal_status FROM cases WHERE case_id = ?').get(CASE);
    const until = async (holds: () => boolean): Promise<void> => {
      while (!holds()) await new Promise((resolve) => setImmediate(resolve));
    };
    await until(() => (shown() as { outstanding: number } | undefined)?.outstanding !== 0 && (shown() as { legal_status: string } | undefined)?.legal_status === 'mixed');
    const clock = new RestrictionClock({ model, seizures, clock: systemClock, warningHours: [], logger });
    await until(() => (shown() as { outstanding: number }).outstanding < 600);
    await clock.step();
    await clock.step();
    await until(() => (shown() as { outstanding: number }).outstanding === 0);
    expect(shown()).toMatchObject({ outstanding: 0, legal_status: 'arrested' });
    expect(await told(inner)).toEqual(await undisturbed('arrest'));
    await model.close();
  }, 30_000);
});

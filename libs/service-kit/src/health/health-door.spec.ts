import { InMemoryCheckpoints, SqliteEventStore } from '@qazyna/event-store';
import { BusUnavailable } from '@qazyna/messaging';
import { NotesService } from '../spec-support/notes-service.js';
import { quietBus } from '../spec-support/quiet-bus.js';
import { ReadinessRegistry } from './readiness-registry.js';

describe('health', () => {
  let notes: NotesService;
  let busIsUp: boolean;

  beforeEach(async () => {
    busIsUp = true;
    const ping = (): Promise<void> => (busIsUp ? Promise.resolve() : Promise.reject(new BusUnavailable('kafka.internal:9092 refused')));
    notes = await NotesService.start({ parts: { bus: quietBus({ ping }), store: SqliteEventStore.open({ file: ':memory:' }), checkpoints: new InMemoryCheckpoints() } });
  });
  afterEach(() => notes.stop());

  it('is ready when every component is', async () => {
    const answer = await notes.ask('GET', '/health/ready');
    expect([answer.status, answer.body]).toEqual([200, { status: 'ok', components: { process: { ok: true }, consumers: { ok: true }, store: { ok: true }, bus: { ok: true }, pipeline: { ok: true, detail: 'no message is missing' } } }]);
  });

  it('names the component that is not, without showing hosts, and lives on', async () => {
    busIsUp = false;
    const answer = await notes.ask('GET', '/health/ready');
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    expect(answer.body).toMatchObject({ status: 'unavailable', components: { bus: { ok: false, detail: 'bus-unavailable' }, store: { ok: true } } });
    expect(answer.text).not.toContain('kafka.internal');
    expect((await notes.ask('GET', '/health/live')).status).toBe(200);
    busIsUp = true;
    expect((await notes.ask('GET', '/health/ready')).status).toBe(200);
  });

  it('is not ready when a registered component is not', async () => {
    notes.service.app.get(ReadinessRegistry).register('chain', () => Promise.resolve({ ok: false, detail: '12 blocks behind' }));
    const answer = await notes.ask('GET', '/health/ready');
    expect(answer.status).toBe(503);
    expect(answer.body).toMatchObject({ components: { chain: { ok: false, detail: '12 blocks behind' } } });
  });

  it('counts requests by route, not by path', async () => {
    await notes.ask('GET', '/v1/notes/a');
    await notes.ask('GET', '/v1/notes/b');
    const { text, headers } = await notes.ask('GET', '/metrics');
    expect(headers.get('content-type')).toContain('text/plain');
    expect(text).toMatch(/qazyna_http_request_duration_seconds_count\{[^}]*route="\/v1\/notes\/:id"[^}]*\} 2/);
    expect(text).not.toContain('/v1/notes/a');
    expect(text).toContain('process_cpu_seconds_total');
  });

  it('times appends by their outcome', async () => {
    const event = { id: '018f0000-0000-7000-8000-000000000001', type: 't', data: {}, metadata: { schemaVersion: 1, actor: { subject: 's', organisation: 'o' }, correlationId: 'c' } };
    await notes.service.parts.store.append('a-1', 'no-stream', [event]);
    await expect(notes.service.parts.store.append('a-1', 'no-stream', [{ ...event, id: '018f0000-0000-7000-8000-000000000002' }])).rejects.toMatchObject({ code: 'concurrency-conflict' });
    const { text } = await notes.ask('GET', '/metrics');
    expect(text).toMatch(/append_duration_seconds_count\{[^}]*outcome="appended"[^}]*\} 1/);
    expect(text).toMatch(/append_duration_seconds_count\{[^}]*outcome="conflict"[^}]*\} 1/);
  });
});

describe('the readiness registry', () => {
  it('does not wait for a component that never answers, and tells it so', async () => {
    const registry = new ReadinessRegistry(20);
    let told = false;
    registry.register('stuck', (signal) => new Promise(() => signal.addEventListener('abort', () => (told = true))));
    registry.register('well', () => Promise.resolve({ ok: true }));
    expect(await registry.check()).toEqual({ ok: false, components: { stuck: { ok: false, detail: 'no answer within 20 ms' }, well: { ok: true } } });
    expect(told).toBe(true);
  });

  it('asks once for callers that come together', async () => {
    const registry = new ReadinessRegistry();
    let asked = 0;
    registry.register('one', () => Promise.resolve({ ok: ++asked > 0 }));
    await Promise.all([registry.check(), registry.check(), registry.check()]);
    expect(asked).toBe(1);
    await registry.check();
    expect(asked).toBe(2);
  });

  it('takes a component that throws for one that is not well', async () => {
    const registry = new ReadinessRegistry();
    registry.register('broken', () => {
      throw new Error('postgres://user:pass@host');
    });
    expect((await registry.check()).components).toEqual({ broken: { ok: false, detail: 'the check failed' } });
    expect(() => registry.register('broken', () => Promise.resolve({ ok: true }))).toThrow('exists already');
  });
});

import { Module } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import { InMemoryCheckpoints, SqliteEventStore, StoreUnusable } from '@qazyna/event-store';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runService } from '../bootstrap.js';
import { createLogger } from '../logging/logger.js';
import { ClosingStack } from '../platform/closing-stack.js';
import { NotesModule, NotesService, slow } from '../spec-support/notes-service.js';
import { quietBus } from '../spec-support/quiet-bus.js';
import { guardProcess } from './process-guard.js';
import type { ProcessSignals } from './process-guard.js';
import { within } from './within.js';

const silent = createLogger({ service: 'spec', level: 'silent', pretty: false });

function gate(): { promise: Promise<void>; open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { promise, open: resolve };
}

describe('closing a service', () => {
  const order: string[] = [];

  @Module({ imports: [NotesModule] })
  class OrderedModule implements OnApplicationShutdown {
    onApplicationShutdown(): void {
      order.push('application');
    }
  }

  it('answers what it took, takes nothing more, and closes application, bus and store in this order', async () => {
    order.length = 0;
    const store = SqliteEventStore.open({ file: ':memory:' });
    const closeStore = store.close.bind(store);
    store.close = async (): Promise<void> => {
      order.push('store');
      await closeStore();
    };
    const bus = quietBus({ close: () => Promise.resolve(void order.push('bus')) });
    const notes = await NotesService.start({ module: OrderedModule, parts: { bus, store, checkpoints: new InMemoryCheckpoints() } });
    const started = gate();
    const release = gate();
    slow.started = started.open;
    slow.release = release.promise;
    slow.finished = (): void => void order.push('handler');
    const inFlight = notes.ask('GET', '/v1/slow');
    await started.promise;
    const closed = notes.stop();
    await sleep(30);
    await expect(fetch(`${notes.service.url}/health/live`)).rejects.toThrow();
    expect(order).toEqual([]);
    release.open();
    const answer = await inFlight;
    expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close']);
    await closed;
    expect(order).toEqual(['handler', 'application', 'bus', 'store']);
  });

  it('gives up when a request does not end in its time', async () => {
    const notes = await NotesService.start({ env: { SHUTDOWN_TIMEOUT_MS: '100' } });
    const started = gate();
    const release = gate();
    slow.started = started.open;
    slow.release = release.promise;
    const inFlight = notes.ask('GET', '/v1/slow');
    await started.promise;
    await expect(notes.service.close()).rejects.toMatchObject({ code: 'not-in-time' });
    release.open();
    await inFlight;
    await notes.stop();
  });

  it('closes once, however often it is asked', async () => {
    let closes = 0;
    const bus = quietBus({ close: () => Promise.resolve(void closes++) });
    const notes = await NotesService.start({ parts: { bus, store: SqliteEventStore.open({ file: ':memory:' }), checkpoints: new InMemoryCheckpoints() } });
    await Promise.all([notes.service.close(), notes.service.close()]);
    await notes.stop();
    expect(closes).toBe(1);
  });

  it('closes what was opened when the start fails later on', async () => {
    let closes = 0;
    const bus = quietBus({ close: () => Promise.resolve(void closes++), ensureTopics: () => Promise.reject(new Error('no rights to create topics')) });
    await expect(NotesService.start({ parts: { bus, store: SqliteEventStore.open({ file: ':memory:' }), checkpoints: new InMemoryCheckpoints() } })).rejects.toThrow('no rights');
    expect(closes).toBe(1);
  });

  it('does not start on a damaged event store', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'qazyna-kit-'));
    writeFileSync(join(folder, 'events.sqlite'), 'this is no database, whatever its name says'.repeat(100));
    const start = runService({ name: 'notes', module: NotesModule, topics: [], relays: [], standalone: true, signals: false, env: { PORT: '0', QAZYNA_DATA_DIR: folder, LOG_LEVEL: 'silent' }, parts: { bus: quietBus() } });
    await expect(start).rejects.toBeInstanceOf(StoreUnusable);
    rmSync(folder, { recursive: true, force: true });
  });
});

describe('the process guard', () => {
  class FakeProcess extends EventEmitter implements ProcessSignals {
    readonly exits: number[] = [];
    exit(code: number): void {
      this.exits.push(code);
      this.emit('exited');
    }
  }

  it('drains at the first signal and exits at once at the second', async () => {
    const target = new FakeProcess();
    const draining = gate();
    let closes = 0;
    guardProcess({ logger: silent, process: target, close: () => (closes++, draining.promise) });
    target.emit('SIGTERM');
    expect([closes, target.exits]).toEqual([1, []]);
    target.emit('SIGINT');
    expect([closes, target.exits]).toEqual([1, [130]]);
    draining.open();
    await once(target, 'exited');
    expect(target.exits).toEqual([130, 0]);
  });

  it('exits with an error when draining fails', async () => {
    const target = new FakeProcess();
    guardProcess({ logger: silent, process: target, close: () => Promise.reject(new Error('stuck')) });
    target.emit('SIGTERM');
    await once(target, 'exited');
    expect(target.exits).toEqual([1]);
  });

  it('ends the process on an error nobody caught, and can be taken away', () => {
    const target = new FakeProcess();
    const unguard = guardProcess({ logger: silent, process: target, close: () => Promise.resolve() });
    target.emit('unhandledRejection', 'just text');
    target.emit('uncaughtException', new Error('x'));
    expect(target.exits).toEqual([1, 1]);
    unguard();
    expect(target.eventNames()).toEqual([]);
  });
});

describe('the closing stack', () => {
  it('closes last first, all of them, and reports what failed', async () => {
    const closed: string[] = [];
    const stack = new ClosingStack();
    stack.add('a', () => void closed.push('a'));
    stack.add('b', () => Promise.reject(new Error('b is stuck')));
    stack.add('c', () => void closed.push('c'));
    await expect(stack.close()).rejects.toThrow('b did not close cleanly');
    expect(closed).toEqual(['c', 'a']);
  });
});

describe('a time limit', () => {
  it('passes results and failures on, and rejects when time is over', async () => {
    await expect(within(1000, 'it', Promise.resolve(7))).resolves.toBe(7);
    await expect(within(1000, 'it', Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(within(5, 'it', new Promise(() => undefined))).rejects.toThrow('it took longer than 5 ms');
  });
});

import { StoreUnusable } from '@qazyna/event-store';
import type { NewEvent, Position } from '@qazyna/event-store';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadPlatformConfig } from '../config/platform-config.js';
import type { PlatformConfig } from '../config/platform-config.js';
import { openParts } from './open-parts.js';

const EVENT: NewEvent = { id: '018f0000-0000-7000-8000-000000000001', type: 'noted', data: { text: 'x' }, metadata: { schemaVersion: 1, actor: { subject: 's', organisation: 'o' }, correlationId: 'c' } };

describe('the embedded parts', () => {
  let folder: string;
  let config: PlatformConfig;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'qazyna-parts-'));
    config = loadPlatformConfig({ QAZYNA_DATA_DIR: join(folder, 'new', 'data'), LOG_LEVEL: 'silent' }, { standalone: true, usesChain: true }).config;
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('find everything again after closing', async () => {
    const first = await openParts(config, 'notes');
    await first.store.append('note-1', 'no-stream', [EVENT]);
    await first.bus.ensureTopics([{ name: 't', partitions: 1 }]);
    await first.bus.publish('t', [{ key: 'k', headers: {}, value: Buffer.from('v') }]);
    const head = await first.store.head();
    await first.checkpoints.save('reader', head as Position);
    await first.close();

    const second = await openParts(config, 'notes');
    expect(await second.store.head()).toBe(head);
    expect(await second.checkpoints.load('reader')).toBe(head);
    expect(await second.bus.lag('g', ['t'])).toMatchObject([{ topic: 't', end: 1n }]);
    await second.close();
  });

  it('are refused to a second process while the first runs, and leave nothing open behind', async () => {
    const first = await openParts(config, 'notes');
    await expect(openParts(config, 'notes')).rejects.toBeInstanceOf(StoreUnusable);
    await first.close();
    await (await openParts(config, 'notes')).close();
  });

  it('make no file for a part given from outside', async () => {
    const outside = await openParts(config, 'outside');
    const parts = await openParts({ ...config, dataDir: join(folder, 'other') }, 'notes', { store: outside.store, bus: outside.bus, checkpoints: outside.checkpoints });
    expect(existsSync(join(folder, 'other')) ? readdirSync(join(folder, 'other')) : []).toEqual([]);
    await parts.close();
    await outside.close().catch(() => undefined);
  });
});

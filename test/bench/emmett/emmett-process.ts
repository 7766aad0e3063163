import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { journalEvents } from '../journal-entries.js';
import { SHAPES, type Shape } from './shapes.js';

/** `emmett-process.ts <folder with node_modules> <file> <shape> <events>`: appends as the shape says and prints what became of it. */

interface EmmettStore {
  appendToStream(stream: string, events: readonly { type: string; data: unknown; metadata: unknown }[], options?: { expectedStreamVersion: bigint | 'STREAM_DOES_NOT_EXIST' }): Promise<unknown>;
}

const STUCK_MS_MAX = 10_000;
const [folder = '', file = '', shape = 'sequential', count = '0'] = process.argv.slice(2);
const found = createRequire(join(folder, 'package.json')).resolve('@event-driven-io/emmett-sqlite');
const { getSQLiteEventStore } = (await import(pathToFileURL(found).href)) as { getSQLiteEventStore: (options: { fileName: string }) => EmmettStore };
// It tells of each failed transaction on standard output, which is ours.
console.log = (): void => undefined;
// Some of its failures reach nobody's promise. They are told by what is not appended.
process.on('uncaughtException', () => undefined);
process.on('unhandledRejection', () => undefined);

const store = getSQLiteEventStore({ fileName: file });
await store.appendToStream('warm-up', [{ type: 'warmed-up', data: {}, metadata: {} }]);
const { callers, atOnce } = SHAPES[shape as Shape];
const events = journalEvents(Number(count)).map(({ type, data, metadata }) => ({ type, data, metadata }));
let next = 0;
let appended = 0;
const started = performance.now();
let settledAt = started;
const work = Promise.all(
  Array.from({ length: callers }, async (_, caller) => {
    let revision = 0;
    while (next < events.length) {
      const batch = events.slice(next, (next += atOnce));
      try {
        await store.appendToStream(`journal-${caller}`, batch, { expectedStreamVersion: revision === 0 ? 'STREAM_DOES_NOT_EXIST' : BigInt(revision) });
        revision += batch.length;
        appended += batch.length;
      } catch {
        // Refused: it is missing from what was appended.
      }
      settledAt = performance.now();
    }
  }),
);
// An append whose failure went astray never ends: when nothing has ended for a while, what is done by then counts.
const stuck = new Promise<void>((resolve) => {
  setInterval(() => {
    if (performance.now() - settledAt > STUCK_MS_MAX) resolve();
  }, 100);
});
await Promise.race([work.then(() => (settledAt = performance.now())), stuck]);
process.stdout.write(JSON.stringify({ appended, seconds: (settledAt - started) / 1_000 }));
process.exit(0);

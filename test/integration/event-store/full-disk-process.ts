import { SqliteEventStore, StoreUnavailable } from '@qazyna/event-store';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';

/** Appends until the operating system refuses to write, gets room again, and prints what it saw as JSON. */
const [file = ''] = process.argv.slice(2);
const FILE_BYTES_MAX = 1_000_000;

function limitFileSize(bytes: string): void {
  execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${bytes}:unlimited`]);
}

// The signal's default is to end the process; with a handler the write fails, as on a full disk.
process.on('SIGXFSZ', () => undefined);
const store = SqliteEventStore.open({ file });
const acknowledged = new Set<string>();
const refusals: string[] = [];

async function append(stream: string): Promise<void> {
  const id = randomUUID();
  const metadata = { schemaVersion: 1, actor: { subject: 'tester', organisation: 'laboratory' }, correlationId: 'full-disk' };
  try {
    await store.append(stream, 'no-stream', [{ id, type: 'appended', data: { text: 'x'.repeat(5_000) }, metadata }]);
    acknowledged.add(id);
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    refusals.push(stream);
  }
}

async function stored(of: SqliteEventStore): Promise<string[]> {
  const ids: string[] = [];
  for await (const page of of.readAll()) ids.push(...page.map((event) => event.id));
  return ids;
}

limitFileSize(String(FILE_BYTES_MAX));
for (let n = 0; n < 400; n++) await append(`before-${n}`);
const refusedWhileFull = refusals.length;
limitFileSize('unlimited');
for (let n = 0; n < 20; n++) await append(`after-${n}`);
const whileOpen = await stored(store);
await store.close();
const again = SqliteEventStore.open({ file });
const afterRestart = await stored(again);
await again.close();

console.log(
  JSON.stringify({
    refusedWhileFull,
    refusedAfterwards: refusals.length - refusedWhileFull,
    exactlyTheAcknowledged: [whileOpen, afterRestart].map((ids) => ids.length === acknowledged.size && ids.every((id) => acknowledged.has(id))),
    acknowledged: acknowledged.size,
  }),
);

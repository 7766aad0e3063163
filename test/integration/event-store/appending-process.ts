import { SqliteEventStore } from '@qazyna/event-store';
import { randomUUID } from 'node:crypto';
import { openSync, writeSync } from 'node:fs';

/** Appends to an SQLite store without end, 50 streams at once, and writes each acknowledged append to a file of lines. */
const [file = '', acknowledgements = '', run = ''] = process.argv.slice(2);
const store = SqliteEventStore.open({ file });
const fd = openSync(acknowledgements, 'w');
writeSync(fd, 'open\n');

async function appendForEver(stream: string): Promise<never> {
  for (let revision = -1n; ; ) {
    const events = Array.from({ length: 3 }, () => ({
      id: randomUUID(),
      type: 'appended',
      data: { text: 'x'.repeat(300) },
      metadata: { schemaVersion: 1, actor: { subject: 'tester', organisation: 'laboratory' }, correlationId: run },
    }));
    ({ revision } = await store.append(stream, revision < 0n ? 'no-stream' : revision, events));
    // Written at once and not through a buffer: what stands in the file was acknowledged before the kill.
    writeSync(fd, `${stream} ${revision} ${events.map((event) => event.id).join(',')}\n`);
  }
}

await Promise.all(Array.from({ length: 50 }, (_, i) => appendForEver(`run-${run}-${i}`)));

import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { EventStoreDbStore, type NewEvent } from '@qazyna/event-store';
import type { Bench, BenchOutcome, BenchSession } from './bench.js';
import { journalEvents } from './journal-entries.js';
import { timed, type ContestResult, type Run } from './measuring.js';

const CALLERS = 64;
const BATCH = 100;
const DOUBLE = join(import.meta.dirname, '../../libs/testing/src/eventstoredb/main.ts');

export const eventStoreDbBench: Bench = {
  name: 'event-store-db',
  title: 'appends through the EventStoreDB adapter',
  run: measure,
};

async function measure(session: BenchSession): Promise<BenchOutcome> {
  const server = await serverOf(session);
  const store = await EventStoreDbStore.connect({ url: server.url, timeoutMs: 60_000 });
  const raw = EventStoreDBClient.connectionString(server.url);
  try {
    return await onServer(session, store, raw, server.kind);
  } finally {
    await store.close();
    await raw.dispose();
    server.stop();
  }
}

type Append = (stream: string, expected: bigint | undefined, events: readonly NewEvent[]) => Promise<bigint>;

async function onServer(session: BenchSession, store: EventStoreDbStore, client: EventStoreDBClient, kind: string): Promise<BenchOutcome> {
  const ours: Append = async (stream, expected, events) => (await store.append(stream, expected ?? 'no-stream', events)).revision;
  const raw: Append = async (stream, expected, events) => {
    const batch = events.map(({ id, type, data, metadata }) => jsonEvent({ id, type, data, metadata: { ...metadata } }));
    return (await client.appendToStream(stream, batch, { expectedRevision: expected ?? 'no_stream' })).nextExpectedRevision;
  };
  const pool = journalEvents(session.quick ? 2_000 : 10_000);
  const against = `the official client on the same server (${kind})`;

  /** Each caller writes its own new stream, one append after the other. */
  const callersAppend = (append: Append, callers: number, appends: number, size: number): Promise<Run> => {
    const name = `bench-${randomUUID()}`;
    return timed(callers * appends * size, () =>
      Promise.all(
        Array.from({ length: callers }, async (_, caller) => {
          let revision: bigint | undefined;
          for (let n = 0; n < appends; n++) {
            const from = ((caller * appends + n) * size) % (pool.length - size + 1);
            revision = await append(`${name}-${caller}`, revision, pool.slice(from, from + size));
          }
        }),
      ),
    );
  };
  const scale = session.quick ? 1 : 4;
  const shape = (name: string, callers: number, appends: number, size: number): Promise<ContestResult[]> =>
    session.contest({
      name,
      unit: 'events/s',
      ours: () => callersAppend(ours, callers, appends, size),
      limits: [{ against, aim: 0.8, run: () => callersAppend(raw, callers, appends, size) }],
    });
  const contests = [
    ...(await shape('one caller, single events', 1, 250 * scale, 1)),
    ...(await shape(`${CALLERS} callers, single events`, CALLERS, 16 * scale, 1)),
    ...(await shape(`one caller, batches of ${BATCH}`, 1, 25 * scale, BATCH)),
    ...(await shape(`8 callers, batches of ${BATCH}`, 8, 5 * scale, BATCH)),
  ];
  return { kind: 'measured', contests };
}

interface Server {
  readonly url: string;
  readonly kind: string;
  stop(): void;
}

/** A real one by EVENTSTORE_URL, else the double, in a process of its own as a server is. */
async function serverOf(session: BenchSession): Promise<Server> {
  const given = process.env['EVENTSTORE_URL'];
  if (given !== undefined && given !== '') return { url: given, kind: 'by EVENTSTORE_URL', stop: () => undefined };
  session.progress('no EVENTSTORE_URL: the test double serves, as a process of its own');
  const child = spawn(process.execPath, [...process.execArgv, DOUBLE, '0'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const url = await new Promise<string>((resolve, reject) => {
    child.once('error', reject).once('exit', (code) => reject(new Error(`the double ended with ${code}`)));
    createInterface({ input: child.stdout }).once('line', resolve);
  });
  return { url, kind: 'the test double', stop: () => void child.kill() };
}

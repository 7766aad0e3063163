import { EventStoreDBClient, jsonEvent, WrongExpectedVersionError } from '@eventstore/db-client';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEventStoreDbDouble } from './double.js';

describe("the double of EventStoreDB, through the official client", () => {
  const folder = mkdtempSync(join(tmpdir(), 'qazyna-double-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('keeps its log across a restart, without the half-written end of a killed process', async () => {
    const dataFile = join(folder, 'log.jsonl');
    const first = await startEventStoreDbDouble({ dataFile });
    const client = EventStoreDBClient.connectionString(first.url);
    const events = ['a', 'b'].map((text) => jsonEvent({ type: 'said', data: { text } }));
    const written = await client.appendToStream('s', events, { expectedRevision: 'no_stream' });
    await first.stop();
    appendFileSync(dataFile, '{"stream":"s","created":1,"ev');
    const second = await startEventStoreDbDouble({ dataFile, port: first.port });
    expect(second.size).toBe(2);
    const again = EventStoreDBClient.connectionString(second.url);
    expect(await again.appendToStream('s', events, { expectedRevision: 'no_stream' })).toEqual(written);
    await again.appendToStream('s', jsonEvent({ type: 'said', data: { text: 'c' } }), { expectedRevision: 1n });
    await second.stop();
    const third = await startEventStoreDbDouble({ dataFile });
    const reader = EventStoreDBClient.connectionString(third.url);
    const texts: unknown[] = [];
    for await (const { event } of reader.readStream('s', { direction: 'backwards', fromRevision: 'end' })) texts.push(event?.data);
    expect(texts).toEqual([{ text: 'c' }, { text: 'b' }, { text: 'a' }]);
    for (const one of [client, again, reader]) await one.dispose();
    await third.stop();
  });

  it('refuses a wrong expected revision and an append above 1 MiB as the server does', async () => {
    const server = await startEventStoreDbDouble();
    const client = EventStoreDBClient.connectionString(server.url);
    await client.appendToStream('s', jsonEvent({ type: 'said', data: {} }), { expectedRevision: 'no_stream' });
    await expect(client.appendToStream('s', jsonEvent({ type: 'said', data: {} }), { expectedRevision: 'no_stream' })).rejects.toBeInstanceOf(WrongExpectedVersionError);
    await expect(client.appendToStream('s', jsonEvent({ type: 'said', data: { text: 'x'.repeat(1_100_000) } }))).rejects.toMatchObject({
      type: 'maximum-append-size-exceeded',
    });
    await client.dispose();
    await server.stop();
  });
});

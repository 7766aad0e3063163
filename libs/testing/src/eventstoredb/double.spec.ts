import { EventStoreDBClient, jsonEvent, WrongExpectedVersionError } from '@eventstore/db-client';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
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

  it('takes nothing of an append whose connection broke before its end', async () => {
    const server = await startEventStoreDbDouble();
    const proxy = createServer((socket) => {
      const upstream = connect({ host: '127.0.0.1', port: server.port });
      let sent = 0;
      for (const one of [socket, upstream]) one.on('error', () => undefined);
      upstream.pipe(socket);
      socket.on('data', (chunk) => {
        sent += chunk.length;
        if (sent < 120_000) return void upstream.write(chunk);
        upstream.write(chunk.subarray(0, 1), () => {
          upstream.destroy();
          socket.destroy();
        });
      });
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const client = EventStoreDBClient.connectionString(`esdb://127.0.0.1:${(proxy.address() as AddressInfo).port}?tls=false`);
    const events = Array.from({ length: 200 }, (_, index) => jsonEvent({ type: 'said', data: { text: `${index}`.repeat(400) } }));
    await expect(client.appendToStream('s', events, { expectedRevision: 'no_stream' })).rejects.toThrow();
    await client.dispose();
    await new Promise((resolve) => proxy.close(resolve));
    const direct = EventStoreDBClient.connectionString(server.url);
    await direct.appendToStream('other', jsonEvent({ type: 'said', data: {} }), { expectedRevision: 'no_stream' });
    expect(server.size).toBe(1);
    await direct.dispose();
    await server.stop();
  });

  it('applies so many appends in a second and no more', async () => {
    const server = await startEventStoreDbDouble();
    const client = EventStoreDBClient.connectionString(server.url);
    server.limitAppends(50);
    const from = performance.now();
    await Promise.all(Array.from({ length: 20 }, (_, index) => client.appendToStream(`s-${index}`, jsonEvent({ type: 'said', data: {} }), { expectedRevision: 'no_stream' })));
    expect(performance.now() - from).toBeGreaterThan(370);
    await client.dispose();
    await server.stop();
  });
});

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ask, until } from '../system/caller.js';
import { journal } from '../system/ledger-view.js';
import { payout } from '../system/messages.js';
import { mine, pay, registerPool, worldAt } from '../system/sandbox-world.js';
import { Standalone } from '../system/standalone.js';

/** OTLP over HTTP in JSON, as far as this test reads it. */
interface SentSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
}
interface Sent {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly SentSpan[] }[] }[];
}

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER = '00f067aa0ba902b7';

describe('one payout, seen by an OpenTelemetry collector', () => {
  const spans: SentSpan[] = [];
  let collector: Server;
  let standalone: Standalone;

  beforeAll(async () => {
    collector = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      request.on('end', () => {
        for (const { scopeSpans } of (JSON.parse(body) as Sent).resourceSpans) for (const scope of scopeSpans) spans.push(...scope.spans);
        response.setHeader('content-type', 'application/json').end('{}');
      });
    });
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
    const { port } = collector.address() as AddressInfo;
    standalone = await Standalone.start({ story: false, env: { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`, QAZYNA_TRACES_SAMPLED_PERCENT: '0' } });
  }, 120_000);

  afterAll(async () => {
    await standalone?.remove();
    await new Promise((resolve) => collector.close(resolve));
  }, 30_000);

  it('is one trace from the request over the bus to the journal', async () => {
    const world = worldAt(standalone.url);
    const pool = await registerPool(world);
    const { txid } = await pay(world, [{ address: pool, amount: '149377' }]);
    const claim = payout('traced', { address: pool, txid, outputIndex: undefined });
    await ask(standalone.url, '/v1/payouts', { role: 'pool-operator', headers: { traceparent: `00-${TRACE}-${CALLER}-01` }, body: JSON.stringify(claim) });
    await mine(world, 4);
    await until('the payout is in the journal', () => journal(standalone.url), (entries) => entries.length > 0);
    const names = await until(
      'the spans have been sent',
      () => new Set(spans.filter(({ traceId }) => traceId === TRACE).map(({ name }) => name)),
      (seen) => seen.has('append custody.journal-entry-posted'),
    );
    expect([...names]).toEqual(expect.arrayContaining(['POST /v1/payouts', 'append mining.payout-received', 'publish qazyna.mining-events.v1', 'process qazyna.mining-events.v1', 'append custody.journal-entry-posted']));
    const request = spans.find(({ name }) => name === 'POST /v1/payouts');
    expect(request).toMatchObject({ parentSpanId: CALLER });
    // Every span of the trace hangs on another of it.
    const own = spans.filter(({ traceId }) => traceId === TRACE);
    const ids = new Set([CALLER, ...own.map(({ spanId }) => spanId)]);
    expect(own.filter(({ parentSpanId }) => parentSpanId === undefined || !ids.has(parentSpanId))).toEqual([]);
    // What nobody asked to trace is not, at 0 per cent.
    expect(spans.filter(({ traceId }) => traceId !== TRACE)).toEqual([]);
  }, 90_000);
});

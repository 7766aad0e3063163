import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RawSqlite, type RawRow } from '../raw-sqlite.js';

/**
 * `bare-process.ts <file> <rows for each payout>`: the least that could answer the same requests: Node's HTTP server,
 * JSON.parse, and an append of as many rows of the same bytes as ours; everything that waits goes into one
 * transaction, and the answers are sent when it is durable. It checks nothing, knows no duplicates and asks for no token.
 */
const [file = '', rowsEach = '2'] = process.argv.slice(2);
const db = RawSqlite.create(file);
const METADATA = JSON.stringify({ schemaVersion: 1, actor: { subject: 'bench', organisation: 'bench' }, correlationId: '00000000-0000-4000-8000-000000000003' });
const TYPES = ['mining.payout-received', 'mining.payout-accepted'].slice(0, Number(rowsEach));

interface Waiting {
  readonly rows: readonly RawRow[];
  readonly answer: string;
  readonly response: ServerResponse;
}
let waiting: Waiting[] = [];

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const parsed = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { paymentId: string } | { paymentId: string }[];
    const payouts = Array.isArray(parsed) ? parsed : [parsed];
    const rows = payouts.flatMap((payout) => {
      const data = JSON.stringify(payout);
      const stream = `payout-btcpool-kz.reserve-01~${payout.paymentId}`;
      return TYPES.map((type, revision) => ({ stream, revision, id: `00000000-0000-4000-8000-${payout.paymentId.padStart(12, '0')}`, type, data, metadata: METADATA }));
    });
    const results = payouts.map(({ paymentId }, index) => ({ index, status: 'accepted', payoutId: `btcpool-kz.reserve-01~${paymentId}` }));
    if (waiting.push({ rows, answer: JSON.stringify(Array.isArray(parsed) ? { results } : results[0]), response }) === 1) setImmediate(commit);
  });
});

function commit(): void {
  const group = waiting;
  waiting = [];
  const rows = group.flatMap((each) => each.rows);
  db.append(rows, rows.length);
  for (const { answer, response } of group) {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) });
    response.end(answer);
  }
}

server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })));

import { connect, type Socket } from 'node:net';
import { benchPayout } from '../bench-payout.js';

/**
 * `load-process.ts`: reads one order a line from stdin, sends its payouts, and answers with what it took. Requests are made before
 * the clock starts; a connection sends the next one when the last was answered.
 */
export interface LoadOrder {
  readonly url: string;
  readonly token: string;
  readonly connections: number;
  /** Payouts in one request; 1 sends a single object. */
  readonly bulk: number;
  readonly requests: number;
  /** Payment ids count from here. */
  readonly from: number;
  /** Pool accounts that the payouts are of, in turn. */
  readonly accounts: number;
}
export interface LoadReport {
  readonly seconds: number;
  readonly accepted: number;
}

function requestOf({ url, token, bulk, from, accounts }: LoadOrder, index: number): Buffer {
  const first = from + index * bulk;
  const body = JSON.stringify(bulk === 1 ? benchPayout(first, accounts) : Array.from({ length: bulk }, (_, n) => benchPayout(first + n, accounts)));
  return Buffer.from(`POST /v1/payouts HTTP/1.1\r\nhost: ${new URL(url).host}\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

/** One answer with a content-length; resolves with its status line and body. */
function answerOf(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const take = (chunk: Buffer): void => {
      text += chunk.toString('latin1');
      const head = text.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = /content-length: (\d+)/i.exec(text)?.[1];
      if (length === undefined) return stop(() => reject(new Error(`an answer without a length: ${text.slice(0, 300)}`)));
      if (text.length >= head + 4 + Number(length)) stop(() => resolve(text));
    };
    const fail = (error: Error): void => stop(() => reject(error));
    const stop = (then: () => void): void => {
      socket.off('data', take).off('error', fail);
      then();
    };
    socket.on('data', take).on('error', fail);
  });
}

async function carryOut(order: LoadOrder): Promise<LoadReport> {
  const { url, connections, requests } = order;
  const all = Array.from({ length: requests }, (_, index) => requestOf(order, index));
  const { hostname, port } = new URL(url);
  const sockets = await Promise.all(
    Array.from({ length: connections }, () => new Promise<Socket>((resolve, reject) => {
      const socket = connect({ host: hostname, port: Number(port), noDelay: true }, () => resolve(socket));
      socket.once('error', reject);
    })),
  );
  let next = 0;
  let accepted = 0;
  const started = performance.now();
  await Promise.all(
    sockets.map(async (socket) => {
      for (let request = all[next++]; request !== undefined; request = all[next++]) {
        socket.write(request);
        const answer = await answerOf(socket);
        if (!answer.startsWith('HTTP/1.1 200')) throw new Error(answer.slice(0, 500));
        accepted += answer.split('"status":"accepted"').length - 1;
      }
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  for (const socket of sockets) socket.destroy();
  return { seconds, accepted };
}

process.stdin.setEncoding('utf8');
let rest = '';
for await (const chunk of process.stdin) {
  const lines = (rest + String(chunk)).split('\n');
  rest = lines.pop() ?? '';
  for (const line of lines) process.stdout.write(`${JSON.stringify(await carryOut(JSON.parse(line) as LoadOrder))}\n`);
}

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface PaymentRow {
  readonly id: number;
  readonly amount: string;
  readonly time: number;
}

/** How one answer goes wrong. */
export type Misdeed = 'slow' | 'busy' | 'broken' | 'truncated' | 'hang-up' | 'html' | 'huge' | 'unauthorised' | 'redirect';

const WALLET = 'bc1qllf33yhp7m80sfm35fce0tagcckey7dljauwd5';

/** A pool of the btcpool.kz family on this machine, whose answers go wrong when told to. */
export class UnrulyPool {
  rows: PaymentRow[] = [];
  /** Rows of a page at most, whatever is asked for. */
  rowsMax = 1000;
  /** Every page is the first. */
  offsetIgnored = false;
  /** What the next answers do, one each. */
  misdeeds: (Misdeed | undefined)[] = [];
  /** Called before each answer, with its number from 0. */
  beforeAnswer: (answer: number) => void = () => undefined;
  readonly requests: { readonly url: string; readonly key: string | undefined }[] = [];

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => void this.answer(request, response));
  }

  static async open(): Promise<UnrulyPool> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new UnrulyPool(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    this.beforeAnswer(this.requests.length);
    this.requests.push({ url: request.url ?? '', key: request.headers['x-api-key']?.toString() });
    const body = this.page(request.url ?? '');
    switch (this.misdeeds.shift()) {
      case undefined:
        response.setHeader('content-type', 'application/json').end(body);
        return;
      case 'slow':
        response.writeHead(200).write(body.slice(0, 10));
        return;
      case 'busy':
        response.writeHead(429, { 'retry-after': '7' }).end();
        return;
      case 'broken':
        response.writeHead(500).end('{"status":"OK","data":[]}');
        return;
      case 'truncated':
        response.writeHead(200, { 'content-length': String(body.length) }).write(body.slice(0, body.length / 2), () => response.destroy());
        return;
      case 'hang-up':
        response.destroy();
        return;
      case 'html':
        response.end('<html>maintenance</html>');
        return;
      case 'huge':
        response.end(' '.repeat(300_000) + body);
        return;
      case 'unauthorised':
        response.writeHead(401).end();
        return;
      case 'redirect':
        response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end();
    }
  }

  /** Newest first, by offset and limit. */
  private page(url: string): string {
    const query = new URL(url, 'http://pool').searchParams;
    const offset = this.offsetIgnored ? 0 : Number(query.get('offset'));
    const limit = Math.min(this.rowsMax, Number(query.get('limit')));
    const data = this.rows.slice(offset, offset + limit).map(({ id, amount, time }) => ({ amount, address: WALLET, tx: id.toString(16).padStart(64, '0'), created_time: String(time), payment_id: String(id) }));
    return JSON.stringify({ status: 'OK', data, count: data.length, offset, limit, total: this.rows.length });
  }
}

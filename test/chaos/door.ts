import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SandboxChain } from '@qazyna/bitcoin';

const RETRY_MS = 100;
const PATIENCE_MS_MAX = 60_000;
const ANSWER_MS_MAX = 15_000;

interface Answer {
  readonly status: number;
  readonly body: string;
}

/**
 * Stands before all instances of a service as a load balancer with patience: asks one after the other until one answers
 * anything but "not now". The sandbox's chain commands are answered here, on the one chain that all instances follow.
 */
export class Door {
  /** Requests that had to be repeated. */
  repeated = 0;

  private constructor(
    private readonly server: Server,
    private readonly targets: () => readonly string[],
    private readonly chain: SandboxChain | undefined,
  ) {}

  static async open(targets: () => readonly string[], chain?: SandboxChain): Promise<Door> {
    const server = createServer();
    const door = new Door(server, targets, chain);
    server.on('request', (request, response) => {
      door.answer(request, response).catch((error: unknown) => {
        response.writeHead(502);
        response.end(String(error));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return door;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const path = request.url ?? '';
    const { status, body: text } = this.chain !== undefined && path.startsWith('/sandbox/chain') ? await onChain(this.chain, path, body) : await this.forward(request, path, body);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(text);
  }

  private async forward(request: IncomingMessage, path: string, body: Buffer<ArrayBuffer>): Promise<Answer> {
    const { authorization, 'content-type': contentType } = request.headers;
    const headers = { ...(authorization === undefined ? {} : { authorization }), ...(contentType === undefined ? {} : { 'content-type': contentType }) };
    const deadline = Date.now() + PATIENCE_MS_MAX;
    let last = 'no instance answered';
    for (let turn = 0; ; turn++) {
      const targets = this.targets();
      const target = targets[turn % Math.max(1, targets.length)];
      try {
        const answer = await fetch(`${target ?? ''}${path}`, { method: request.method ?? 'GET', headers, ...(body.length === 0 ? {} : { body }), signal: AbortSignal.timeout(ANSWER_MS_MAX) });
        const text = await answer.text();
        if (answer.status !== 503) return { status: answer.status, body: text };
        last = text;
      } catch (error) {
        last = String(error);
      }
      if (Date.now() > deadline) return { status: 503, body: last };
      this.repeated += 1;
      if ((turn + 1) % Math.max(1, targets.length) === 0) await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

async function onChain(chain: SandboxChain, path: string, body: Buffer): Promise<Answer> {
  const { outputs = [], blocks = 0 } = JSON.parse(body.length === 0 ? '{}' : body.toString('utf8')) as { outputs?: { address: string; amount: string }[]; blocks?: number };
  if (path.endsWith('/pay')) {
    const { txid } = await chain.pay(outputs.map(({ address, amount }) => ({ address, amount: BigInt(amount) })));
    return { status: 200, body: JSON.stringify({ txid }) };
  }
  if (path.endsWith('/mine')) return { status: 200, body: JSON.stringify({ blocks: await chain.mine(blocks) }) };
  return { status: 200, body: JSON.stringify(await chain.tip()) };
}

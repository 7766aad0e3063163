import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const RETRY_MS = 100;
const PATIENCE_MS_MAX = 60_000;

/**
 * Stands before a service as a client that repeats a request until it is answered, so that a story can be played while
 * services are killed. Everything upstream is safe to repeat. The sandbox's chain commands are not: they play the
 * outside world, so `undisturbed` waits until none is under way and holds later ones back.
 */
export class PatientDoor {
  private commands = 0;
  private held: Promise<void> | undefined;

  private constructor(
    private readonly server: Server,
    private readonly target: () => string,
  ) {}

  static async open(target: () => string): Promise<PatientDoor> {
    const server = createServer();
    const door = new PatientDoor(server, target);
    server.on('request', (request, response) => {
      door.pass(request, response).catch((error: unknown) => {
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

  async undisturbed(work: () => Promise<void>): Promise<void> {
    let release = (): void => undefined;
    this.held = new Promise((resolve) => (release = resolve));
    try {
      while (this.commands > 0) await pause();
      await work();
    } finally {
      this.held = undefined;
      release();
    }
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const isCommand = request.method === 'POST' && request.url?.startsWith('/sandbox/chain') === true;
    while (isCommand && this.held !== undefined) await this.held;
    if (isCommand) this.commands += 1;
    try {
      const answer = await this.forward(request, Buffer.concat(chunks));
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' });
      response.end(await answer.text());
    } finally {
      if (isCommand) this.commands -= 1;
    }
  }

  private async forward(request: IncomingMessage, body: Buffer<ArrayBuffer>): Promise<Response> {
    const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !['host', 'connection', 'content-length', 'transfer-encoding'].includes(name))) as Record<string, string>;
    const deadline = Date.now() + PATIENCE_MS_MAX;
    for (;;) {
      try {
        const answer = await fetch(`${this.target()}${request.url ?? ''}`, { method: request.method ?? 'GET', headers, ...(body.length === 0 ? {} : { body }), signal: AbortSignal.timeout(20_000) });
        // "Not now" is an answer too: the store or the bus is away, and the same request has one effect.
        if (answer.status !== 503) return answer;
      } catch (error) {
        if (Date.now() > deadline) throw error;
      }
      if (Date.now() > deadline) throw new Error(`${request.url ?? ''} was not answered in time`);
      await pause();
    }
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, RETRY_MS));
}

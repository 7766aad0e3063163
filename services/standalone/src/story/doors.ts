import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

/** Where the services listen; in standalone all four are the same. */
export interface Doors {
  readonly intake: string;
  readonly mining: string;
  readonly custody: string;
  readonly reporting: string;
}

export type Service = keyof Doors;

/** An answer that the story did not expect. */
export class UnexpectedAnswer extends Error {
  override readonly name = 'UnexpectedAnswer';
}

const POLL_MS = 50;

interface Request {
  readonly token?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The public endpoints as anyone sees them: the story has no other way in. */
export class Visitor {
  private readonly tokens = new Map<string, string>();

  constructor(
    private readonly doors: Doors,
    private readonly patienceMs: number,
  ) {}

  /** Acts as a member of an organisation with a role from now on. */
  async as(organisation: string, role: string): Promise<string> {
    const key = `${organisation} ${role}`;
    const known = this.tokens.get(key);
    if (known !== undefined) return known;
    const { access_token: token } = await this.json<{ access_token: string }>('intake', 'POST', '/sandbox/token', { body: JSON.stringify({ subject: `story-${role}`, organisation, roles: [role] }) });
    this.tokens.set(key, token);
    return token;
  }

  async post<T>(service: Service, path: string, token: string, body: unknown): Promise<T> {
    return this.json<T>(service, 'POST', path, { token, body: typeof body === 'string' ? body : JSON.stringify(body) });
  }

  async get<T>(service: Service, path: string, token?: string): Promise<T> {
    return this.json<T>(service, 'GET', path, token === undefined ? {} : { token });
  }

  /** Sends and expects this status. @throws {UnexpectedAnswer} */
  async expect(service: Service, path: string, status: number, request: Request): Promise<Record<string, unknown>> {
    const answer = await this.send(service, 'POST', path, request);
    const text = await answer.text();
    if (answer.status !== status) throw new UnexpectedAnswer(`POST ${path} answered ${answer.status} where ${status} was expected: ${text}`);
    return JSON.parse(text) as Record<string, unknown>;
  }

  /** Asks until the answer is as wanted. @throws {UnexpectedAnswer} not within the visitor's patience */
  async until<T>(what: string, ask: () => Promise<T>, wanted: (answer: T) => boolean): Promise<T> {
    const deadline = Date.now() + this.patienceMs;
    for (;;) {
      const answer = await ask();
      if (wanted(answer)) return answer;
      if (Date.now() > deadline) throw new UnexpectedAnswer(`${what}: not within ${this.patienceMs} ms; last answer ${JSON.stringify(answer).slice(0, 500)}`);
      await pause(POLL_MS);
    }
  }

  private async json<T>(service: Service, method: string, path: string, request: Request): Promise<T> {
    const answer = await this.send(service, method, path, request);
    const text = await answer.text();
    if (!answer.ok) throw new UnexpectedAnswer(`${method} ${path} answered ${answer.status}: ${text}`);
    return JSON.parse(text) as T;
  }

  private send(service: Service, method: string, path: string, { token, body, headers }: Request): Promise<Response> {
    return fetch(`${this.doors[service]}${path}`, {
      method,
      headers: {
        'x-correlation-id': `story-${randomUUID()}`,
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.timeout(this.patienceMs),
    });
  }
}

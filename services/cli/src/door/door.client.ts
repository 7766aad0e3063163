import type { Page, Problem, Role } from '@qazyna/service-kit';
import { Unreachable, UsageError } from '../exit-codes.js';
import type { Terminal } from '../terminal.js';

/** Any one answer, where a caller does not know that it takes longer. */
const ANSWER_MS_MAX = 60_000;

export type Query = Readonly<Record<string, string | undefined>>;

/** The service said no: the thing is not there, or a rule is against it. */
export class DoorRefused extends Error {
  override readonly name = 'DoorRefused';
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export interface DoorRequest {
  readonly method: 'GET' | 'POST';
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes, or pieces of them that are sent as they come. */
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>;
  readonly answerMsMax?: number;
}

/** Where a command's door is: given by `--url`, by the environment, or this machine's one process. */
export function addressOf(url: string | undefined, variable: string, { env }: Terminal): string {
  return url ?? env[variable] ?? `http://127.0.0.1:${env['PORT'] ?? '3000'}`;
}

/** A service's HTTP interface, with the operator's own token: it records who did what. */
export class Door {
  private constructor(
    private readonly url: string,
    private readonly token: string,
    private readonly signal: AbortSignal,
  ) {}

  /**
   * With the token of OPERATOR_TOKEN, or in the sandbox one of this role that its issuer gives to anybody.
   * @throws {UsageError} no address, or no token outside the sandbox @throws {Unreachable} nobody answers
   */
  static async open(url: string, role: Role, { env, signal }: Terminal): Promise<Door> {
    if (!URL.canParse(url)) throw new UsageError(`--url must be an address such as http://127.0.0.1:3000, not ${url}`);
    const base = url.replace(/\/+$/, '');
    const token = env['OPERATOR_TOKEN'] ?? '';
    if (token !== '') return new Door(base, token, signal);
    try {
      const { access_token: given } = await new Door(base, '', signal).post<{ access_token: string }>('/sandbox/token', { subject: 'qazyna-cli', organisation: 'operator', roles: [role] });
      return new Door(base, given, signal);
    } catch (error) {
      if (!(error instanceof DoorRefused)) throw error;
      throw new UsageError(`OPERATOR_TOKEN must hold an access token with the role "${role}"; only the sandbox gives one away`);
    }
  }

  /** One page, or with `all` every page one after another. @throws as `ask` */
  async list(path: string, query: Query, all: boolean): Promise<Page<Record<string, unknown>>> {
    const items: Record<string, unknown>[] = [];
    let after = query['after'];
    for (;;) {
      const page = await this.get<Page<Record<string, unknown>>>(withQuery(path, { ...query, after }));
      items.push(...page.items);
      if (!all || page.next === null) return { items, next: page.next };
      after = page.next;
    }
  }

  /** @throws as `ask` */
  get<T>(path: string): Promise<T> {
    return this.ask(path, { method: 'GET' });
  }

  /** @throws as `ask` */
  post<T>(path: string, body?: object): Promise<T> {
    return this.ask(path, { method: 'POST', ...(body === undefined ? {} : { contentType: 'application/json', body: JSON.stringify(body) }) });
  }

  /** @throws {DoorRefused} the request or what it asks for @throws {Unreachable} no answer, or a failure of the service: ask again */
  async ask<T>(path: string, request: DoorRequest): Promise<T> {
    const answer = await this.send(path, request);
    const text = await answer.text();
    if (answer.ok) return JSON.parse(text) as T;
    const problem = problemOf(text);
    const detail = problem?.detail ?? text.slice(0, 200);
    // One broken rule is often the detail itself.
    const further = (problem?.errors ?? []).filter(({ message }) => message !== detail);
    const said = `${detail}${further.map(({ field, message }) => `\n  ${field === '' ? '' : `${field}: `}${message}`).join('')}`;
    if (answer.status >= 500) throw new Unreachable(`${this.url} answered ${answer.status}: ${said}`);
    throw new DoorRefused(answer.status, problem?.code ?? String(answer.status), said);
  }

  private async send(path: string, { method, contentType, headers, body, answerMsMax = ANSWER_MS_MAX }: DoorRequest): Promise<Response> {
    const request: RequestInit & { readonly duplex?: 'half' } = {
      method,
      headers: { ...(this.token === '' ? {} : { authorization: `Bearer ${this.token}` }), ...(contentType === undefined ? {} : { 'content-type': contentType }), ...headers },
      ...(body === undefined ? {} : { body: body as NonNullable<RequestInit['body']>, duplex: 'half' }),
      signal: AbortSignal.any([this.signal, AbortSignal.timeout(answerMsMax)]),
    };
    try {
      return await fetch(`${this.url}${path}`, request);
    } catch (error) {
      this.signal.throwIfAborted();
      throw new Unreachable(`${this.url} does not answer: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }
}

/** A request that may not be made at all is a matter of usage; every other refusal is an answer. @throws {UsageError | DoorRefused} */
export function asUsage(error: unknown, statuses: readonly number[] = [400, 401, 403]): DoorRefused {
  if (!(error instanceof DoorRefused)) throw error;
  if (statuses.includes(error.status)) throw new UsageError(error.message);
  return error;
}

export function withQuery(path: string, query: Query): string {
  const text = new URLSearchParams(Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined)).toString();
  return text === '' ? path : `${path}?${text}`;
}

function problemOf(text: string): Problem | undefined {
  try {
    return JSON.parse(text) as Problem;
  } catch {
    return undefined;
  }
}

import type { Page, Problem, Role } from '@qazyna/service-kit';
import { Unreachable, UsageError } from '../exit-codes.js';

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

/** A service's HTTP interface, with the operator's own token: it records who did what. */
export class Door {
  private constructor(
    private readonly url: string,
    private readonly token: string,
    private readonly signal: AbortSignal,
  ) {}

  /**
   * With the token given, or in the sandbox one of this role that its issuer gives to anybody.
   * @throws {UsageError} no token, outside the sandbox @throws {Unreachable} nobody answers
   */
  static async open({ url, token, role, signal }: { readonly url: string; readonly token: string | undefined; readonly role: Role; readonly signal: AbortSignal }): Promise<Door> {
    if (!URL.canParse(url)) throw new UsageError(`--url must be an address such as http://127.0.0.1:3000, not ${url}`);
    const base = url.replace(/\/+$/, '');
    if (token !== undefined && token !== '') return new Door(base, token, signal);
    const answer = await new Door(base, '', signal).send('POST', '/sandbox/token', { subject: 'qazyna-cli', organisation: 'operator', roles: [role] });
    if (!answer.ok) throw new UsageError(`OPERATOR_TOKEN must hold an access token with the role "${role}"; only the sandbox gives one away`);
    return new Door(base, ((await answer.json()) as { access_token: string }).access_token, signal);
  }

  /** One page, or with `all` every page one after another. @throws {DoorRefused | Unreachable} */
  async list(path: string, query: Query, all: boolean): Promise<Page<Record<string, unknown>>> {
    const items: Record<string, unknown>[] = [];
    let after = query['after'];
    for (;;) {
      const page = await this.get<Page<Record<string, unknown>>>(`${path}?${queryText({ ...query, after })}`);
      items.push(...page.items);
      if (!all || page.next === null) return { items, next: page.next };
      after = page.next;
    }
  }

  /** @throws {DoorRefused | Unreachable} */
  get<T>(path: string): Promise<T> {
    return this.ask('GET', path);
  }

  /** @throws {DoorRefused | Unreachable} */
  post<T>(path: string, body: object): Promise<T> {
    return this.ask('POST', path, body);
  }

  private async ask<T>(method: string, path: string, body?: object): Promise<T> {
    const answer = await this.send(method, path, body);
    if (answer.ok) return (await answer.json()) as T;
    const text = await answer.text();
    const problem = problemOf(text);
    if (answer.status >= 500) throw new Unreachable(`${this.url} answered ${answer.status}: ${problem?.detail ?? text.slice(0, 200)}`);
    const fields = problem?.errors?.map(({ field, message }) => `\n  ${field}: ${message}`).join('') ?? '';
    throw new DoorRefused(answer.status, problem?.code ?? String(answer.status), `${problem?.detail ?? text.slice(0, 200)}${fields}`);
  }

  private async send(method: string, path: string, body?: object): Promise<Response> {
    try {
      return await fetch(`${this.url}${path}`, {
        method,
        headers: { ...(this.token === '' ? {} : { authorization: `Bearer ${this.token}` }), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.any([this.signal, AbortSignal.timeout(ANSWER_MS_MAX)]),
      });
    } catch (error) {
      this.signal.throwIfAborted();
      throw new Unreachable(`${this.url} does not answer: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }
}

function queryText(query: Query): string {
  return new URLSearchParams(Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined)).toString();
}

function problemOf(text: string): Problem | undefined {
  try {
    return JSON.parse(text) as Problem;
  } catch {
    return undefined;
  }
}

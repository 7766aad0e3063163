import type { ListedDeadLetter, Page, Problem, ReplayAnswer, SelectedReplay, ShownDeadLetter } from '@qazyna/service-kit';
import { Unreachable, UsageError } from '../exit-codes.js';

/** Any one answer. A replay by filter appends up to 200 times. */
const ANSWER_MS_MAX = 60_000;

export type Filter = Readonly<Partial<Record<'topic' | 'group' | 'code' | 'type' | 'from' | 'to', string>>>;

/** The register's door (docs/dead-letters.md), with the operator's own token: it records who did what. */
export class RegisterClient {
  private constructor(
    private readonly url: string,
    private readonly token: string,
    private readonly signal: AbortSignal,
  ) {}

  /**
   * With the token given, or in the sandbox one that its issuer gives to anybody.
   * @throws {UsageError} no token, outside the sandbox @throws {Unreachable} nobody answers
   */
  static async open({ url, token, signal }: { readonly url: string; readonly token: string | undefined; readonly signal: AbortSignal }): Promise<RegisterClient> {
    if (!URL.canParse(url)) throw new UsageError(`--url must be an address such as http://127.0.0.1:3000, not ${url}`);
    const base = url.replace(/\/+$/, '');
    if (token !== undefined && token !== '') return new RegisterClient(base, token, signal);
    const anonymous = new RegisterClient(base, '', signal);
    const answer = await anonymous.send('POST', '/sandbox/token', { subject: 'qazyna-cli', organisation: 'operator', roles: ['operator'] });
    if (!answer.ok) throw new UsageError('OPERATOR_TOKEN must hold an access token with the role "operator"; only the sandbox gives one away');
    return new RegisterClient(base, ((await answer.json()) as { access_token: string }).access_token, signal);
  }

  list(filter: Filter & { readonly state?: string; readonly limit?: string; readonly after?: string }): Promise<Page<ListedDeadLetter>> {
    const query = new URLSearchParams(Object.entries(filter).filter((entry): entry is [string, string] => entry[1] !== undefined));
    return this.ask('GET', `/v1/dead-letters?${query.toString()}`);
  }

  show(letterId: string): Promise<ShownDeadLetter> {
    return this.ask('GET', `/v1/dead-letters/${encodeURIComponent(letterId)}`);
  }

  replay(letterId: string): Promise<ReplayAnswer> {
    return this.ask('POST', `/v1/dead-letters/${encodeURIComponent(letterId)}/replay`);
  }

  replaySelected(filter: Filter, dryRun: boolean, after: string | undefined): Promise<Page<SelectedReplay>> {
    return this.ask('POST', '/v1/dead-letters/replays', { ...filter, dryRun, ...(after === undefined ? {} : { after }) });
  }

  discard(letterId: string, reason: string): Promise<{ readonly letterId: string; readonly state: string }> {
    return this.ask('POST', `/v1/dead-letters/${encodeURIComponent(letterId)}/discard`, { reason });
  }

  private async ask<T>(method: string, path: string, body?: object): Promise<T> {
    const answer = await this.send(method, path, body);
    if (answer.ok) return (await answer.json()) as T;
    const text = await answer.text();
    const problem = problemOf(text);
    if (answer.status >= 500) throw new Unreachable(`${this.url} answered ${answer.status}: ${problem?.detail ?? text.slice(0, 200)}`);
    const fields = problem?.errors?.map(({ field, message }) => `\n  ${field}: ${message}`).join('') ?? '';
    throw new Refused(answer.status, problem?.code ?? String(answer.status), `${problem?.detail ?? text.slice(0, 200)}${fields}`);
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

/** The register said no: the letter is not there, not open any more, or the request was wrong. */
export class Refused extends Error {
  override readonly name = 'Refused';

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

function problemOf(text: string): Problem | undefined {
  try {
    return JSON.parse(text) as Problem;
  } catch {
    return undefined;
  }
}

import type { Problem } from '@qazyna/service-kit';
import { Unreachable, UsageError } from '../exit-codes.js';

/** A statement of many rows takes its time. */
const ANSWER_MS_MAX = 300_000;

export type StatementMedia = 'json' | 'csv' | 'json-lines';
const CONTENT_TYPES: Readonly<Record<StatementMedia, string>> = { json: 'application/json', csv: 'text/csv', 'json-lines': 'application/x-ndjson' };

/** What became of one row, or would. */
export interface RowAnswer {
  readonly row: number;
  readonly line?: number;
  readonly status: string;
  readonly paymentId?: string;
  readonly code?: string;
  readonly field?: string;
  readonly message?: string;
  readonly reasons?: readonly { readonly code: string; readonly message: string }[];
}

export interface StatementAnswer {
  readonly statementId: string;
  readonly sha256: string;
  readonly duplicate: boolean;
  readonly dryRun: boolean;
  readonly summary: Readonly<Record<string, number>>;
  readonly doubts: readonly { readonly code: string; readonly field: string; readonly message: string }[];
  readonly results: readonly RowAnswer[];
}

export interface StatementQuery {
  readonly pool: string;
  readonly account: string;
  readonly format?: string;
}

/** The whole statement was refused: nothing of it was recorded. */
export class StatementRefused extends Error {
  override readonly name = 'StatementRefused';
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** The door for statements (docs/pool-statements.md), with the operator's own token: it records who handed them in. */
export class StatementsClient {
  private constructor(
    private readonly url: string,
    private readonly token: string,
    private readonly signal: AbortSignal,
  ) {}

  /**
   * With the token given, or in the sandbox one that its issuer gives to anybody.
   * @throws {UsageError} no token, outside the sandbox @throws {Unreachable} nobody answers
   */
  static async open({ url, token, signal }: { readonly url: string; readonly token: string | undefined; readonly signal: AbortSignal }): Promise<StatementsClient> {
    if (!URL.canParse(url)) throw new UsageError(`--url must be an address such as http://127.0.0.1:3000, not ${url}`);
    const base = url.replace(/\/+$/, '');
    if (token !== undefined && token !== '') return new StatementsClient(base, token, signal);
    const anonymous = new StatementsClient(base, '', signal);
    const answer = await anonymous.send('/sandbox/token', 'application/json', Buffer.from(JSON.stringify({ subject: 'qazyna-cli', organisation: 'operator', roles: ['pool-operator'] })));
    if (!answer.ok) throw new UsageError('OPERATOR_TOKEN must hold an access token with the role "pool-operator"; only the sandbox gives one away');
    return new StatementsClient(base, ((await answer.json()) as { access_token: string }).access_token, signal);
  }

  /** @throws {StatementRefused} as a whole @throws {Unreachable} send it again: what was recorded is not recorded twice */
  async handIn({ pool, account, format }: StatementQuery, media: StatementMedia, bytes: Uint8Array, dryRun: boolean): Promise<StatementAnswer> {
    const query = new URLSearchParams({ pool, account, dryRun: String(dryRun), ...(format === undefined ? {} : { format }) });
    const answer = await this.send(`/v1/pool-statements?${query.toString()}`, CONTENT_TYPES[media], bytes);
    if (answer.ok) return (await answer.json()) as StatementAnswer;
    const text = await answer.text();
    const problem = problemOf(text);
    const said = problem?.detail ?? text.slice(0, 200);
    if (answer.status >= 500) throw new Unreachable(`${this.url} answered ${answer.status}: ${said}`);
    const fields = problem?.errors?.map(({ field, message }) => `\n  ${field}: ${message}`).join('') ?? '';
    if (answer.status === 401 || answer.status === 403) throw new UsageError(`${said}${fields}`);
    throw new StatementRefused(problem?.code ?? String(answer.status), `${said}${fields}`);
  }

  private async send(path: string, contentType: string, body: Uint8Array): Promise<Response> {
    try {
      return await fetch(`${this.url}${path}`, {
        method: 'POST',
        headers: { ...(this.token === '' ? {} : { authorization: `Bearer ${this.token}` }), 'content-type': contentType },
        body: Buffer.from(body),
        signal: AbortSignal.any([this.signal, AbortSignal.timeout(ANSWER_MS_MAX)]),
      });
    } catch (error) {
      this.signal.throwIfAborted();
      throw new Unreachable(`${this.url} does not answer: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }
}

function problemOf(text: string): Problem | undefined {
  try {
    return JSON.parse(text) as Problem;
  } catch {
    return undefined;
  }
}

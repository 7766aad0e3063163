import type { ReceivedRecord } from '@qazyna/messaging';

/** Any one answer: long enough for two busy cores, short enough that a hanging service is seen as one. */
const ANSWER_MS_MAX = 30_000;

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

/** A problem (RFC 9457) as a sender reads it. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly { readonly field: string; readonly code: string; readonly message: string }[];
}

export interface Call {
  readonly method?: 'GET' | 'POST';
  readonly role?: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

const tokens = new Map<string, Promise<string>>();

/** A token of the sandbox's issuer for one role; asked for once for each address and role. */
export function tokenFor(url: string, role: string): Promise<string> {
  const key = `${url} ${role}`;
  let token = tokens.get(key);
  if (token === undefined) {
    token = requestToken(url, role);
    tokens.set(key, token);
    token.catch(() => tokens.delete(key));
  }
  return token;
}

async function requestToken(url: string, role: string): Promise<string> {
  const answer = await call(url, '/sandbox/token', { body: JSON.stringify({ subject: `test-${role}`, organisation: 'tests', roles: [role] }) });
  if (answer.status !== 201) throw new Error(`no token: ${answer.status} ${answer.text}`);
  return (JSON.parse(answer.text) as { access_token: string }).access_token;
}

/** One request; POST where there is a body. A body without a content type of its own is JSON. */
export async function call(url: string, path: string, { method, role, token, headers, body }: Call = {}): Promise<Answer> {
  const bearer = token ?? (role === undefined ? undefined : await tokenFor(url, role));
  const answer = await fetch(`${url}${path}`, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
    signal: AbortSignal.timeout(ANSWER_MS_MAX),
  });
  return { status: answer.status, text: await answer.text(), headers: answer.headers };
}

/** The JSON of an answer that must be a success. @throws {Error} it is not, with what it is */
export async function ask<T>(url: string, path: string, request: Call = {}): Promise<T> {
  const answer = await call(url, path, request);
  if (answer.status < 200 || answer.status > 299) throw new Error(`${path} answered ${answer.status}: ${answer.text.slice(0, 2_000)}`);
  return JSON.parse(answer.text) as T;
}

/** Asks until the answer is as wanted. @throws {Error} not in time, with the last answer or error */
export async function until<T>(what: string, question: () => Promise<T> | T, wanted: (answer: T) => boolean, withinMs = 30_000): Promise<T> {
  const deadline = Date.now() + withinMs;
  let last: unknown;
  for (;;) {
    try {
      const answer = await question();
      if (wanted(answer)) return answer;
      last = answer;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) throw new Error(`${what}: not within ${withinMs} ms; last: ${last instanceof Error ? last.message : (JSON.stringify(last) ?? 'nothing').slice(0, 1_500)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** All items of a paged list. */
export async function allItems<T>(url: string, path: string, request: Call = {}): Promise<T[]> {
  const items: T[] = [];
  let after: string | null | undefined;
  do {
    const cursor: string = typeof after === 'string' ? `&after=${encodeURIComponent(after)}` : '';
    const page: { items: T[]; next?: string | null } = await ask(url, `${path}${path.includes('?') ? '&' : '?'}limit=1000${cursor}`, request);
    items.push(...page.items);
    after = page.next;
  } while (typeof after === 'string');
  return items;
}

/** A record's own headers and bytes, to be compared with those of its dead letter. */
export function asSent({ key, headers, value }: Pick<ReceivedRecord, 'key' | 'headers' | 'value'>): object {
  return { key, headers, value: value === null ? null : Buffer.from(value).toString('utf8') };
}

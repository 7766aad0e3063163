import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';

/** What every log line, event and answer of one request or message shares. */
export interface Correlation {
  readonly correlationId: string;
  /** Id of the message that led here; absent for HTTP. */
  readonly causationId?: string;
  /** Of an HTTP request: what was asked for, path and query. */
  readonly url?: string;
}

const storage = new AsyncLocalStorage<Correlation>();

/** Letters, digits and `._:-`, 8 to 128 of them: cannot break a log line, a header or a stream's metadata. */
const SANE_ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{7,127}$/;

/** Runs `work` and everything it awaits under this correlation. */
export function runCorrelated<T>(correlation: Correlation, work: () => T): T {
  return storage.run(correlation, work);
}

/** The correlation of the running request or message, or undefined outside of any. */
export function currentCorrelation(): Correlation | undefined {
  return storage.getStore();
}

/** The running correlation id; outside of any request a new one, so that an event is never without. */
export function correlationIdOrNew(): string {
  return storage.getStore()?.correlationId ?? randomUUID();
}

/** The id a caller sent when it is sane, else a new one. */
export function acceptCorrelationId(sent: unknown): string {
  return typeof sent === 'string' && SANE_ID.test(sent) ? sent : randomUUID();
}

import { STATUS_CODES } from 'node:http';
import type { Refusal } from '@qazyna/event-store';

/** One broken rule of one field. */
export interface ProblemField {
  /** Path such as `assets.0.amount`; empty for the body as a whole. */
  readonly field: string;
  /** Stable name of the rule. */
  readonly code: string;
  readonly message: string;
}

/** The body of every error answer (RFC 9457, `application/problem+json`). */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** Stable, kebab-case; part of the public contract. */
  readonly code: string;
  readonly detail: string;
  readonly instance: string;
  readonly correlationId: string;
  readonly errors?: readonly ProblemField[];
}

export const PROBLEM_MEDIA_TYPE = 'application/problem+json; charset=utf-8';

export interface ProblemOptions {
  readonly errors?: readonly ProblemField[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** An expected failure of a request. Throw it from a controller; the filter makes the answer. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly errors: readonly ProblemField[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    options: ProblemOptions = {},
  ) {
    super(detail, { cause: options.cause });
    this.errors = options.errors ?? [];
    this.headers = options.headers ?? {};
  }
}

/** The thing asked for does not exist. */
export function notFound(what: string): ProblemError {
  return new ProblemError(404, 'not-found', `${what} does not exist`);
}

/**
 * HTTP status of a refusal by its code: `…-not-found`/`unknown-…` 404, `…conflict…`/`already-…` 409, `not-allowed-…`
 * 403, everything else 422 (well-formed and against the rules). A service may name exceptions.
 */
export function statusOfRefusal(code: string, exceptions: Readonly<Record<string, number>> = {}): number {
  const exception = exceptions[code];
  if (exception !== undefined) return exception;
  if (code.endsWith('-not-found') || code === 'not-found' || code.startsWith('unknown-')) return 404;
  if (code.includes('conflict') || code.startsWith('already-') || code.includes('-already-')) return 409;
  if (code.startsWith('not-allowed') || code.startsWith('forbidden')) return 403;
  return 422;
}

/** A refusal as the error that becomes its answer. */
export function refusalProblem(refusal: Refusal, exceptions: Readonly<Record<string, number>> = {}): ProblemError {
  const errors = refusal.field === undefined ? [] : [{ field: refusal.field, code: refusal.code, message: refusal.message }];
  return new ProblemError(statusOfRefusal(refusal.code, exceptions), refusal.code, refusal.message, { errors });
}

/** What is answered with where it was no refusal. */
export type Granted<Outcome> = Exclude<Outcome, { readonly refusal: Refusal }>;

/** Answers with a refusal. @throws {ProblemError} always */
export function sendRefusal(refusal: Refusal, exceptions: Readonly<Record<string, number>> = {}): never {
  throw refusalProblem(refusal, exceptions);
}

/** The body of an answer. `type` is a stable URN, since no public web address is assumed. */
export function problemBody(error: ProblemError, instance: string, correlationId: string): Problem {
  return {
    type: `urn:qazyna:problem:${error.code}`,
    title: STATUS_CODES[error.status] ?? 'Error',
    status: error.status,
    code: error.code,
    detail: error.message,
    instance,
    correlationId,
    ...(error.errors.length === 0 ? {} : { errors: error.errors }),
  };
}

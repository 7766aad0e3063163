import type { ServiceLogger } from '../logging/logger.js';

/** The part of `process` the guard uses; a test gives its own. */
export interface ProcessSignals {
  on(event: string, listener: (...details: unknown[]) => void): unknown;
  off(event: string, listener: (...details: unknown[]) => void): unknown;
  exit(code: number): void;
}

export interface GuardOptions {
  readonly logger: ServiceLogger;
  /** Drains and closes everything; bounded by its own timeout. */
  readonly close: () => Promise<void>;
  readonly process?: ProcessSignals;
}

/** Conventional exit status of a process ended by a signal: 128 and its number. */
const SIGNALS = { SIGTERM: 143, SIGINT: 130 } as const;

/**
 * First SIGTERM or SIGINT: drain, then exit 0 (1 when draining failed). A second one: exit now. An error nobody
 * caught leaves the process in an unknown state: it is logged and the process ends, so that a supervisor starts a
 * fresh one from the durable streams. Returns what takes the handlers away again.
 */
export function guardProcess(options: GuardOptions): () => void {
  const target = options.process ?? (process);
  let draining = false;
  const onSignal = (signal: keyof typeof SIGNALS) => (): void => {
    if (draining) {
      options.logger.fatal({ signal }, 'second signal: exiting without draining');
      target.exit(SIGNALS[signal]);
      return;
    }
    draining = true;
    options.logger.info({ signal }, 'draining');
    options.close().then(
      () => {
        options.logger.info('closed');
        target.exit(0);
      },
      (error: unknown) => {
        options.logger.fatal({ err: error }, 'did not close cleanly');
        target.exit(1);
      },
    );
  };
  const onError = (kind: string) => (error: unknown): void => {
    options.logger.fatal({ err: error instanceof Error ? error : new Error(String(error)) }, kind);
    target.exit(1);
  };
  const handlers: readonly (readonly [string, (...details: unknown[]) => void])[] = [
    ['SIGTERM', onSignal('SIGTERM')],
    ['SIGINT', onSignal('SIGINT')],
    ['unhandledRejection', onError('unhandled rejection')],
    ['uncaughtException', onError('uncaught exception')],
  ];
  for (const [event, handler] of handlers) target.on(event, handler);
  return () => {
    for (const [event, handler] of handlers) target.off(event, handler);
  };
}

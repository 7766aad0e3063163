import { AsyncLocalStorage } from 'node:async_hooks';

/** The trace of the request or batch that runs now. */
export interface ActiveTrace {
  readonly traceparent: string;
  /** For a batch of messages: the trace of each, by the message's id. */
  readonly byMessage?: ReadonlyMap<string, string>;
}

const storage = new AsyncLocalStorage<ActiveTrace>();

/** Runs `work` and everything it awaits in this trace. */
export function runTraced<T>(trace: ActiveTrace, work: () => T): T {
  return storage.run(trace, work);
}

export function activeTrace(): ActiveTrace | undefined {
  return storage.getStore();
}

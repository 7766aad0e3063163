import type { AppendResult as ServerResult, EventStoreDBClient } from '@eventstore/db-client';
import { setTimeout as sleep } from 'node:timers/promises';
import { StoreTimeout, type AppendResult, type ExpectedRevision, type NewEvent } from '../port.js';
import { Gate } from './gate.js';
import { explainAppendFailure } from './errors.js';
import { withinTime } from './timing.js';
import type { LogPosition } from './records.js';

export interface AppendCall {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly NewEvent[];
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

const RETRY_PAUSE_MS = 50;
const RETRY_PAUSE_MS_MAX = 1_000;

/**
 * Appends with a definite answer wherever one can be had. A broken connection leaves open whether the server took
 * the append, so the same ids go out again until the server answers or the time is up.
 *
 * The server does not say whether it wrote or recognised the ids. Its answer carries the position of the events: at
 * or before the end of the log as this process knew it when the append was sent, they were there already. Appends to
 * one stream go out one after the other, so that two of them in this process cannot be mistaken for each other.
 */
export class Appender {
  private readonly tails = new Map<string, Promise<unknown>>();

  constructor(
    private readonly client: EventStoreDBClient,
    private readonly gate: Gate,
    private headSeen: bigint,
  ) {}

  /** Called with every position this process sees. */
  see(position: LogPosition): void {
    if (position.commit > this.headSeen) this.headSeen = position.commit;
  }

  async append(call: AppendCall): Promise<AppendResult> {
    const deadline = Date.now() + call.timeoutMs;
    await this.gate.enter(call.signal, deadline, `the append to ${call.stream}`);
    try {
      return await this.inTurn(call, deadline);
    } finally {
      this.gate.leave();
    }
  }

  private async inTurn(call: AppendCall, deadline: number): Promise<AppendResult> {
    const before = this.tails.get(call.stream);
    const mine = (before ?? Promise.resolve()).then(
      () => this.send(call, deadline),
      () => this.send(call, deadline),
    );
    this.tails.set(call.stream, mine);
    try {
      return await mine;
    } finally {
      if (this.tails.get(call.stream) === mine) this.tails.delete(call.stream);
    }
  }

  private async send(call: AppendCall, deadline: number): Promise<AppendResult> {
    const { stream, expected, signal } = call;
    const headBefore = this.headSeen;
    const events = call.events.map((event) => ({
      id: event.id,
      type: event.type,
      contentType: 'application/json' as const,
      data: event.data,
      metadata: { ...event.metadata },
    }));
    let maySent = false;
    for (let pause = RETRY_PAUSE_MS; ; pause = Math.min(pause * 2, RETRY_PAUSE_MS_MAX)) {
      signal.throwIfAborted();
      const left = deadline - Date.now();
      if (left <= 0) throw new StoreTimeout(`the append to ${stream} was not answered within ${call.timeoutMs} ms; its outcome is unknown`);
      try {
        const result: ServerResult = await withinTime(
          this.client.appendToStream(stream, events, { expectedRevision: expected === 'no-stream' ? 'no_stream' : expected, deadline: left }),
          left,
          signal,
        );
        const duplicate = result.position !== undefined && result.position.commit <= headBefore;
        if (result.position !== undefined) this.see(result.position);
        return { revision: result.nextExpectedRevision, duplicate };
      } catch (error) {
        signal.throwIfAborted();
        const { definite, retry } = explainAppendFailure(error, stream, expected);
        // "Cannot be reached" is definite only as long as no earlier attempt may have arrived.
        if (definite !== undefined && !(retry && maySent)) throw definite;
        maySent = true;
        await sleep(Math.min(pause * (0.5 + Math.random()), Math.max(0, deadline - Date.now())), undefined, { signal }).catch(() => undefined);
      }
    }
  }
}

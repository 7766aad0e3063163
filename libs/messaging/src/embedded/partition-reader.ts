import { pause, pauseMs, type PauseBounds } from '../pauses.js';
import type { ReceivedRecord, SubscriptionRequest } from '../port.js';
import type { Log, Topic } from './log.js';

export interface PartitionReaderParts {
  readonly log: Log;
  readonly topic: Topic;
  readonly partition: number;
  readonly request: SubscriptionRequest;
  readonly batchSizeMax: number;
  readonly pauses: PauseBounds;
  /** Aborts when the subscription stops. */
  readonly signal: AbortSignal;
  /** How often the topic was published to. */
  readonly published: () => number;
  /** Resolves when the topic was published to more often than `seen`, or when the signal aborts. */
  readonly arrivalAfter: (seen: number) => Promise<void>;
  readonly commit: (next: number, note: string | undefined) => Promise<void>;
  /** Runs `work` while no other member of the group works on this partition. */
  readonly exclusively: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Hands one partition's records to one group, in order, until stopped. Never rejects. */
export async function readPartition(parts: PartitionReaderParts): Promise<void> {
  const { topic, partition, request, signal } = parts;
  let attempt = 0;
  while (!signal.aborted) {
    // Counted before looking, so that what arrives in between is not slept through.
    const seen = parts.published();
    let found = false;
    try {
      found = await parts.exclusively(() => deliver(parts));
      attempt = 0;
    } catch (error) {
      attempt += 1;
      report(request, error, { topic: topic.name, partition, attempt });
      await pause(pauseMs(attempt, parts.pauses), signal);
      continue;
    }
    if (!found) await parts.arrivalAfter(seen);
  }
}

async function deliver(parts: PartitionReaderParts): Promise<boolean> {
  const { log, topic, partition, request, signal } = parts;
  if (signal.aborted) return false;
  const records: ReceivedRecord[] = log.read(topic, partition, log.position(request.group, topic, partition), parts.batchSizeMax);
  const last = records.at(-1);
  if (last === undefined) return false;
  // Nobody is expelled from an embedded group: a heartbeat only lets other work run.
  const heartbeat = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  let kept: string | undefined;
  await request.handler(records, {
    topic: topic.name,
    partition,
    signal,
    heartbeat,
    note: () => Promise.resolve(log.note(request.group, topic, partition)),
    keep: (note) => (kept = note),
  });
  await parts.commit(Number(last.offset) + 1, kept);
  return true;
}

function report(request: SubscriptionRequest, error: unknown, context: { topic: string; partition: number; attempt: number }): void {
  try {
    request.onError?.(error, context);
  } catch {
    // An observer's own failure must not end the reading.
  }
}

import { streamOf, TOPICS, type DeadLetterRefusedAgain } from '@qazyna/contracts';
import { handleCommand, loadState, type EventStore } from '@qazyna/event-store';
import { decodeRecord, isInfrastructureFault, MalformedMessage, readDeadLetter, type BatchConsumer, type BusSubscription, type DeadLetter, type MessageBus, type MessageValidator, type ReceivedRecord } from '@qazyna/messaging';
import type { ServiceLogger } from '../logging/logger.js';
import { deadLetterDecider, isUnderWay } from './dead-letter.js';
import { fieldPath, REPLAY_HEADER, stableCode } from './dead-letter-register.worker.js';

/** A handler of the service, as the first delivery calls it. */
export interface ReplayTarget {
  readonly topic: string;
  readonly group: string;
  readonly types: readonly string[] | undefined;
  readonly consume: BatchConsumer;
}

export interface ReplayOptions {
  readonly service: string;
  readonly store: EventStore;
  readonly bus: MessageBus;
  readonly validator: MessageValidator;
  readonly targets: readonly ReplayTarget[];
  readonly logger: ServiceLogger;
}

type Refused = Pick<DeadLetterRefusedAgain, 'code' | 'field'>;

/**
 * Takes the replays meant for this service's own groups and hands each to the handler that refused it, as the record it
 * was. The letter learns what came of it after the effect is durable: a crash in between repeats the message, which the
 * handler knows by its identity.
 */
export async function consumeReplays(options: ReplayOptions): Promise<BusSubscription> {
  const { bus, service, logger } = options;
  return bus.subscribe({
    topics: [TOPICS.replays],
    group: `${service}.replays`,
    batchSizeMax: 100,
    handler: async (records, context) => {
      for (const record of records) {
        context.signal.throwIfAborted();
        await take(record, options, context.signal);
        await context.heartbeat();
      }
    },
    onError: (error, context) => logger.warn({ err: error, ...context }, 'a replay failed and will be repeated'),
  });
}

async function take(record: ReceivedRecord, options: ReplayOptions, signal: AbortSignal): Promise<void> {
  const { store, targets, service } = options;
  const letter = readDeadLetter(record);
  const replay = Number(record.headers[REPLAY_HEADER]);
  const target = letter && targets.find(({ topic, group }) => topic === letter.topic && group === letter.group);
  if (letter === undefined || target === undefined || !Number.isSafeInteger(replay)) return;
  const letterId = letter.id;
  const stream = streamOf.deadLetter(letterId);
  // Sent twice, or answered by another instance.
  if (!isUnderWay((await loadState(store, deadLetterDecider, stream)).state, { replay })) return;
  const refused = await deliver(originalOf(letter, record), await notedAt(store, stream), target, options, signal);
  await handleCommand(store, deadLetterDecider, {
    stream,
    command: refused === undefined ? { kind: 'confirm', replayed: { letterId, replay } } : { kind: 'refuse-again', refused: { letterId, replay, ...refused } },
    commandId: `${refused === undefined ? 'replayed' : 'refused-again'}:${replay}`,
    metadata: { actor: { subject: `${service}.replays`, organisation: 'qazyna' }, correlationId: letterId },
  });
}

function originalOf({ topic, partition, offset, timestamp, original }: DeadLetter, { headers }: ReceivedRecord): ReceivedRecord {
  return { topic, partition, offset, timestamp, key: headers['dead-letter-key'] ?? null, headers: original.headers, value: original.value };
}

/** When the store recorded that the message had been put aside: a time that nobody who can write to a topic can choose. */
async function notedAt(store: EventStore, stream: string): Promise<Date | undefined> {
  for await (const [first] of store.readStream(stream, { limit: 1 })) return first?.recordedAt;
  return undefined;
}

/** @returns why it was refused, or undefined when its effect is durable */
async function deliver(record: ReceivedRecord, receivedAt: Date | undefined, { types, consume }: ReplayTarget, { validator }: ReplayOptions, signal: AbortSignal): Promise<Refused | undefined> {
  try {
    const event = decodeRecord(record);
    if (types !== undefined && !types.includes(event.type)) return { code: 'type-not-read' };
    const verdict = validator.validate(event.type, event.data);
    if (!verdict.ok) return refusedBy(verdict);
    const [outcome] = (await consume([{ event: { ...event, data: verdict.value }, record, ...(receivedAt === undefined ? {} : { receivedAt }) }])) ?? [];
    return outcome?.kind === 'dead-letter' ? refusedBy(outcome) : undefined;
  } catch (error) {
    if (error instanceof MalformedMessage) return refusedBy(error);
    if (isInfrastructureFault(error) || signal.aborted) throw error;
    const { code } = error as { readonly code?: unknown };
    return { code: typeof code === 'string' ? stableCode(code) : 'handler-failed' };
  }
}

function refusedBy({ code, field }: { readonly code: string; readonly field?: string }): Refused {
  return { code: stableCode(code), ...fieldPath(field) };
}

import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { streamOf, TOPICS, type DeadLetterNoted } from '@qazyna/contracts';
import { handleCommand, isUuid, type EventStore } from '@qazyna/event-store';
import { readDeadLetter, toDeadLetter, type BusSubscription, type DeadLetter, type MessageBus, type ReceivedRecord } from '@qazyna/messaging';
import type { ComponentState } from '../health/readiness-registry.js';
import type { ServiceLogger } from '../logging/logger.js';
import type { ReadModelHost } from '../read-models/read-model-host.js';
import { deadLetterDecider } from './dead-letter.js';
import type { DeadLetterShelf } from './dead-letter-shelf.store.js';

/** Says which replay a message of the replay topic is. Taken off again with the other headers of its kind. */
export const REPLAY_HEADER = 'dead-letter-replay';
const PUBLISH_EVERY_MS = 250;
const JOIN_AGAIN_MS = 5_000;
/** Most letters of one round: a replay by filter must not fill the bus's queue. */
const PUBLISHED_AT_ONCE_MAX = 100;
const ACTOR = { subject: 'dead-letter-register', organisation: 'qazyna' };

export interface RegisterOptions {
  readonly store: EventStore;
  readonly bus: MessageBus;
  readonly shelf: DeadLetterShelf;
  readonly model: ReadModelHost;
  readonly logger: ServiceLogger;
}

/**
 * Notes every letter of the topic, and sends the letters whose replay was asked for to the replay topic. What is sent
 * follows from the recorded request and is sent again after a crash: the group knows a replay that is no longer waited for.
 */
export class DeadLetterRegister {
  private readonly stopping = new AbortController();
  private joining: Promise<void> | undefined;
  private subscription: BusSubscription | undefined;
  private timer: NodeJS.Timeout | undefined;
  private publishing: Promise<void> | undefined;
  private readonly sent = new Map<string, number>();

  constructor(private readonly options: RegisterOptions) {}

  /** In the background: nothing else needs the register, and after a crash a broker keeps a group's place for a while. */
  start(): void {
    this.joining ??= this.join();
    this.timer = setInterval(() => void (this.publishing ??= this.round()), PUBLISH_EVERY_MS);
    this.timer.unref();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    clearInterval(this.timer);
    await this.publishing;
    await this.joining;
    await this.subscription?.stop();
    this.subscription = undefined;
  }

  /** A view that stands still is a fault; a group that is still being joined only delays what is listed. */
  health(): ComponentState {
    const state = this.options.model.health();
    return state.ok && this.subscription === undefined ? { ok: true, detail: 'joining its group' } : state;
  }

  private async join(): Promise<void> {
    const { bus, shelf, logger } = this.options;
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        this.subscription = await bus.subscribe({
          topics: [TOPICS.deadLetters],
          group: shelf.group,
          batchSizeMax: 100,
          handler: (records) => this.note(records),
          onError: (error, context) => logger.warn({ err: error, ...context }, 'dead letters could not be noted and are read again'),
        });
        return;
      } catch (error) {
        logger.warn({ err: error }, 'the register of dead letters cannot read its topic and will try again');
        await pause(JOIN_AGAIN_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  private async note(records: readonly ReceivedRecord[]): Promise<void> {
    const { shelf, store, logger } = this.options;
    const letters: DeadLetter[] = [];
    for (const record of records) {
      const letter = readDeadLetter(record);
      if (letter !== undefined && isSound(letter)) letters.push(letter);
      else logger.warn({ topic: record.topic, partition: record.partition, offset: record.offset }, 'a record of the topic of dead letters is none');
    }
    shelf.keep(letters);
    for (const letter of letters) {
      await handleCommand(store, deadLetterDecider, {
        stream: streamOf.deadLetter(letter.id),
        command: { kind: 'note', letter: noted(letter) },
        commandId: 'note',
        metadata: { actor: ACTOR, correlationId: letter.id },
        expectNew: true,
      });
    }
  }

  private async round(): Promise<void> {
    try {
      await this.publishRequested();
    } catch (error) {
      this.options.logger.warn({ err: error }, 'replays could not be sent and will be again');
    } finally {
      this.publishing = undefined;
    }
  }

  private async publishRequested(): Promise<void> {
    const { model, shelf, bus } = this.options;
    const waiting = model.db.prepare("SELECT letter_id AS id, replays FROM letters WHERE state = 'replaying' ORDER BY sequence").all() as unknown as { id: string; replays: number }[];
    const still = new Set(waiting.map(({ id }) => id));
    for (const id of this.sent.keys()) if (!still.has(id)) this.sent.delete(id);
    const due = waiting.filter(({ id, replays }) => this.sent.get(id) !== replays).slice(0, PUBLISHED_AT_ONCE_MAX);
    for (const { id, replays } of due) {
      const letter = shelf.find(id);
      // Not read from the topic yet, on a new shelf: the next round finds it.
      if (letter === undefined) continue;
      await bus.publish(TOPICS.replays, [replayRecord(letter, replays)]);
      this.sent.set(id, replays);
    }
  }
}

/** The letter as it was put aside, with the number of the replay. */
export function replayRecord(letter: DeadLetter, replay: number): ReturnType<typeof toDeadLetter> {
  const { topic, partition, offset, timestamp, original, group, attempts, time } = letter;
  const record = toDeadLetter({ ...original, topic, partition, offset, timestamp }, letter, { group, attempts, time });
  return { ...record, key: letter.id, headers: { ...record.headers, 'dead-letter-id': letter.id, ...keyHeader(original.key), [REPLAY_HEADER]: String(replay) } };
}

/** The replay's own key keeps a letter's replays in order; the original's travels beside it. */
function keyHeader(key: string | null): Record<string, string> {
  return key === null ? {} : { 'dead-letter-key': key };
}

/** Anyone who may write to the topic may write nonsense: it must neither name a stream nor stop the register. */
function isSound({ id, topic, group, partition, attempts, timestamp, time }: DeadLetter): boolean {
  return (
    isUuid(id) && id === id.toLowerCase() && topic.length <= 249 && group.length <= 255 && Number.isSafeInteger(partition) && partition >= 0 &&
    Number.isSafeInteger(attempts) && attempts > 0 && !Number.isNaN(timestamp.getTime()) && !Number.isNaN(time.getTime())
  );
}

/** What a stream may hold of a letter: never its content, and texts only of a shape that cannot be a sentence. */
function noted({ id, topic, partition, offset, group, code, field, attempts, time, original }: DeadLetter): DeadLetterNoted {
  const type = original.headers['ce_type'];
  const value = original.value ?? new Uint8Array();
  return {
    letterId: id,
    topic,
    partition,
    offset: offset.toString(),
    group,
    code: stableCode(code),
    ...fieldPath(field),
    ...(type !== undefined && /^[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$/.test(type) ? { type } : {}),
    attempts,
    deadLetteredAt: time.toISOString(),
    size: value.byteLength,
    sha256: createHash('sha256').update(value).digest('hex'),
  };
}

export function stableCode(code: string): string {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(code) ? code : 'unnamed-reason';
}

export function fieldPath(field: string | undefined): { readonly field?: string } {
  return field !== undefined && /^[A-Za-z0-9_.[\]-]{1,200}$/.test(field) ? { field } : {};
}

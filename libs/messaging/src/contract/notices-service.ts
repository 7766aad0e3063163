import 'reflect-metadata';
import { Controller, Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventPattern, Payload } from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { BatchProcessorOptions } from '../delivery/batch-processor.js';
import type { MessageBatch, Outcome } from '../delivery/batch.js';
import type { MessageValidator } from '../delivery/validation.js';
import { connectMessaging } from '../nest/connect-messaging.js';
import type { MessageBus } from '../port.js';

/** What the two readers of one topic do with a batch, and what they have taken. */
export interface Readers {
  readonly first: string[];
  readonly second: string[];
  /** Called before the first reader takes a batch; may throw or return outcomes. */
  react(batch: MessageBatch): readonly Outcome[] | undefined;
}

export const NOTICE = 'contract.notice.v1';

/** Data is `{ text: string }`. */
export const noticeValidator: MessageValidator = {
  validate: (type, data) => {
    const text = (data as { text?: unknown } | null)?.text;
    if (type !== NOTICE) return { ok: false, code: 'unknown-message-type', field: 'type', message: `no message type is called ${type}` };
    if (typeof text !== 'string') return { ok: false, code: 'invalid-message', field: 'text', message: 'text must be a string' };
    return { ok: true, value: { text } };
  },
};

const textsOf = (batch: MessageBatch): string[] => batch.map(({ event }) => (event.data as { text: string }).text);

/** A service with two handlers of one topic in different groups, as in a process that runs several services. */
export async function startNotices(
  bus: MessageBus,
  names: { topic: string; deadLetters: string; group: string },
  readers: Readers,
  more: Partial<BatchProcessorOptions> = {},
): Promise<INestApplication> {
  @Controller()
  class FirstReader {
    @EventPattern<string>(names.topic, { group: `${names.group}-first`, types: [NOTICE, 'contract.other.v1'] })
    // eslint-disable-next-line @typescript-eslint/require-await -- handlers are asynchronous
    async handle(@Payload() batch: MessageBatch): Promise<readonly Outcome[] | undefined> {
      const outcomes = readers.react(batch);
      readers.first.push(...textsOf(batch));
      return outcomes;
    }
  }

  @Controller()
  class SecondReader {
    @EventPattern<string>(names.topic, { group: `${names.group}-second`, types: [NOTICE] })
    handle(@Payload() batch: MessageBatch): Promise<void> {
      readers.second.push(...textsOf(batch));
      return Promise.resolve();
    }
  }

  @Module({ controllers: [FirstReader, SecondReader] })
  class NoticesModule {}

  const app = await NestFactory.create(NoticesModule, new FastifyAdapter(), { logger: false });
  connectMessaging(app, { bus, validator: noticeValidator, deadLetterTopic: names.deadLetters, ...more });
  await app.startAllMicroservices();
  return app;
}

import { createHash } from 'node:crypto';
import { Inject, Injectable, type CallHandler, type ExecutionContext, type NestInterceptor, type OnApplicationShutdown } from '@nestjs/common';
import type { Clock } from '@qazyna/event-store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import type { AuthenticatedRequest } from '../../auth/decorators.js';
import type { PlatformConfig } from '../../config/platform-config.js';
import { CLOCK, CONFIG, SERVICE_NAME } from '../../platform/tokens.js';
import { ProblemError } from '../problem.js';
import { AnswerShelf } from './answer-shelf.store.js';

export const IDEMPOTENCY_HEADER = 'idempotency-key';
/** Set on an answer that was given before. */
export const REPLAYED_HEADER = 'idempotency-replayed';
const KEY = /^[\x21-\x7e]{1,128}$/;
const UNSAFE: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
/** A larger answer is given and not kept: the request, sent again, is carried out again and changes nothing. */
const ANSWER_CHARACTERS_MAX = 1_048_576;
const HOUR_MS = 3_600_000;

/**
 * `Idempotency-Key` on every door that changes something (draft-ietf-httpapi-idempotency-key-header): the same key with
 * the same request of the same asker is answered as it was the first time. Refusals are not kept, since they changed
 * nothing and tomorrow's answer may be another. Without a key nothing is lost: each command counts once by its own identity.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor, OnApplicationShutdown {
  private readonly shelf: AnswerShelf;
  /** Keys of requests that are being carried out in this process. */
  private readonly inHand = new Set<string>();

  constructor(
    @Inject(CONFIG) config: PlatformConfig,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SERVICE_NAME) service: string,
  ) {
    this.shelf = AnswerShelf.open(config.dataDir, service, config.idempotencyHours * HOUR_MS);
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http') return next.handle();
    const request = context.switchToHttp().getRequest<FastifyRequest & Partial<AuthenticatedRequest>>();
    const key = request.headers[IDEMPOTENCY_HEADER];
    // Public doors know no asker whose answers could be told apart.
    if (key === undefined || request.actor === undefined || !UNSAFE.has(request.method)) return next.handle();
    const { organisation, subject } = request.actor;
    return from(this.once(JSON.stringify([organisation, subject]), checkedKey(key), request, context.switchToHttp().getResponse<FastifyReply>(), next));
  }

  onApplicationShutdown(): void {
    this.shelf.close();
  }

  private async once(asker: string, key: string, request: FastifyRequest, reply: FastifyReply, next: CallHandler): Promise<unknown> {
    const fingerprint = fingerprintOf(request);
    const kept = this.shelf.find(asker, key, this.clock.now());
    if (kept !== undefined) {
      if (kept.fingerprint !== fingerprint) throw new ProblemError(422, 'idempotency-key-reused', 'this idempotency key came before, with another request: use a new key for each request');
      void reply.header(REPLAYED_HEADER, 'true');
      return JSON.parse(kept.body) as unknown;
    }
    const name = `${asker} ${key}`;
    if (this.inHand.has(name)) throw new ProblemError(409, 'idempotency-key-in-use', 'a request with this idempotency key is being carried out: ask again when it is answered');
    this.inHand.add(name);
    try {
      const answer = await lastValueFrom(next.handle() as Observable<unknown>, { defaultValue: undefined });
      const body = JSON.stringify(answer) as string | undefined;
      if (reply.statusCode < 300 && body !== undefined && body.length <= ANSWER_CHARACTERS_MAX) this.shelf.keep(asker, key, { fingerprint, body }, this.clock.now());
      return answer;
    } finally {
      this.inHand.delete(name);
    }
  }
}

function checkedKey(key: string | string[]): string {
  if (typeof key === 'string' && KEY.test(key)) return key;
  throw new ProblemError(400, 'idempotency-key-malformed', 'an idempotency key is 1 to 128 visible ASCII characters, given once');
}

/** The message's own attributes are of the request as its body is; a signature that is made again signs the same. */
function fingerprintOf({ method, url, headers, body }: FastifyRequest): string {
  const attributes = Object.entries(headers).filter(([name]) => name === 'content-type' || (name.startsWith('ce-') && name !== 'ce-signature'));
  const hash = createHash('sha256').update(`${method} ${url}\n${JSON.stringify(attributes.sort(([a], [b]) => (a < b ? -1 : 1)))}\n`);
  return (Buffer.isBuffer(body) ? hash.update(body) : hash.update(JSON.stringify(body ?? null))).digest('hex');
}

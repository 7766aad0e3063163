import { createHash } from 'node:crypto';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { map, type Observable } from 'rxjs';

/** The parts of Fastify's request and reply that a conditional answer needs. */
interface ConditionalRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}
interface ConditionalReply {
  header(name: string, value: string): unknown;
  code(status: number): unknown;
}

/** Names each public answer by the hash of its bytes, so that caches ask again for the price of an empty 304 (RFC 9110, 13.1.2). */
export class EtagInterceptor implements NestInterceptor<unknown, unknown> {
  intercept(context: ExecutionContext, next: CallHandler<unknown>): Observable<unknown> {
    const http = context.switchToHttp();
    return next.handle().pipe(map((answer) => conditional(answer, http.getRequest<ConditionalRequest>(), http.getResponse<ConditionalReply>())));
  }
}

function conditional(answer: unknown, request: ConditionalRequest, reply: ConditionalReply): unknown {
  const isText = typeof answer === 'string';
  const bytes = isText ? answer : JSON.stringify(answer);
  const etag = `"${createHash('sha256').update(bytes).digest('base64url')}"`;
  reply.header('etag', etag);
  if (isNamed(request.headers['if-none-match'], etag)) {
    reply.code(304);
    return undefined;
  }
  if (!isText) reply.header('content-type', 'application/json; charset=utf-8');
  return bytes;
}

/** `If-None-Match` is `*` or a list; a weak name is as good as a strong one here. */
function isNamed(header: string | string[] | undefined, etag: string): boolean {
  const names = [header ?? []].flat().join(',').split(',').map((name) => name.trim().replace(/^W\//, ''));
  return names.includes('*') || names.includes(etag);
}

import { Catch, Inject } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { correlationIdOrNew } from '../correlation/correlation.js';
import type { ServiceLogger } from '../logging/logger.js';
import { LOGGER } from '../platform/tokens.js';
import { PROBLEM_MEDIA_TYPE, problemBody } from './problem.js';
import type { ProblemError } from './problem.js';
import { problemOf } from './problem-of.js';
import { SECURITY_HEADERS } from './security-headers.js';

/** Turns whatever a request ended in into problem+json, and logs what is our fault. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(@Inject(LOGGER) private readonly logger: ServiceLogger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    // A message handler's error belongs to the transport, which knows retry from poison.
    if (host.getType() !== 'http') throw error;
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const problem = problemOf(error);
    if (problem.status >= 500) {
      const level = problem.status === 503 ? 'warn' : 'error';
      this.logger[level]({ err: problem.cause ?? problem, method: request.method, path: pathOf(request.url), code: problem.code }, problem.message);
    }
    sendProblem(request, reply, problem);
  }
}

/** Writes the answer, unless one was already begun. */
function sendProblem(request: FastifyRequest, reply: FastifyReply, problem: ProblemError): void {
  if (reply.sent) return;
  const correlationId = request.correlationId ?? correlationIdOrNew();
  void reply
    .code(problem.status)
    .headers({ ...problem.headers, 'content-type': PROBLEM_MEDIA_TYPE, 'cache-control': 'no-store', 'x-correlation-id': correlationId })
    .send(JSON.stringify(problemBody(problem, pathOf(request.url), correlationId)));
}

/** For what Fastify's router refuses by itself, before any hook or Nest's filters run: a URL that cannot be decoded. */
export function sendRouterProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  void reply.headers(SECURITY_HEADERS);
  sendProblem(request, reply, problemOf(error));
}

/** Without the query, which may carry what should not be repeated. */
function pathOf(url: string): string {
  return (url.split('?')[0] ?? url).slice(0, 500);
}

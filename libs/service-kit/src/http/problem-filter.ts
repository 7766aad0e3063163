import { Catch, Inject } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { correlationIdOrNew } from '../correlation/correlation.js';
import type { ServiceLogger } from '../logging/logger.js';
import { LOGGER } from '../platform/tokens.js';
import { PROBLEM_MEDIA_TYPE, problemBody } from './problem.js';
import { problemOf } from './problem-of.js';

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
    if (reply.sent) return;
    const correlationId = correlationIdOf(request);
    void reply
      .code(problem.status)
      .headers({ ...problem.headers, 'content-type': PROBLEM_MEDIA_TYPE, 'cache-control': 'no-store', 'x-correlation-id': correlationId })
      .send(JSON.stringify(problemBody(problem, pathOf(request.url), correlationId)));
  }
}

function correlationIdOf(request: FastifyRequest): string {
  return request.correlationId ?? correlationIdOrNew();
}

/** Without the query, which may carry what should not be repeated. */
function pathOf(url: string): string {
  return (url.split('?')[0] ?? url).slice(0, 500);
}

import type { FastifyInstance } from 'fastify';
import { acceptCorrelationId, runCorrelated } from '../correlation/correlation.js';
import type { ServiceLogger } from '../logging/logger.js';
import type { ServiceMetrics } from '../metrics/metrics.js';
import { SECURITY_HEADERS } from './security-headers.js';

declare module 'fastify' {
  interface FastifyRequest {
    correlationId?: string;
  }
}

/** What surrounds every request: correlation, security headers, metrics and one log line. */
export function registerRequestHooks(instance: FastifyInstance, logger: ServiceLogger, metrics: ServiceMetrics): void {
  instance.addHook('onRequest', (request, reply, done) => {
    const correlationId = acceptCorrelationId(request.headers['x-correlation-id']);
    request.correlationId = correlationId;
    void reply.headers({ ...SECURITY_HEADERS, 'x-correlation-id': correlationId });
    metrics.httpInFlight.inc();
    runCorrelated({ correlationId, url: request.url }, done);
  });
  // Reading the body leaves the async context on some paths: enter it again before the handler.
  instance.addHook('preHandler', (request, _reply, done) => {
    runCorrelated({ correlationId: request.correlationId ?? request.id, url: request.url }, done);
  });
  instance.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? '(none)';
    metrics.httpInFlight.dec();
    metrics.httpSeconds.observe({ method: request.method, route, status: String(reply.statusCode) }, reply.elapsedTime / 1000);
    const level = route.startsWith('/health') || route === '/metrics' ? 'trace' : reply.statusCode >= 500 ? 'warn' : 'debug';
    logger[level]({ correlationId: request.correlationId, method: request.method, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, 'answered');
    done();
  });
}

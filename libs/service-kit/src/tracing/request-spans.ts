import type { FastifyInstance } from 'fastify';
import { runTraced } from './active-trace.js';
import type { StartedSpan, Tracing } from './tracing.js';

declare module 'fastify' {
  interface FastifyRequest {
    qazynaSpan?: StartedSpan;
  }
}

/** One span for each request, continuing the caller's trace; not for health and figures, which are asked all the time. */
export function registerRequestSpans(instance: FastifyInstance, tracing: Tracing): void {
  instance.addHook('onRequest', (request, _reply, done) => {
    if (request.url.startsWith('/health') || request.url.startsWith('/metrics')) return done();
    const sent = request.headers['traceparent'];
    request.qazynaSpan = tracing.start(request.method, {
      kind: 'server',
      parent: typeof sent === 'string' ? sent : undefined,
      attributes: { 'http.request.method': request.method },
    });
    done();
  });
  // After the body was read, which leaves the async context on some paths.
  instance.addHook('preHandler', (request, _reply, done) => {
    if (request.qazynaSpan === undefined) return done();
    runTraced({ traceparent: request.qazynaSpan.traceparent }, done);
  });
  instance.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url;
    if (route !== undefined) request.qazynaSpan?.rename(`${request.method} ${route}`);
    request.qazynaSpan?.set('http.response.status_code', reply.statusCode);
    request.qazynaSpan?.end(reply.statusCode >= 500 ? new Error(String(reply.statusCode)) : undefined);
    done();
  });
}

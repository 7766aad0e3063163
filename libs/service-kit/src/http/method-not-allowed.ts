import type { FastifyInstance, FastifyRequest, HTTPMethods } from 'fastify';
import { ProblemError } from './problem.js';

const METHODS: readonly HTTPMethods[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Tells "no such path" from "not with this method": Fastify answers both with 404. Runs for unmatched requests only. */
export function registerMethodNotAllowed(instance: FastifyInstance): void {
  instance.addHook('onRequest', (request: FastifyRequest, _reply, done) => {
    if (!request.is404) {
      done();
      return;
    }
    const path = request.url.split('?')[0] ?? request.url;
    const allowed = METHODS.filter((method) => method !== request.method && instance.findRoute({ method, url: path }) !== null);
    if (allowed.length === 0) {
      done();
      return;
    }
    const allow = allowed.join(', ');
    done(new ProblemError(405, 'method-not-allowed', `${request.method} is not possible here: use ${allow}`, { headers: { allow } }));
  });
}

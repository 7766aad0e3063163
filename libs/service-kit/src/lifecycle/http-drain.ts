import type { Server } from 'node:http';
import type { FastifyInstance } from 'fastify';

/** Stops taking connections and waits until every request that was taken has its answer. */
export class HttpDrain {
  private draining = false;

  /** Registers the hook that closes a kept-alive connection with the answer in hand. Before the first request. */
  constructor(instance: FastifyInstance) {
    instance.addHook('onSend', (_request, reply, payload, done) => {
      if (this.draining) void reply.header('connection', 'close');
      done(null, payload);
    });
  }

  get isDraining(): boolean {
    return this.draining;
  }

  drain(server: Server): Promise<void> {
    this.draining = true;
    return new Promise((resolve, reject) => {
      if (!server.listening) {
        resolve();
        return;
      }
      server.close((error) => (error === undefined ? resolve() : reject(error)));
      server.closeIdleConnections();
    });
  }
}

import { Server, ServerCredentials, type sendUnaryData, type ServerReadableStream, type ServerWritableStream } from '@grpc/grpc-js';
import { setTimeout as sleep } from 'node:timers/promises';
import { serveAppend, type AppendFaults } from './appends.js';
import { EventLog } from './event-log.js';
import { doubleService, features, featuresService, type AppendReq, type AppendResp, type ReadReq, type SupportedMethods } from './protocol.js';
import { serveRead } from './reads.js';

export interface EventStoreDbDoubleOptions {
  /** Default: a free one. */
  readonly port?: number;
  /** Keeps the log across restarts, also after kill -9. Default: in memory only. */
  readonly dataFile?: string;
  /**
   * Says that BatchAppend is offered, as real servers do, although it is not: a client that is lured into it fails.
   * Default false: GetSupportedMethods is unimplemented and the client uses Streams/Append, one call per append.
   */
  readonly claimBatchAppend?: boolean;
}

/** A stand-in for an EventStoreDB server, for the official client's gRPC protocol. Listens on 127.0.0.1 only. */
export interface EventStoreDbDouble {
  readonly port: number;
  /** Connection string for the official client. */
  readonly url: string;
  /** Events in the log. */
  readonly size: number;
  /** Breaks every connection at once; after `downMs` (default 0) the same port serves the same log again. */
  dropConnections(downMs?: number): Promise<void>;
  /** Each append waits this long before it is applied; 0 ends it. */
  delayAppends(delayMs: number): void;
  /** At most this many appends are applied in a second; 0 ends it. */
  limitAppends(perSecond: number): void;
  /** The next `count` appends are applied and never answered. */
  applyThenTimeOut(count?: number): void;
  stop(): Promise<void>;
}

export async function startEventStoreDbDouble(options: EventStoreDbDoubleOptions = {}): Promise<EventStoreDbDouble> {
  const log = new EventLog(options.dataFile);
  const faults: AppendFaults = { delayMs: 0, silent: 0, perSecondMax: 0, nextAt: 0 };
  let { server, port } = await listen(options.port ?? 0, log, faults, options);
  return {
    port,
    url: `esdb://127.0.0.1:${port}?tls=false`,
    get size() {
      return log.events.length;
    },
    async dropConnections(downMs = 0) {
      server.forceShutdown();
      if (downMs > 0) await sleep(downMs);
      ({ server, port } = await listen(port, log, faults, options));
    },
    delayAppends: (delayMs) => void (faults.delayMs = delayMs),
    limitAppends: (perSecond) => void (faults.perSecondMax = perSecond),
    applyThenTimeOut: (count = 1) => void (faults.silent = count),
    stop() {
      server.forceShutdown();
      log.close();
      return Promise.resolve();
    },
  };
}

async function listen(port: number, log: EventLog, faults: AppendFaults, options: EventStoreDbDoubleOptions): Promise<{ server: Server; port: number }> {
  const server = new Server({ 'grpc.max_receive_message_length': 17 * 1024 * 1024 });
  server.addService(doubleService, {
    append: (call: ServerReadableStream<AppendReq, AppendResp>, callback: sendUnaryData<AppendResp>) => serveAppend(call, callback, log, faults),
    read: (call: ServerWritableStream<ReadReq, Buffer>) => {
      serveRead(call, log).catch((error: unknown) => call.destroy(error as Error));
    },
  });
  if (options.claimBatchAppend === true) {
    server.addService(featuresService, {
      getSupportedMethods: (_: unknown, callback: sendUnaryData<SupportedMethods>) => {
        const batch = new features.SupportedMethod().setServiceName('event_store.client.streams.streams').setMethodName('batchappend');
        callback(null, new features.SupportedMethods().setEventStoreServerVersion('23.10.0').setMethodsList([batch]));
      },
    });
  }
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, actual) => (error === null ? resolve(actual) : reject(error)));
  });
  return { server, port: bound };
}

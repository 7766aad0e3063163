import { EventStoreDbStore, type IdSource } from '@qazyna/event-store';
import type { PlatformConfig, ServiceLogger } from '@qazyna/service-kit';
import { instanceOf } from './instance.store.js';
import { LeadershipWorker, type Duties } from './leadership.worker.js';
import type { Leadership } from './leadership.js';
import { SoleLeadership } from './sole-leadership.worker.js';
import { LEADERSHIP_STREAM, LEASE_TIMES, TERMS_KEPT } from './term.js';

/** Leadership together with what it is held on. */
export interface HeldLeadership extends Leadership {
  start(duties: Duties, boundMs: number): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Leadership on the configured store. On EventStoreDB it has a connection of its own: in a queue behind a thousand
 * appends of the work, a renewal would come too late. @throws {StoreUnavailable | StoreTimeout}
 */
export async function openLeadership(config: PlatformConfig, ids: IdSource, logger: ServiceLogger): Promise<HeldLeadership> {
  if (config.eventStoreUrl === undefined) return new SoleLeadership();
  const store = await EventStoreDbStore.connect({ url: config.eventStoreUrl, timeoutMs: Math.max(config.storeTimeoutMs, LEASE_TIMES.callMs) });
  // Only the newest is ever read. A server that refuses it costs disk space and nothing else.
  await store.keepNewest(LEADERSHIP_STREAM, TERMS_KEPT).catch((error: unknown) => logger.warn({ err: error, stream: LEADERSHIP_STREAM }, 'the stream of leadership could not be bounded and grows'));
  const worker = new LeadershipWorker({ store, self: { instance: instanceOf(config.dataDir, ids), process: ids.next() }, logger });
  return {
    holds: () => worker.holds(),
    get ready() {
      return worker.ready;
    },
    get standing() {
      return worker.standing;
    },
    start: (duties, boundMs) => worker.start(duties, boundMs),
    async stop() {
      await worker.stop();
      await store.close();
    },
  };
}

import type { MessageBus } from '@qazyna/messaging';

/** A bus nobody speaks on, for specs about HTTP. */
export function quietBus(overrides: Partial<MessageBus> = {}): MessageBus {
  return {
    ensureTopics: () => Promise.resolve(),
    publish: () => Promise.resolve(),
    subscribe: () => Promise.resolve({ stop: () => Promise.resolve() }),
    partitioner: () => Promise.resolve({ partitions: 1, partitionOf: () => 0 }),
    lag: () => Promise.resolve([]),
    ping: () => Promise.resolve(),
    close: () => Promise.resolve(),
    ...overrides,
  };
}

import type { EventStoreDbDouble, EventStoreDbDoubleOptions } from './double.js';

/** Starts the double on 127.0.0.1. gRPC is loaded here and not before: most tests do not need it. */
export async function startEventStoreDbDouble(options?: EventStoreDbDoubleOptions): Promise<EventStoreDbDouble> {
  const double = await import('./double.js');
  return double.startEventStoreDbDouble(options);
}

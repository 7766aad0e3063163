import { afterEach, beforeEach, describe } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { describeAppending } from './contract/appending.js';
import type { Bench, EventStoreHarness } from './contract/bench.js';
import { describeBreaking } from './contract/breaking.js';
import { describeReading } from './contract/reading.js';
import { describeSubscribing } from './contract/subscribing.js';

export { CONTRACT_PAGE_SIZE, contractEvent, type EventStoreHarness } from './contract/bench.js';

/** What every event store must do. An adapter is done when this passes, failures included. */
export function eventStoreContract(name: string, makeHarness: () => Promise<EventStoreHarness>): void {
  describe(`${name} keeps the event store's contract`, () => {
    const bench = {} as Bench;
    beforeEach(async () => {
      bench.harness = await makeHarness();
      bench.store = bench.harness.store;
      bench.own = `contract.${randomUUID().slice(0, 8)}-`;
    });
    afterEach(() => bench.harness.dispose());

    describeAppending(bench);
    describeReading(bench);
    describeSubscribing(bench);
    describeBreaking(bench);
  });
}

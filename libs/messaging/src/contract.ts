import { consumptionContract } from './contract/consumption.js';
import { failuresContract } from './contract/failures.js';
import type { BusHarness } from './contract/harness.js';
import { recordsContract } from './contract/records.js';
import { strategyContract } from './contract/strategy.js';

export type { BusHarness } from './contract/harness.js';

/** What every message bus must do. Call it at the top level of a spec; each test gets topics and groups of its own. */
export function messageBusContract(name: string, makeHarness: () => Promise<BusHarness>): void {
  describe(`message bus contract: ${name}`, () => {
    recordsContract(makeHarness);
    consumptionContract(makeHarness);
    failuresContract(makeHarness);
  });
}

/** What must hold from a Nest application's handlers down to the log, on every bus. */
export function messagingStrategyContract(name: string, makeHarness: () => Promise<BusHarness>): void {
  describe(`handlers over the bus: ${name}`, () => strategyContract(makeHarness));
}

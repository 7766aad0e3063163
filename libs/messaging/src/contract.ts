import { consumptionContract } from './contract/consumption.js';
import { failuresContract } from './contract/failures.js';
import type { BusHarness } from './contract/harness.js';
import { recordsContract } from './contract/records.js';

export type { BusHarness } from './contract/harness.js';

/** What every message bus must do. Call it at the top level of a spec; each test gets topics and groups of its own. */
export function messageBusContract(name: string, makeHarness: () => Promise<BusHarness>): void {
  describe(`message bus contract: ${name}`, () => {
    recordsContract(makeHarness);
    consumptionContract(makeHarness);
    failuresContract(makeHarness);
  });
}

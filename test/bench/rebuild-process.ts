import { SqliteEventStore } from '@qazyna/event-store';
import { collectGarbage } from './measuring.js';
import { rebuildBalances } from './rebuild-balances.js';

/** `rebuild-process.ts <file> <entries>`: rebuilds once and prints what it took. */
const [file = '', entries = '0'] = process.argv.slice(2);
const MIB = 2 ** 20;
const store = SqliteEventStore.open({ file });
const started = performance.now();
const balances = await rebuildBalances(store, Number(entries));
const seconds = (performance.now() - started) / 1000;
collectGarbage();
const heapMiB = process.memoryUsage().heapUsed / MIB;
const violations = balances.verify();
if (violations.length > 0) throw new Error(JSON.stringify(violations));
await store.close();
// maxRSS is in KiB.
console.log(JSON.stringify({ heapMiB: tenth(heapMiB), rssMiB: tenth(process.resourceUsage().maxRSS / 1024), seconds: tenth(seconds) }));

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}

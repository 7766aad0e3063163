import 'reflect-metadata';
import './engine/takeover.js';
import { parseArgs } from 'node:util';
import { takeOverDatabases } from './nodes/databases.js';

takeOverDatabases();
const { simulate } = await import('./simulation.js');

const { values } = parseArgs({ options: { seeds: { type: 'string' }, from: { type: 'string' }, seed: { type: 'string' }, trace: { type: 'boolean' } } });
const from = Number(values.seed ?? values.from ?? 1);
const seeds = values.seed === undefined ? Number(values.seeds ?? 10) : 1;
// Modules that are loaded when they are first needed are loaded now, so that no seed differs from its repetition.
await simulate(0, { keepTrace: false });
let failed = 0;
const [beganS] = process.hrtime();
for (let seed = from; seed < from + seeds; seed++) {
  const result = await simulate(seed, { keepTrace: values.trace === true });
  if (values.trace === true) process.stdout.write(`${result.trace.join('\n')}\n`);
  if (result.findings.length > 0) {
    failed += 1;
    process.stdout.write(`seed ${seed}: ${result.findings.slice(0, 8).map(({ rule, message }) => `${rule}: ${message}`).join('\n   ')}\n`);
  }
  if (values.seed !== undefined) process.stdout.write(`${JSON.stringify({ ...result, trace: undefined })}\n`);
}
process.stdout.write(`${seeds} seeds, ${failed} failed, ${((process.hrtime()[0] - beganS) / seeds).toFixed(2)} s each\n`);
process.exit(failed === 0 ? 0 : 1);

import { parseArgs } from 'node:util';
import { fuzzList, LIST_FORMATS } from '@qazyna/intake/fuzz';
import { fuzz, FuzzFailure, seeded } from '@qazyna/mining-ingest/fuzz';
import { commandLine } from '../system/command-line.js';
import { Standalone } from '../system/standalone.js';
import { attackEndpoints } from './endpoints.js';
import { fuzzParser, PARSER_NAMES } from './parsers.js';

/**
 * Mutated real statements, lists, messages, signatures, descriptors, addresses and profiles through every parser: `npm run fuzz -- --inputs 200000 [--seed 1] [--format f2pool]`.
 * Exit code 1 with the input and its seed when a parser crashes, hangs, loses a row, or accepts what its rules refuse.
 * With `--endpoints`, mutated requests to every operation of a system that is started for it: `--inputs` for each.
 */
const FORMATS = ['btcpool-kz', 'viabtc', 'f2pool', 'antpool', 'braiins', 'canonical', 'statutory'];

const ALL = [...FORMATS, ...LIST_FORMATS, ...PARSER_NAMES];
const USAGE = `npm run fuzz -- [--inputs N] [--seed N] [--format NAME ...]
npm run fuzz -- --endpoints [--inputs N] [--seed N]

Mutated input through every parser, each held against another implementation; with --endpoints, mutated requests to
every operation of a system that is started for it. Ends with 1 when something is found.

  --inputs N      for each parser, or for each operation (default 20000)
  --seed N        the same seed makes the same inputs (default 1)
  --format NAME   only this parser; may be given more than once:
                  ${ALL.join(', ')}
  --endpoints     the HTTP interface in place of the parsers`;

const { values } = commandLine(USAGE, () => parseArgs({ options: { inputs: { type: 'string', default: '20000' }, seed: { type: 'string', default: '1' }, format: { type: 'string', multiple: true }, endpoints: { type: 'boolean', default: false } } }));
const inputs = Number(values.inputs);
const seed = Number(values.seed);
const formats = values.format ?? ALL;
const unknown = formats.find((format) => !ALL.includes(format));
if (!Number.isSafeInteger(inputs) || inputs < 1 || !Number.isSafeInteger(seed) || unknown !== undefined) {
  console.error(unknown === undefined ? '--inputs and --seed must be whole numbers' : `no parser of ${unknown}: one of ${ALL.join(', ')}`);
  process.exit(2);
}

if (values.endpoints) process.exit((await overHttp()) ? 0 : 1);

try {
  for (const format of formats) {
    const begun = performance.now();
    const list = LIST_FORMATS.find((each) => each === format);
    if (list !== undefined) {
      const { addresses, refused, slowestMs } = await fuzzList(list, inputs, seeded(seed));
      console.log(`${format.padEnd(17)} ${inputs} inputs in ${((performance.now() - begun) / 1000).toFixed(1)} s, slowest ${slowestMs.toFixed(1)} ms, ${refused} refused as a whole; ${addresses} addresses`);
      continue;
    }
    if (PARSER_NAMES.includes(format)) {
      const { accepted, slowestMs } = fuzzParser(format, inputs, seeded(seed));
      console.log(`${format.padEnd(28)} ${inputs} inputs in ${((performance.now() - begun) / 1000).toFixed(1)} s, slowest ${slowestMs.toFixed(1)} ms, ${accepted} taken`);
      continue;
    }
    const { rows, refused, slowestMs } = fuzz(format, inputs, seed);
    const seconds = (performance.now() - begun) / 1000;
    const kinds = Object.entries(rows).filter(([, count]) => count > 0).map(([kind, count]) => `${count} ${kind}`).join(', ');
    console.log(`${format.padEnd(17)} ${inputs} inputs in ${seconds.toFixed(1)} s, slowest ${slowestMs.toFixed(1)} ms, ${refused} refused as a whole; rows: ${kinds}`);
  }
} catch (error) {
  if (!(error instanceof FuzzFailure) && !(error instanceof Error && error.message.includes('base64'))) throw error;
  console.error(`seed ${seed}: ${(error as Error).message}`);
  process.exitCode = 1;
}

/** @returns whether nothing was found */
async function overHttp(): Promise<boolean> {
  const standalone = await Standalone.start({ story: true });
  try {
    const { requests, byStatus, slowestMs, slowest, faults } = await attackEndpoints({
      url: standalone.url, seed, perOperation: inputs,
      onProgress: (done, all) => void (process.stderr.isTTY && process.stderr.write(`\r${done} of ${all} operations`)),
    });
    for (const fault of faults) console.error(fault);
    const statuses = Object.entries(byStatus).map(([status, count]) => `${count} x ${status}`).join(', ');
    console.log(`${requests} requests, ${faults.length} at fault, slowest ${slowestMs.toFixed(0)} ms (${slowest}); ${statuses}`);
    return faults.length === 0;
  } finally {
    await standalone.remove();
  }
}

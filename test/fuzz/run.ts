import { parseArgs } from 'node:util';
import { fuzz, FuzzFailure } from '@qazyna/mining-ingest/fuzz';

/**
 * Mutated real statements through every parser: `npm run fuzz -- --inputs 200000 [--seed 1] [--format f2pool]`.
 * Exit code 1 with the input and its seed when a parser crashes, hangs, loses a row, or accepts what its rules refuse.
 */
const FORMATS = ['btcpool-kz', 'viabtc', 'f2pool', 'antpool', 'braiins', 'canonical', 'statutory'];

const { values } = parseArgs({ options: { inputs: { type: 'string', default: '20000' }, seed: { type: 'string', default: '1' }, format: { type: 'string', multiple: true } } });
const inputs = Number(values.inputs);
const seed = Number(values.seed);
const formats = values.format ?? FORMATS;
const unknown = formats.find((format) => !FORMATS.includes(format));
if (!Number.isSafeInteger(inputs) || inputs < 1 || !Number.isSafeInteger(seed) || unknown !== undefined) {
  console.error(unknown === undefined ? '--inputs and --seed must be whole numbers' : `no parser of ${unknown}: one of ${FORMATS.join(', ')}`);
  process.exit(2);
}

try {
  for (const format of formats) {
    const begun = performance.now();
    const { rows, refused, slowestMs } = fuzz(format, inputs, seed);
    const seconds = (performance.now() - begun) / 1000;
    const kinds = Object.entries(rows).filter(([, count]) => count > 0).map(([kind, count]) => `${count} ${kind}`).join(', ');
    console.log(`${format.padEnd(10)} ${inputs} inputs in ${seconds.toFixed(1)} s, slowest ${slowestMs.toFixed(1)} ms, ${refused} refused as a whole; rows: ${kinds}`);
  }
} catch (error) {
  if (!(error instanceof FuzzFailure)) throw error;
  console.error(`seed ${seed}: ${error.message}`);
  process.exitCode = 1;
}

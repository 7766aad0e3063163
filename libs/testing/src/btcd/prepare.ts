import { Missing } from '../tiers.js';
import { buildBtcd } from './build.js';

/** Builds btcd ahead of the tests, so that no test waits for a compiler: what CI runs first. */
const built = await buildBtcd();
process.stdout.write(built instanceof Missing ? `btcd is not available: ${built.reason}\n` : `btcd is at ${built}\n`);
process.exitCode = built instanceof Missing ? 1 : 0;

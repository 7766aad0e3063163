import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { Missing, OWN_KAFKA } from '@qazyna/testing';
import { commandLine } from '../system/command-line.js';
import { Seeded } from '../system/seeded.js';
import { auditPipeline } from './audit.js';
import { Cast, SERVICES } from './cast.js';
import { DISK_FAULTS } from './disk-faults.js';
import { FAULTS, type Fault } from './faults.js';
import { Oracle } from './oracle.js';
import { backPressure } from './back-pressure.js';
import { previousVersion } from './previous-version.js';
import { beginWave } from './wave.js';

/**
 * `npm run chaos -- [--short] [--seed N] [--claims N] [--only text,text] [--back-pressure [--messages N]]`: real processes, a real broker,
 * and one fault after the other while claims arrive. Ends with 0 when nothing is missing, doubled or out of balance.
 */

const USAGE = `npm run chaos -- [--short] [--seed N] [--claims N] [--only TEXT,TEXT]
npm run chaos -- --back-pressure [--messages N]

Real processes and a real broker, and one fault after the other while claims arrive. Ends with 0 when nothing is
missing, doubled or out of balance.

  --short           one round, at most 8 minutes
  --seed N          what is drawn by chance is drawn the same
  --claims N        claims in all (default 6000; 900 with --short)
  --only TEXT,TEXT  only the faults whose names hold one of these
  --back-pressure   a flood of messages on a slowed store, and the memory of every service
  --messages N      of the flood`;

const { values } = commandLine(USAGE, () => parseArgs({ options: { short: { type: 'boolean' }, seed: { type: 'string' }, only: { type: 'string' }, claims: { type: 'string' }, 'back-pressure': { type: 'boolean' }, messages: { type: 'string' } } }));
const short = values.short === true;
const CLAIMS = Number(values.claims ?? (short ? 900 : 6_000));
if (!Number.isSafeInteger(CLAIMS) || CLAIMS < 1) {
  process.stderr.write(`--claims must be a whole number from 1, not ${values.claims ?? ''}\n`);
  process.exit(2);
}
const ROUNDS = short ? 1 : 2;
const RUN_MS_MAX = (short ? 8 : 60) * 60_000;
const SETTLED_MS_MAX = short ? 90_000 : 300_000;

interface Row {
  readonly what: string;
  readonly seconds: number;
  readonly note: string;
}

const wanted = values.only?.split(',').map((text) => text.trim());
const chosen: readonly Fault[] = [...FAULTS, ...DISK_FAULTS].filter(({ name }) => wanted === undefined || wanted.some((text) => name.includes(text)));

const rows: Row[] = [];
const startedAt = performance.now();
let said = '';
const say = (text: string): void => {
  said = text;
  process.stdout.write(`${((performance.now() - startedAt) / 1_000).toFixed(1).padStart(6)} s  ${text}\n`);
};

async function timed(what: string, work: () => Promise<string | undefined>): Promise<void> {
  const from = performance.now();
  say(what);
  const note = (await work()) ?? '';
  if (note !== '') process.stdout.write(`          ${note}\n`);
  rows.push({ what, seconds: (performance.now() - from) / 1_000, note });
}

function table(): string {
  const width = Math.max(...rows.map(({ what }) => what.length));
  return rows.map(({ what, seconds, note }) => `${what.padEnd(width)}  ${seconds.toFixed(1).padStart(6)} s  ${note}`).join('\n');
}

/** @returns promises to operators that were broken on the way */
async function faults(cast: Cast, oracle: Oracle, seed: number): Promise<string[]> {
  const findings: string[] = [];
  const random = new Seeded(seed);
  for (let round = 1; round <= ROUNDS; round++) {
    for (const [index, { name, strike }] of chosen.entries()) {
      await timed(ROUNDS === 1 ? name : `${name} (${round})`, async () => {
        const wave = await beginWave(cast, oracle, `${round}-${index}`, CLAIMS);
        const note = await strike({ cast, random, broken: (promise) => void findings.push(`${name}: ${promise}`), brokerPauseMs: short ? 8_000 : 30_000, doubled: short ? ['mining', 'custody'] : SERVICES });
        await wave.done;
        return note;
      });
    }
  }
  return findings;
}

async function main(): Promise<number> {
  if (chosen.length === 0) {
    process.stderr.write(`--only names none of the faults, which are: ${[...FAULTS, ...DISK_FAULTS].map(({ name }) => name).join('; ')}\n`);
    return 2;
  }
  const source = await OWN_KAFKA.find();
  if (source instanceof Missing) {
    process.stderr.write(`no chaos without a broker: ${source.reason}. To enable: ${OWN_KAFKA.enable}\n`);
    return 2;
  }
  const seed = values.seed === undefined ? Date.now() % 0x1_0000_0000 : Number(values.seed);
  process.stdout.write(`chaos: seed ${seed}, ${CLAIMS} claims for each fault\n`);
  const kafka = await source.start();
  try {
    if (values['back-pressure'] === true) return await backPressure(kafka, Number(values.messages ?? (short ? 30_000 : 1_000_000)), say);
    const oracle = new Oracle();
    const past = previousVersion();
    say('four services start on the streams of the previous version');
    const cast = await Cast.start({ kafka, storeFile: past.storeFile, past: past.onChain });
    rows.push({ what: 'start on the streams of the previous version', seconds: (performance.now() - startedAt) / 1_000, note: past.expect(oracle) });
    try {
      const findings = await faults(cast, oracle, seed);
      await timed('figures, journal, payouts and streams against the oracle', async () => {
        findings.push(...(await oracle.verify(cast, SETTLED_MS_MAX)));
        return `${oracle.payouts} payouts, ${oracle.cases} cases`;
      });
      await timed('audit of the pipeline', async () => {
        const audit = await auditPipeline(cast);
        if (audit.finding !== undefined) findings.push(audit.finding);
        return audit.note;
      });
      process.stdout.write(`\n${table()}\n\n${findings.length === 0 ? 'Nothing missing, nothing doubled, every class sums to zero.' : findings.join('\n')}\n`);
      if (findings.length > 0) process.stdout.write(`To repeat: npm run chaos -- ${short ? '--short ' : ''}--seed ${seed}\n`);
      return findings.length === 0 ? 0 : 1;
    } catch (error) {
      for (const name of cast.names) process.stdout.write(`\n--- ${name}\n${cast.log(name).slice(-2_500)}\n`);
      process.stdout.write(`\n${rows.length === 0 ? '' : table()}\nTo repeat: npm run chaos -- ${short ? '--short ' : ''}--seed ${seed}\n`);
      throw error;
    } finally {
      await cast.stop();
    }
  } finally {
    await kafka.stop();
  }
}

/** A run that hangs ends with what it started: their `exit` handlers end the processes and unmount the disks. */
function endInTime(): void {
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => process.exit(130));
  setTimeout(() => {
    process.stdout.write(`\nNot done within ${RUN_MS_MAX / 60_000} minutes, in: ${said}\n${rows.length === 0 ? '' : table()}\n`);
    process.exit(1);
  }, RUN_MS_MAX).unref();
}

endInTime();
process.exit(await main());

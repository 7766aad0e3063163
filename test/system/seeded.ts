import { Chance } from '../simulation/engine/chance.js';

/** Random choices of a test with real processes, whose seed is known: what is chosen repeats, moments do not. */
export class Seeded extends Chance {
  constructor(readonly seed: number) {
    super(seed);
  }

  /** The seed of QAZYNA_TEST_SEED, else a new one; printed, so that a run can be repeated. */
  static announced(what: string): Seeded {
    const given = process.env['QAZYNA_TEST_SEED'];
    const seeded = new Seeded(given === undefined || given === '' ? Date.now() % 0x1_0000_0000 : Number(given));
    process.stdout.write(`  ${what}: QAZYNA_TEST_SEED=${seeded.seed}\n`);
    return seeded;
  }
}

import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * How a suite that needs a real part (a broker, a node, a browser) says so. Where the part cannot be had the suite
 * skips itself and leaves a record, and the tier runner prints one line with how to enable it; in CI it fails.
 */

/** Why a part cannot be had here, in words for people, such as "java is not installed". */
export class Missing {
  constructor(readonly reason: string) {}
}

export interface Requirement<Part> {
  /** What the suite needs, such as "Apache Kafka". */
  readonly name: string;
  /** What to install, run or set so that the suite runs, in one line. */
  readonly enable: string;
  /** False for parts that CI does not offer, such as an EventStoreDB server: their absence is told and tolerated. */
  readonly requiredInCi: boolean;
  /** Finds the part without starting it, or says why it cannot. An exception fails the suite; it does not skip it. */
  find(): Promise<Part | Missing> | Part | Missing;
}

/** One suite that skipped itself, as the tier runner reads it from `QAZYNA_SKIP_RECORDS`. */
export interface SkipRecord {
  readonly suite: string;
  /** The full name of the placeholder test that stands for the suite in the runner's results. */
  readonly placeholder: string;
  readonly missing: string;
  readonly reason: string;
  readonly enable: string;
  readonly requiredInCi: boolean;
}

/**
 * `describe`, but only where `requirement` can be met: `await describeWith(KAFKA, 'the bus on Kafka', (kafka) => …)`
 * at the top level of a spec. Otherwise one skipped placeholder stands for the suite, with a record for the runner.
 */
export async function describeWith<Part>(requirement: Requirement<Part>, title: string, body: (part: Part) => void): Promise<void> {
  const found = await requirement.find();
  if (!(found instanceof Missing)) {
    describe(title, () => body(found));
    return;
  }
  const placeholder = `needs ${requirement.name}: ${found.reason}`;
  describe(title, () => {
    it.skip(placeholder, () => undefined);
  });
  record({
    suite: title,
    placeholder: `${title} ${placeholder}`,
    missing: requirement.name,
    reason: found.reason,
    enable: requirement.enable,
    requiredInCi: requirement.requiredInCi,
  });
}

function record(skipped: SkipRecord): void {
  const folder = process.env['QAZYNA_SKIP_RECORDS'];
  if (folder === undefined) {
    process.stderr.write(`skipped: ${skipped.suite}: ${skipped.missing}: ${skipped.reason}. To enable: ${skipped.enable}\n`);
    return;
  }
  mkdirSync(folder, { recursive: true });
  const name = createHash('sha256').update(skipped.placeholder).digest('hex').slice(0, 16);
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(skipped, null, 2));
}

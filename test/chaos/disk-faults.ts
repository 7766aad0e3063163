import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { until } from '../system/caller.js';
import type { Cast, ServiceName } from './cast.js';
import type { Fault } from './faults.js';

const DISK = '48m';
/** How long the disk stays full while claims arrive. */
const FULL_MS = 4_000;
const RECOVERED_MS_MAX = 60_000;

/** A small disk of its own; undefined where this user may not mount one. */
class SmallDisk {
  private constructor(readonly folder: string) {}

  static mount(folder: string): SmallDisk | undefined {
    if (process.getuid?.() !== 0) return undefined;
    mkdirSync(folder, { recursive: true });
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK}`, 'tmpfs', folder], { stdio: 'ignore', timeout: 10_000 });
    } catch {
      return undefined;
    }
    const disk = new SmallDisk(folder);
    process.once('exit', disk.leave);
    return disk;
  }

  /** Takes what is free, down to the last block. */
  fill(): void {
    const { bavail, bsize } = statfsSync(this.folder);
    for (let left = bavail * bsize, part = 0; left > 0; part++) {
      try {
        writeFileSync(join(this.folder, `filler-${part}`), Buffer.alloc(Math.min(left, 1_048_576)));
      } catch {
        return;
      }
      const { bavail: free } = statfsSync(this.folder);
      left = free * bsize;
    }
  }

  relieve(): void {
    for (let part = 0; part < 1_024; part++) rmSync(join(this.folder, `filler-${part}`), { force: true });
  }

  remount(mode: 'ro' | 'rw'): void {
    execFileSync('mount', ['-o', `remount,${mode}`, this.folder], { stdio: 'ignore', timeout: 10_000 });
  }

  unmount(): void {
    process.off('exit', this.leave);
    this.leave();
  }

  private readonly leave = (): void => {
    execFileSync('umount', ['-l', this.folder], { stdio: 'ignore', timeout: 10_000 });
  };
}

async function readiness(cast: Cast, name: string): Promise<{ readonly status: number; readonly text: string }> {
  const answer = await fetch(`${cast.url(name)}/health/ready`);
  return { status: answer.status, text: await answer.text() };
}

const ON_SMALL_DISK: readonly ServiceName[] = ['mining', 'reporting'];
const SKIPPED = 'skipped: needs root and the right to mount a tmpfs';

/** One more instance of two services with their data folders on a small disk. */
async function onSmallDisk(cast: Cast, work: (disk: SmallDisk, names: readonly string[]) => Promise<string>): Promise<string> {
  const disk = SmallDisk.mount(join(cast.folder, 'small-disk'));
  if (disk === undefined) return SKIPPED;
  const names = ON_SMALL_DISK.map((service) => `${service}-small`);
  try {
    await Promise.all(ON_SMALL_DISK.map((service) => cast.add(service, `${service}-small`, join(disk.folder, service))));
    return await work(disk, names);
  } finally {
    for (const name of names) if (cast.names.includes(name)) await cast.remove(name);
    disk.unmount();
  }
}

const diskFull: Fault = {
  name: 'the disk of two instances is full',
  strike: ({ cast }) =>
    onSmallDisk(cast, async (disk, names) => {
      disk.fill();
      await wait(FULL_MS);
      const during = await Promise.all(names.map(async (name) => `${name} ${(await readiness(cast, name).catch(() => ({ status: 'does not answer' }))).status}`));
      disk.relieve();
      for (const name of names) await until(`${name} recovers by itself`, () => readiness(cast, name), ({ status }) => status === 200, RECOVERED_MS_MAX);
      return `${during.join(', ')} meanwhile; both recovered by themselves`;
    }),
};

const readOnly: Fault = {
  name: 'the data folders of two instances are read-only',
  strike: ({ cast }) =>
    onSmallDisk(cast, async (disk, names) => {
      for (const name of names) await cast.drain(name);
      disk.remount('ro');
      for (const name of names) {
        const refused = await cast.again(name).then(() => false, () => true);
        if (!refused) throw new Error(`${name} starts on a read-only folder`);
        if (!cast.log(name).includes('does not start')) throw new Error(`${name} does not say why it does not start:\n${cast.log(name)}`);
      }
      disk.remount('rw');
      for (const name of names) await cast.again(name);
      return 'both refuse to start, and start when it is writable again';
    }),
};

export const DISK_FAULTS: readonly Fault[] = [diskFull, readOnly];

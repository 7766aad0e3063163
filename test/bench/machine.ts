import { availableParallelism, cpus, loadavg, release, tmpdir, totalmem, type as osType } from 'node:os';
import { statfsSync } from 'node:fs';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  readonly sqlite: string;
  /** Type number of the file system that the benches write to (`statfs`). */
  readonly fileSystem: string;
  /** Of the last minute: far from 0 at the start means that others were at work too. */
  readonly loadAtStart: number;
}

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${osType()} ${release()}`,
    node: process.version,
    sqlite: process.versions['sqlite'] ?? 'unknown',
    fileSystem: `0x${statfsSync(tmpdir()).type.toString(16)}`,
    loadAtStart: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
}

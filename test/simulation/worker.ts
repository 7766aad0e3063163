import 'reflect-metadata';
import './engine/takeover.js';
import { BUGS } from './bugs/bugs.js';
import { plant } from './bugs/plant.js';
import { takeOverDatabases } from './nodes/databases.js';
import { excerpt } from './excerpt.js';

/** What the command line asks of one process: these seeds, one after the other, with or without a bug. */
export interface Assignment {
  readonly from: number;
  readonly count: number;
  readonly bug?: string;
  readonly trace?: boolean;
  /** End at the first finding. */
  readonly untilFound?: boolean;
}

/** Seeds may be asked for by the thousand: what a process keeps of each is what it reports. */
const assignment = JSON.parse(process.argv[2] ?? '{}') as Assignment;
if (assignment.bug !== undefined) {
  const bug = BUGS.find(({ name }) => name === assignment.bug);
  if (bug === undefined) throw new Error(`no such bug: ${assignment.bug}; there are: ${BUGS.map(({ name }) => name).join(', ')}`);
  plant(bug);
}
takeOverDatabases();
const { simulate } = await import('./simulation.js');

// Modules that are loaded when they are first needed are loaded now, so that no seed differs from its repetition.
await simulate(0, { keepTrace: false });

for (let n = 0; n < assignment.count; n++) {
  const seed = assignment.from + n;
  const result = await simulate(seed, { keepTrace: assignment.trace === true });
  const failed = result.findings.length > 0;
  const trace = assignment.trace === true ? result.trace : failed && assignment.untilFound !== true ? excerpt((await simulate(seed, { keepTrace: true })).trace, result.findings) : [];
  await new Promise<void>((resolve) => void process.send?.({ ...result, trace }, () => resolve()));
  if (failed && assignment.untilFound === true) break;
}
process.exit(0);

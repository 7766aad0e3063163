import type { BenchOutcome, Figure } from './bench.js';
import type { Machine } from './machine.js';
import { whole, type ContestResult, type Spread } from './measuring.js';

export interface Report {
  readonly startedAt: string;
  readonly seconds: number;
  readonly quick: boolean;
  readonly machine: Machine;
  readonly benches: readonly ({ readonly name: string; readonly title: string; readonly seconds: number } & BenchOutcome)[];
}

/** The table people read; `bench.json` has the same and every digit. */
export function table(report: Report): string {
  const { cpu, cores, memoryGiB, system, node, sqlite, loadAtStart } = report.machine;
  const lines = [`${cpu}, ${cores} cores, ${memoryGiB} GiB, ${system}, Node ${node}, SQLite ${sqlite}, load ${loadAtStart} at the start${report.quick ? ', QUICK RUN: not to be quoted' : ''}`];
  for (const bench of report.benches) {
    lines.push('', `${bench.name}: ${bench.title}`);
    if (bench.kind === 'skipped') lines.push(`  skipped: ${bench.reason}`);
    else lines.push(...aligned([HEAD, ...bench.contests.map(row)]), ...(bench.figures ?? []).map(figure));
  }
  return [...lines, `${report.seconds.toFixed(0)} s in all`].join('\n');
}

const HEAD = ['what', 'ours: median (min … max)', 'limit', 'ratio', 'aim', 'the limit is'];

function row({ name, unit, against, ours, limit, ratio, aim }: ContestResult): string[] {
  const verdict = aim === undefined ? '' : `≥ ${percent(aim)} ${ratio.median >= aim ? 'met' : 'MISSED'}`;
  return [`${name}, ${unit}`, range(ours, whole), range(limit, whole), range(ratio, percent), verdict, against];
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = HEAD.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  return rows.map((cells) => `  ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd());
}

function figure({ name, value, unit }: Figure): string {
  return `  ${name}: ${Number.isInteger(value) ? whole(value) : value.toFixed(1)} ${unit}`;
}

function range({ min, median, max }: Spread, format: (value: number) => string): string {
  return `${format(median)} (${format(min)} … ${format(max)})`;
}

function percent(value: number): string {
  return `${Math.round(value * 100)} %`;
}

import type { Finding } from './oracle/testimony.js';

const LINES_MAX = 60;

/** The part of a trace that a finding is about: lines that name what it names, and the faults around them. */
export function excerpt(trace: readonly string[], findings: readonly Finding[]): readonly string[] {
  const names = new Set(findings.flatMap(({ message }) => message.match(/[\w.~/-]{6,}/g) ?? []).filter((name) => /[0-9-]/.test(name)).map((name) => name.slice(0, 40)));
  const wanted = trace.flatMap((line, index) => ([...names].some((name) => line.includes(name)) || /: (refused|lost|applied|crash)|ends |starts |reorganises|jumps|oracle:/.test(line) ? [index] : []));
  const kept = wanted.length <= LINES_MAX ? wanted : [...wanted.slice(0, LINES_MAX / 3), ...wanted.slice(-(2 * LINES_MAX) / 3)];
  return [...(trace[0] === undefined ? [] : [trace[0]]), ...kept.filter((index) => index > 0).map((index) => trace[index] ?? '')];
}

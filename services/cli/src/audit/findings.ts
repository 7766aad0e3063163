/**
 * `missing`: something that must be there is not, so that something is unaccounted for. `wrong`: what is there
 * contradicts something else. `notice`: worth a look, but nothing is lost or false, such as messages that will be repeated.
 */
export type Severity = 'missing' | 'wrong' | 'notice';

export interface Finding {
  readonly severity: Severity;
  /** Stable name of what is the matter, such as `not-on-topic`. */
  readonly code: string;
  /** The topic, view, stream or file it is about. */
  readonly where: string;
  /** What it is and what follows from it, for people. */
  readonly message: string;
}

export interface FindingCount {
  readonly severity: Severity;
  readonly code: string;
  readonly where: string;
  readonly count: number;
}

/** Collects findings: all are counted, and of each code and place the first few are kept word for word. */
export class Findings {
  private readonly counts = new Map<string, { readonly severity: Severity; readonly code: string; readonly where: string; count: number }>();
  private readonly kept: Finding[] = [];

  /** `listedMax`: findings kept of each code and place; `Infinity` keeps all. */
  constructor(readonly listedMax = 20) {}

  add(severity: Severity, code: string, where: string, message: string): void {
    this.count(severity, code, where, 1);
    if (this.counted(code, where) <= this.listedMax) this.kept.push({ severity, code, where, message });
  }

  /** Counts without listing, for what is listed by a second walk or by one sentence for all. */
  private count(severity: Severity, code: string, where: string, times: number): void {
    const key = `${code} ${where}`;
    const known = this.counts.get(key);
    if (known === undefined) this.counts.set(key, { severity, code, where, count: times });
    else known.count += times;
  }

  /** One sentence that stands for `times` cases. */
  addMany(severity: Severity, code: string, where: string, times: number, message: string): void {
    if (times === 0) return;
    this.count(severity, code, where, times);
    this.kept.push({ severity, code, where, message });
  }

  counted(code: string, where: string): number {
    return this.counts.get(`${code} ${where}`)?.count ?? 0;
  }

  /** Whether anything is missing or wrong. */
  get isClean(): boolean {
    return [...this.counts.values()].every(({ severity }) => severity === 'notice');
  }

  summary(): readonly FindingCount[] {
    return [...this.counts.values()];
  }

  listed(): readonly Finding[] {
    return this.kept;
  }
}

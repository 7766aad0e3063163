/** Turns the runners' own results into the summary that people and CI read. Pure: the runner does the I/O. */

/** What is read from Jest's `--json` file. */
export interface JestResults {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly numTotalTests: number;
  readonly testResults: readonly SuiteResult[];
}

interface SuiteResult {
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
}

/** A suite that skipped itself: the record that `describeWith` of @qazyna/testing leaves. */
export interface SkipRecord {
  readonly suite: string;
  readonly placeholder: string;
  readonly missing: string;
  readonly reason: string;
  readonly enable: string;
  readonly requiredInCi: boolean;
}

export interface TierRun {
  readonly tier: string;
  /** Undefined when Jest ended without writing its results. */
  readonly results: JestResults | undefined;
  readonly exitCode: number;
  /** True when the runner ended Jest because the tier's time was up. */
  readonly timedOut: boolean;
  readonly skips: readonly SkipRecord[];
  readonly durationMs: number;
}

export interface Report {
  readonly lines: readonly string[];
  readonly ok: boolean;
}

interface Count {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/**
 * The summary of all tiers; its last line is always `N passed, N failed, N skipped`. A suite that could not run counts
 * as one failure. Not ok when anything failed, when no test ran, or, in CI, when something that must run was skipped.
 */
export function report(runs: readonly TierRun[], inCi: boolean): Report {
  const counts = runs.map(count);
  const total = counts.reduce((sum, each) => add(sum, each), { passed: 0, failed: 0, skipped: 0 });
  const problems = runs.flatMap((run) => problemsOf(run, inCi));
  if (total.passed === 0) problems.push('no test ran');
  const rows = runs.map((run, index) => row(run, counts[index] ?? { passed: 0, failed: 0, skipped: 0 }));
  return {
    lines: [
      '',
      'tier          passed  failed  skipped      time',
      ...rows,
      ...runs.flatMap((run) => run.skips.map((skip) => `skipped  ${run.tier}: ${skip.suite}: ${skip.missing}: ${skip.reason}. To enable: ${skip.enable}`)),
      ...problems.map((problem) => `PROBLEM  ${problem}`),
      '',
      `${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`,
    ],
    ok: problems.length === 0 && total.failed === 0,
  };
}

function count({ results }: TierRun): Count {
  if (results === undefined) return { passed: 0, failed: 1, skipped: 0 };
  return {
    passed: results.numPassedTests,
    failed: results.numFailedTests + brokenSuites(results).length,
    skipped: results.numPendingTests + results.numTodoTests,
  };
}

/** Suites that failed before or outside their tests: a syntax error, a failed import, a hook that throws. */
function brokenSuites(results: JestResults): readonly SuiteResult[] {
  return results.testResults.filter(
    (suite) => suite.status === 'failed' && !suite.assertionResults.some((test) => test.status === 'failed'),
  );
}

function problemsOf(run: TierRun, inCi: boolean): string[] {
  const { tier, results } = run;
  if (run.timedOut) return [`${tier}: not finished in time, ended by the runner`];
  if (results === undefined) return [`${tier}: Jest ended with code ${run.exitCode} and left no results`];
  const problems = brokenSuites(results).map((suite) => `${tier}: ${suite.name} could not run`);
  const failed = problems.length + results.numFailedTests;
  if (run.exitCode !== 0 && failed === 0) problems.push(`${tier}: Jest ended with code ${run.exitCode} although no test failed`);
  if (!inCi) return problems;
  if (results.numTotalTests === 0) problems.push(`${tier}: has no test, and CI must run this tier`);
  for (const skip of run.skips) {
    if (skip.requiredInCi) problems.push(`${tier}: ${skip.suite} was skipped, and CI must run it: ${skip.reason}`);
  }
  const explained = new Set(run.skips.map((skip) => skip.placeholder));
  for (const test of results.testResults.flatMap((suite) => suite.assertionResults)) {
    if ((test.status === 'pending' || test.status === 'todo') && !explained.has(test.fullName)) {
      problems.push(`${tier}: "${test.fullName}" was skipped without a stated reason`);
    }
  }
  return problems;
}

function row({ tier, durationMs }: TierRun, { passed, failed, skipped }: Count): string {
  const cells = [pad(passed, 6), pad(failed, 8), pad(skipped, 9), pad(`${(durationMs / 1000).toFixed(1)} s`, 10)];
  return `${tier.padEnd(14)}${cells.join('')}`;
}

function pad(value: number | string, width: number): string {
  return String(value).padStart(width);
}

function add(left: Count, right: Count): Count {
  return { passed: left.passed + right.passed, failed: left.failed + right.failed, skipped: left.skipped + right.skipped };
}

import { report, type JestResults, type SkipRecord, type TierRun } from './report.ts';

const passing: JestResults = {
  numPassedTests: 2,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  numTotalTests: 2,
  testResults: [
    {
      name: '/w/a.spec.ts',
      status: 'passed',
      message: '',
      assertionResults: [{ fullName: 'a one', status: 'passed' }, { fullName: 'a two', status: 'passed' }],
    },
  ],
};

const failing: JestResults = {
  ...passing,
  numPassedTests: 1,
  numFailedTests: 1,
  testResults: [{ name: '/w/a.spec.ts', status: 'failed', message: 'x', assertionResults: [{ fullName: 'a one', status: 'failed' }, { fullName: 'a two', status: 'passed' }] }],
};

const broken: JestResults = {
  ...passing,
  testResults: [...passing.testResults, { name: '/w/b.spec.ts', status: 'failed', message: 'cannot import', assertionResults: [] }],
};

const oneSkipped: JestResults = {
  ...passing,
  numPendingTests: 1,
  numTotalTests: 3,
  testResults: [
    ...passing.testResults,
    { name: '/w/k.spec.ts', status: 'passed', message: '', assertionResults: [{ fullName: 'the bus needs Kafka: no java', status: 'pending' }] },
  ],
};

const empty: JestResults = { ...passing, numPassedTests: 0, numTotalTests: 0, testResults: [] };

const kafkaMissing: SkipRecord = {
  suite: 'the bus',
  placeholder: 'the bus needs Kafka: no java',
  missing: 'Kafka',
  reason: 'no java',
  enable: 'install a Java 17 runtime',
  requiredInCi: true,
};

const run = (over: Partial<TierRun> = {}): TierRun => ({ tier: 'unit', results: passing, exitCode: 0, timedOut: false, skips: [], durationMs: 1_500, ...over });

const lastLine = (lines: readonly string[]): string | undefined => lines.at(-1);

it('sums the tiers in the last line', () => {
  const { lines, ok } = report([run(), run({ tier: 'e2e' })], true);
  expect(lastLine(lines)).toBe('4 passed, 0 failed, 0 skipped');
  expect(ok).toBe(true);
});

it('fails with a failed test', () => {
  const { lines, ok } = report([run({ results: failing, exitCode: 1 })], false);
  expect(lastLine(lines)).toBe('1 passed, 1 failed, 0 skipped');
  expect(ok).toBe(false);
});

it('counts a suite that could not run as a failure and names it', () => {
  const { lines, ok } = report([run({ results: broken, exitCode: 1 })], false);
  expect(lastLine(lines)).toBe('2 passed, 1 failed, 0 skipped');
  expect(lines.join('\n')).toContain('/w/b.spec.ts could not run');
  expect(ok).toBe(false);
});

it('fails when a tier leaves no results', () => {
  const { lines, ok } = report([run(), run({ tier: 'e2e', results: undefined, exitCode: 134 })], false);
  expect(lastLine(lines)).toBe('2 passed, 1 failed, 0 skipped');
  expect(ok).toBe(false);
});

it('fails when a tier does not finish in time', () => {
  expect(report([run({ timedOut: true })], false).ok).toBe(false);
});

it('fails when Jest fails although no test did', () => {
  expect(report([run({ exitCode: 1 })], false).ok).toBe(false);
});

it('fails when no test ran', () => {
  const { lines, ok } = report([run({ results: empty })], false);
  expect(lastLine(lines)).toBe('0 passed, 0 failed, 0 skipped');
  expect(ok).toBe(false);
});

describe('a suite that skipped itself', () => {
  const skipped = run({ tier: 'integration', results: oneSkipped, skips: [kafkaMissing] });

  it('is told in one line with how to enable it', () => {
    const { lines, ok } = report([skipped], false);
    expect(lines.filter((line) => line.includes('install a Java 17 runtime'))).toHaveLength(1);
    expect(lastLine(lines)).toBe('2 passed, 0 failed, 1 skipped');
    expect(ok).toBe(true);
  });

  it('fails CI when CI must run it', () => {
    expect(report([skipped], true).ok).toBe(false);
  });

  it('passes CI when CI cannot have the part', () => {
    expect(report([{ ...skipped, skips: [{ ...kafkaMissing, requiredInCi: false }] }], true).ok).toBe(true);
  });

  it('fails CI when it gave no reason', () => {
    expect(report([{ ...skipped, skips: [] }], true).ok).toBe(false);
  });
});

it('fails CI, and only CI, when a tier has no test', () => {
  const runs = [run(), run({ tier: 'e2e', results: empty })];
  expect(report(runs, true).ok).toBe(false);
  expect(report(runs, false).ok).toBe(true);
});

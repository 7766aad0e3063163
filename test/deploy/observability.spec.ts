import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';

const ROOT = join(import.meta.dirname, '..', '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook_url: string };
}
interface RuleTest {
  readonly alert_rule_test: readonly { readonly alertname: string; readonly exp_alerts: readonly unknown[] }[];
}
interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

const rules = (load(read('deploy/prometheus/alerts.yml')) as { groups: { rules: Rule[] }[] }).groups.flatMap((group) => group.rules);
const tests = (load(read('deploy/prometheus/alerts.test.yml')) as { tests: RuleTest[] }).tests.flatMap((test) => test.alert_rule_test);
const panels = (JSON.parse(read('deploy/grafana/qazyna.json')) as { panels: Panel[] }).panels;

/** The names of all series that the code registers. */
function registered(): ReadonlySet<string> {
  const names = new Set<string>();
  for (const room of ['libs', 'services']) {
    for (const file of readdirSync(join(ROOT, room), { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.ts') || file.includes('node_modules') || file.includes('dist/') || file.endsWith('.spec.ts')) continue;
      for (const [, name] of read(join(room, file)).matchAll(/name: '(qazyna_[a-z_]+)'/g)) names.add(name as string);
    }
  }
  return names;
}

const known = registered();
const unknownIn = (expr: string): string[] => [...expr.matchAll(/qazyna_[a-z_]+/g)].map(([name]) => name).filter((name) => !known.has(name.replace(/_(bucket|count|sum)$/, '')) && !known.has(name));

describe.each(rules.map((rule) => [rule.alert, rule] as const))('%s', (name, { expr, labels, annotations }) => {
  it('asks only for series that the services have', () => {
    expect(unknownIn(expr)).toEqual([]);
  });

  it('has a section in the runbook, at the address it gives', () => {
    expect(annotations.runbook_url).toBe(`docs/operations.md#${name.toLowerCase()}`);
    expect(read('docs/operations.md')).toContain(`\n### ${name}\n`);
    expect(labels.severity).toMatch(/^(critical|warning)$/);
  });

  it('is tested quiet and firing', () => {
    const own = tests.filter(({ alertname }) => alertname === name).map(({ exp_alerts: alerts }) => alerts.length > 0);
    expect(new Set(own)).toEqual(new Set([false, true]));
  });
});

describe('the dashboard', () => {
  it('shows only series that the services have', () => {
    expect(panels.flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => unknownIn(expr)))).toEqual([]);
  });

  it('has an id for each panel, and a question in each that is no heading', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(panels.filter(({ type, targets = [] }) => type !== 'row' && targets.length === 0)).toEqual([]);
  });
});

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWith, Missing, type Requirement } from '@qazyna/testing';

const RULES = join(import.meta.dirname, '../../deploy/prometheus');

const PROMTOOL: Requirement<'promtool'> = {
  name: 'promtool',
  enable: "install Prometheus (Debian's package is called prometheus)",
  requiredInCi: true,
  find: () => (spawnSync('promtool', ['--version']).status === 0 ? 'promtool' : new Missing('the command promtool is not there')),
};

await describeWith(PROMTOOL, 'the alert rules', (promtool) => {
  const run = (...args: string[]): { readonly status: number | null; readonly output: string } => {
    const { status, stdout, stderr } = spawnSync(promtool, args, { encoding: 'utf8' });
    return { status, output: stdout + stderr };
  };

  it('are well formed', () => {
    expect(run('check', 'rules', join(RULES, 'alerts.yml'))).toMatchObject({ status: 0 });
    expect(run('check', 'config', join(RULES, 'prometheus.yml'))).toMatchObject({ status: 0 });
  });

  it('fire when they must and are quiet when they must', () => {
    const { status, output } = run('test', 'rules', join(RULES, 'alerts.test.yml'));
    expect(output).toContain('SUCCESS');
    expect(status).toBe(0);
  });

  it('would be seen to fail', () => {
    const folder = mkdtempSync(join(tmpdir(), 'qazyna-rules-'));
    try {
      // The threshold of the lag, moved away from where the test has it.
      writeFileSync(join(folder, 'alerts.yml'), readFileSync(join(RULES, 'alerts.yml'), 'utf8').replace('> 10000', '> 10000000'));
      writeFileSync(join(folder, 'alerts.test.yml'), readFileSync(join(RULES, 'alerts.test.yml'), 'utf8'));
      const { status, output } = run('test', 'rules', join(folder, 'alerts.test.yml'));
      expect(status).not.toBe(0);
      expect(output).toContain('QazynaConsumerLag');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

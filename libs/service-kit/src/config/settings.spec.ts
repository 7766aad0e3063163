import fc from 'fast-check';
import { onOff, oneOf, optionalHostPorts, optionalUrl, whole, words } from './setting-kinds.js';
import { ConfigError, describeConfig, loadConfig } from './settings.js';
import type { ConfigProblem, Setting } from './settings.js';

const SPEC = {
  mode: oneOf('QAZYNA_MODE', ['sandbox', 'production'], { about: 'Kind of place.', fallback: { kind: 'always', value: 'sandbox' } }),
  port: whole('PORT', 0, 65_535, { about: 'Port.', fallback: { kind: 'always', value: 3000 } }),
  blocks: whole('QAZYNA_BLOCKS', 1, 100, { about: 'Depth.', fallback: { kind: 'by-mode', sandbox: 3, production: 6 } }),
  brokers: optionalHostPorts('BROKERS', { about: 'Brokers.' }),
  rpc: optionalUrl('RPC_URL', ['http', 'https'], { about: 'Node | with credentials.', secret: true }),
  story: onOff('QAZYNA_STORY', { about: 'Story.', fallback: { kind: 'always', value: true } }),
  region: words('QAZYNA_REGION', { about: 'Region.', fallback: { kind: 'required' } }),
};

function problemsOf(env: Record<string, string>): readonly ConfigProblem[] {
  try {
    loadConfig(env, SPEC);
    return [];
  } catch (error) {
    return (error as ConfigError).problems;
  }
}

describe('loading the configuration', () => {
  it('fills in what is absent or empty, by mode where it matters', () => {
    expect(loadConfig({ QAZYNA_REGION: 'kz', PORT: '' }, SPEC).config).toEqual({ mode: 'sandbox', port: 3000, blocks: 3, brokers: undefined, rpc: undefined, story: true, region: 'kz' });
    expect(loadConfig({ QAZYNA_REGION: 'kz', QAZYNA_MODE: 'production' }, SPEC).config.blocks).toBe(6);
  });

  it('lists every error at once, with the value and the rule', () => {
    const problems = problemsOf({ QAZYNA_MODE: 'prod', PORT: '70000', QAZYNA_BLOCKS: '0', BROKERS: 'kafka', QAZYNA_STORY: 'yes' });
    expect(problems).toEqual([
      { name: 'QAZYNA_MODE', shown: '"prod"', rule: 'must be one of sandbox, production' },
      { name: 'PORT', shown: '"70000"', rule: 'must be a whole number from 0 to 65535' },
      { name: 'QAZYNA_BLOCKS', shown: '"0"', rule: 'must be a whole number from 1 to 100' },
      { name: 'BROKERS', shown: '"kafka"', rule: 'must be a comma-separated list of host:port' },
      { name: 'QAZYNA_STORY', shown: '"yes"', rule: 'must be on or off' },
      { name: 'QAZYNA_REGION', shown: '(not set)', rule: 'is required: text of at most 500 characters' },
    ]);
    expect(new ConfigError(problems).message.split('\n')).toHaveLength(7);
  });

  it('never shows a secret', () => {
    const error = new ConfigError(problemsOf({ QAZYNA_REGION: 'kz', RPC_URL: 'ftp://user:hunter2@node' }));
    expect(error.message).toContain('RPC_URL = (secret)');
    expect(error.message).not.toContain('hunter2');
  });

  it('warns of a name that looks like ours and proposes the nearest', () => {
    const { warnings } = loadConfig({ QAZYNA_REGION: 'kz', QAZYNA_STROY: 'off', QAZYNA_SOMETHING_ELSE: '1', OTHER: '1' }, SPEC);
    expect(warnings).toEqual(['QAZYNA_SOMETHING_ELSE is not a setting of this service', 'QAZYNA_STROY is not a setting of this service: did you mean QAZYNA_STORY?']);
  });

  it('applies rules over several settings beside the errors of single ones, naming none twice', () => {
    const rule = (): readonly ConfigProblem[] => [{ name: 'PORT', shown: '80', rule: 'is taken' }];
    expect(() => loadConfig({ QAZYNA_REGION: 'kz' }, SPEC, [rule])).toThrow('PORT = 80: is taken');
    expect(() => loadConfig({ QAZYNA_REGION: 'kz', BROKERS: '?' }, SPEC, [rule])).toThrow(/BROKERS = "\?".*\n {2}PORT = 80/);
    expect(() => loadConfig({ QAZYNA_REGION: 'kz', PORT: 'x' }, SPEC, [rule])).toThrow(/^1 setting is wrong:\n {2}PORT = "x"/);
    expect(() => loadConfig({}, SPEC, [rule])).toThrow(/^1 setting is wrong:\n {2}QAZYNA_REGION/);
  });

  it('takes no number that is not written in plain digits', () => {
    const isPlain = (text: string): boolean => /^\d+$/.test(text.trim()) && Number(text) <= 65_535;
    const setting: Setting<number> = SPEC.port;
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.double().map(String), fc.integer().map(String)), (text) => {
        expect(setting.parse(text.trim()).ok).toBe(isPlain(text) && text.trim().length <= 15);
      }),
    );
  });

  it.each(['kafka:9092', 'a:1,b:2', ' a:1 , [::1]:9092'])('reads the brokers %j', (text) => {
    expect(problemsOf({ QAZYNA_REGION: 'kz', BROKERS: text })).toEqual([]);
  });

  it.each(['kafka', 'kafka:0', 'kafka:65536', 'a:1,', 'http://a:1', 'a b:1'])('refuses the brokers %j', (text) => {
    expect(problemsOf({ QAZYNA_REGION: 'kz', BROKERS: text })).toHaveLength(1);
  });

  it('describes every setting in a table', () => {
    const table = describeConfig(SPEC);
    expect(table).toContain('| `QAZYNA_BLOCKS` | a whole number from 1 to 100 | `3` in sandbox, `6` in production | Depth. |');
    expect(table).toContain('Node \\| with credentials.');
    expect(table.trim().split('\n')).toHaveLength(Object.keys(SPEC).length + 2);
  });
});

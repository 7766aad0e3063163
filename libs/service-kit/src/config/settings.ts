import { nearestName } from './nearest-name.js';

/** Sandbox runs on generated coins and a built-in token issuer; production refuses every sandbox part. */
export type Mode = 'sandbox' | 'production';
export const MODES: readonly Mode[] = ['sandbox', 'production'];

export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false };

/** One environment variable: how it is read, what it must be, what it means. */
export interface Setting<T> {
  /** Name of the environment variable. */
  readonly name: string;
  /** What it is for, one sentence for the operator. */
  readonly about: string;
  /** What a value must be, in words: shown when it is not. */
  readonly rule: string;
  /** Never shown in errors, logs or documents. */
  readonly secret: boolean;
  readonly parse: (raw: string) => Parsed<T>;
  /** Used when the variable is absent or empty. */
  readonly fallback: Fallback<T>;
}

export type Fallback<T> =
  | { readonly kind: 'required' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'always'; readonly value: T }
  | { readonly kind: 'by-mode'; readonly sandbox: T; readonly production: T };

export type ConfigSpec = Readonly<Record<string, Setting<unknown>>>;
export type ConfigOf<S extends ConfigSpec> = { readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never };

export interface ConfigProblem {
  readonly name: string;
  /** The value as given, `(secret)` or `(not set)`. */
  readonly shown: string;
  readonly rule: string;
}

/** Everything that is wrong with the environment, in one error. */
export class ConfigError extends Error {
  readonly code = 'config-invalid';
  override readonly name = 'ConfigError';
  constructor(readonly problems: readonly ConfigProblem[]) {
    super(
      `${problems.length === 1 ? '1 setting is' : `${problems.length} settings are`} wrong:\n` +
        problems.map((problem) => `  ${problem.name} = ${problem.shown}: ${problem.rule}`).join('\n'),
    );
  }
}

/** A condition over the whole configuration; each sentence it returns is one more reason not to start. */
export type ConfigRule<S extends ConfigSpec> = (config: ConfigOf<S>) => readonly ConfigProblem[];

export interface LoadedConfig<S extends ConfigSpec> {
  readonly config: ConfigOf<S>;
  /** Names that look like ours and are not: most often a typing error that would go unnoticed. */
  readonly warnings: readonly string[];
}

export type Environment = Readonly<Record<string, string | undefined>>;

const OWN_PREFIX = 'QAZYNA_';

/**
 * Reads and checks every setting once. The mode that decides mode-dependent defaults comes from `QAZYNA_MODE`.
 * @throws {ConfigError} naming every wrong setting at once, so that one start shows the whole list
 */
export function loadConfig<S extends ConfigSpec>(
  env: Environment,
  spec: S,
  rules: readonly ConfigRule<S>[] = [],
): LoadedConfig<S> {
  const mode: Mode = env['QAZYNA_MODE']?.trim() === 'production' ? 'production' : 'sandbox';
  const problems: ConfigProblem[] = [];
  const values: Record<string, unknown> = {};
  for (const [key, setting] of Object.entries(spec)) {
    const raw = env[setting.name]?.trim();
    if (raw === undefined || raw === '') {
      if (setting.fallback.kind === 'required') {
        problems.push({ name: setting.name, shown: '(not set)', rule: `is required: ${setting.rule}` });
      } else {
        values[key] = fallbackValue(setting.fallback, mode);
      }
      continue;
    }
    const parsed = setting.parse(raw);
    if (parsed.ok) {
      values[key] = parsed.value;
      continue;
    }
    problems.push({ name: setting.name, shown: setting.secret ? '(secret)' : shorten(raw), rule: `must be ${setting.rule}` });
    // The rules below look at the others as if this one were absent, so that one start shows the whole list.
    if (setting.fallback.kind !== 'required') values[key] = fallbackValue(setting.fallback, mode);
  }
  const wrong = new Set(problems.map((problem) => problem.name));
  if (!Object.values(spec).some((setting) => setting.fallback.kind === 'required' && wrong.has(setting.name))) {
    const config = values as ConfigOf<S>;
    for (const rule of rules) problems.push(...rule(config).filter((problem) => !wrong.has(problem.name)));
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return { config: Object.freeze(values) as ConfigOf<S>, warnings: unknownNames(env, spec) };
}

/** A markdown table of all settings, for the documentation; generated so that it cannot grow stale. */
export function describeConfig(spec: ConfigSpec): string {
  const rows = Object.values(spec).map(
    (setting) => `| \`${setting.name}\` | ${cell(setting.rule)} | ${cell(fallbackText(setting))} | ${cell(setting.about)} |`,
  );
  return ['| setting | value | default | meaning |', '|---|---|---|---|', ...rows, ''].join('\n');
}

function fallbackValue(fallback: Exclude<Fallback<unknown>, { kind: 'required' }>, mode: Mode): unknown {
  if (fallback.kind === 'absent') return undefined;
  if (fallback.kind === 'always') return fallback.value;
  return fallback[mode];
}

function fallbackText(setting: Setting<unknown>): string {
  const { fallback } = setting;
  if (fallback.kind === 'required') return 'none: required';
  if (fallback.kind === 'absent') return 'not set';
  if (fallback.kind === 'always') return `\`${text(fallback.value)}\``;
  return `\`${text(fallback.sandbox)}\` in sandbox, \`${text(fallback.production)}\` in production`;
}

function text(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return Array.isArray(value) ? value.join(',') : String(value);
}

function cell(content: string): string {
  return content.replaceAll('|', '\\|');
}

function shorten(raw: string): string {
  return JSON.stringify(raw.length > 80 ? `${raw.slice(0, 77)}...` : raw);
}

function unknownNames(env: Environment, spec: ConfigSpec): readonly string[] {
  const known = Object.values(spec).map((setting) => setting.name);
  return Object.keys(env)
    .filter((name) => name.startsWith(OWN_PREFIX) && !known.includes(name))
    .sort()
    .map((name) => {
      const nearest = nearestName(name, known);
      return `${name} is not a setting of this service${nearest === undefined ? '' : `: did you mean ${nearest}?`}`;
    });
}

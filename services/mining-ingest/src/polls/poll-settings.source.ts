import { readFileSync } from 'node:fs';
import { Field, IdentifierField, parseMessage } from '@qazyna/contracts';
import { ConfigError, parseStrictJson, type ConfigProblem, type Environment, type PlatformConfig } from '@qazyna/service-kit';
import { POOL_FAMILIES, type PolledRows } from './pool-requests.adapter.js';

/** One poll as the file has it; secrets are named, never written. */
export class PollEntry {
  @IdentifierField.pool()
  pool!: string;

  @IdentifierField.name({ description: 'Account at the pool' })
  account!: string;

  @Field.oneOf([...POOL_FAMILIES.keys()], { optional: true, description: 'Family of the pool\'s interface; left out, it is the pool\'s name' })
  format?: string;

  @Field.oneOf(['payouts', 'earnings'], { description: 'What is pulled' })
  rows!: PolledRows;

  @Field.text({ max: 500, pattern: /^https?:\/\/[^\s]+$/, patternMeans: 'an address beginning with https://', description: 'Address of the pool\'s interface' })
  url!: string;

  @Field.integer({ optional: true, min: 10, max: 86_400, description: 'Seconds between runs (default 600)' })
  everySeconds?: number;

  @Field.integer({ optional: true, min: 1, max: 600, description: 'Requests a minute at most (default 10)' })
  requestsPerMinute?: number;

  @Field.integer({ optional: true, min: 1, max: 300, description: 'Seconds to wait for one answer (default 30)' })
  timeoutSeconds?: number;

  @Field.integer({ optional: true, min: 1, max: 1000, description: 'Rows asked for in one page (default 50)' })
  pageRows?: number;

  @Field.integer({ optional: true, min: 0, max: 366, description: 'Days before the cursor that are read again, where the pool may still change rows (default 7)' })
  overlapDays?: number;

  @Field.text({ max: 10, pattern: /^20[0-9]{2}-[0-9]{2}-[0-9]{2}$/, patternMeans: 'a day such as 2026-01-01', description: 'First day that is pulled' })
  since!: string;
}

export interface PollSettings {
  readonly pollId: string;
  readonly pool: string;
  readonly account: string;
  readonly format: string;
  readonly rows: PolledRows;
  readonly url: string;
  readonly everyMs: number;
  readonly requestsPerMinute: number;
  readonly timeoutMs: number;
  readonly pageRows: number;
  readonly overlapDays: number;
  readonly since: string;
  /** Secrets: never logged, never shown. */
  readonly credentials: Readonly<Record<string, string>>;
}

const FILE_SETTING = 'QAZYNA_POOL_POLLS_FILE';
const POLLS_MAX = 1000;

/** Reads and checks the polls of the configuration file. @throws {ConfigError} with every reason at once */
export function loadPolls(config: Pick<PlatformConfig, 'poolPollsFile' | 'mode'>, env: Environment): readonly PollSettings[] {
  const { poolPollsFile: file } = config;
  if (file === undefined) return [];
  const problems: ConfigProblem[] = [];
  const wrong = (rule: string, at = ''): void => void problems.push({ name: FILE_SETTING, shown: `${file}${at}`, rule });
  const polls: PollSettings[] = [];
  for (const [index, value] of entriesOf(file, wrong).entries()) {
    const at = `, polls.${index}`;
    const { credentials, ...entry } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
    const parsed = parseMessage(PollEntry, entry);
    if (!parsed.ok) {
      for (const { message } of parsed.errors) wrong(message, at);
      continue;
    }
    const poll = settingsOf(parsed.value, secretsOf(credentials, parsed.value, env, (rule) => wrong(rule, at)), config.mode, (rule) => wrong(rule, at));
    if (polls.some(({ pollId }) => pollId === poll.pollId)) wrong(`${poll.pollId} is there twice`, at);
    polls.push(poll);
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return polls;
}

function entriesOf(file: string, wrong: (rule: string) => void): readonly unknown[] {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    wrong(`cannot be read: ${(error as Error).message}`);
    return [];
  }
  const parsed = parseStrictJson(bytes);
  if (!parsed.ok) {
    wrong(`is not JSON: ${parsed.message}`);
    return [];
  }
  const { polls } = (typeof parsed.value === 'object' && parsed.value !== null ? parsed.value : {}) as { polls?: unknown };
  if (!Array.isArray(polls) || polls.length > POLLS_MAX) {
    wrong(`must be {"polls": [...]} with at most ${POLLS_MAX} polls`);
    return [];
  }
  return polls as unknown[];
}

function settingsOf(entry: PollEntry, credentials: Readonly<Record<string, string>>, mode: PlatformConfig['mode'], wrong: (rule: string) => void): PollSettings {
  const { pool, account, rows, url, format = pool, everySeconds = 600, requestsPerMinute = 10, timeoutSeconds = 30, pageRows = 50, overlapDays = 7, since } = entry;
  const family = POOL_FAMILIES.get(format);
  if (family === undefined) wrong(`format must be one of ${[...POOL_FAMILIES.keys()].join(', ')}: ${pool} is the name of none`);
  else if (!family.rows.includes(rows)) wrong(`${format} has no ${rows} to pull`);
  if (mode === 'production' && url.startsWith('http:')) wrong('url must be https in production: whoever can change statements on their way can invent payouts');
  if (new URL(url).username !== '') wrong('url must hold no credentials');
  if (Number.isNaN(Date.parse(`${since}T00:00:00Z`))) wrong('since must be a day such as 2026-01-01');
  return { pollId: `${pool}.${account}~${rows}`, pool, account, format, rows, url, everyMs: everySeconds * 1000, requestsPerMinute, timeoutMs: timeoutSeconds * 1000, pageRows, overlapDays, since, credentials };
}

/** Secrets come from the environment or from files, so that the configuration file can be read by anyone. */
function secretsOf(given: unknown, { pool, format = pool }: PollEntry, env: Environment, wrong: (rule: string) => void): Readonly<Record<string, string>> {
  const secrets: Record<string, string> = {};
  const named = (typeof given === 'object' && given !== null ? given : {}) as Record<string, unknown>;
  for (const name of POOL_FAMILIES.get(format)?.credentials ?? []) {
    const { env: variable, file } = (typeof named[name] === 'object' && named[name] !== null ? named[name] : {}) as { env?: unknown; file?: unknown };
    if ((typeof variable === 'string') === (typeof file === 'string')) {
      wrong(`credentials.${name} must be {"env": "NAME"} or {"file": "path"}: a secret is named here, never written`);
      continue;
    }
    const value = typeof variable === 'string' ? env[variable]?.trim() : secretFile(file as string);
    if (value === undefined || value === '') wrong(`credentials.${name}: ${typeof variable === 'string' ? `the variable ${variable} is not set` : 'the file is empty or cannot be read'}`);
    else secrets[name] = value;
  }
  for (const name of Object.keys(named)) if (!(POOL_FAMILIES.get(format)?.credentials ?? []).includes(name)) wrong(`credentials.${name} is not known; ${format} takes ${POOL_FAMILIES.get(format)?.credentials.join(', ') ?? 'none'}`);
  return secrets;
}

function secretFile(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}

import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';
import type { LogLevel } from '../config/platform-config.js';
import { currentCorrelation } from '../correlation/correlation.js';
import { prettyStream } from './pretty-stream.js';

export type ServiceLogger = Logger;

export interface LoggerOptions {
  readonly service: string;
  readonly level: LogLevel;
  readonly pretty: boolean;
  /** Where lines go; standard output when absent. */
  readonly destination?: DestinationStream;
}

/** Fields that never reach a log, at the top or one or two levels down. */
const SECRET_FIELDS = [
  'authorization',
  'Authorization',
  'cookie',
  'password',
  'secret',
  'token',
  'access_token',
  'access_token',
  'privateKey',
  'seed',
  'sandboxSeed',
];

const REDACTED = '[redacted]';

/** Structured logs: one JSON object per line, with the service's name and the correlation of the running request. */
export function createLogger(options: LoggerOptions): ServiceLogger {
  return pino(
    {
      level: options.level,
      base: { service: options.service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      mixin: () => currentCorrelation() ?? {},
      redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]), censor: REDACTED },
      hooks: { streamWrite: redactText },
    },
    options.destination ?? (options.pretty ? prettyStream(process.stdout) : process.stdout),
  );
}

/**
 * Takes credentials out of text that libraries put into their messages: `scheme://user:password@host`, bearer
 * tokens and bare JWTs. The last line of defence behind the redacted fields.
 */
export function redactText(line: string): string {
  return line
    .replace(/([a-z][a-z0-9+.-]{1,30}:\/\/)[^\s/@"\\]{1,512}@/gi, `$1${REDACTED}@`)
    .replace(/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi, `$1 ${REDACTED}`)
    .replace(/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*/g, REDACTED);
}

import type { LoggerService } from '@nestjs/common';
import type { ServiceLogger } from './logger.js';

/** Gives Nest's own lines to pino. Its chatter while it starts (routes, modules) is for debugging only. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: ServiceLogger) {}

  log(message: unknown, ...context: unknown[]): void {
    this.write('debug', message, context);
  }

  error(message: unknown, ...context: unknown[]): void {
    this.write('error', message, context);
  }

  warn(message: unknown, ...context: unknown[]): void {
    this.write('warn', message, context);
  }

  debug(message: unknown, ...context: unknown[]): void {
    this.write('debug', message, context);
  }

  verbose(message: unknown, ...context: unknown[]): void {
    this.write('trace', message, context);
  }

  fatal(message: unknown, ...context: unknown[]): void {
    this.write('fatal', message, context);
  }

  private write(level: 'trace' | 'debug' | 'warn' | 'error' | 'fatal', message: unknown, context: readonly unknown[]): void {
    const names = context.filter((part): part is string => typeof part === 'string');
    const fields: Record<string, unknown> = names.length === 0 ? {} : { context: names.at(-1) };
    // Nest passes a stack as the text before the context.
    if (names.length > 1) fields['stack'] = names[0];
    if (message instanceof Error) this.logger[level]({ ...fields, err: message }, message.message);
    else if (typeof message === 'string') this.logger[level](fields, message);
    else this.logger[level]({ ...fields, detail: message }, 'nest');
  }
}

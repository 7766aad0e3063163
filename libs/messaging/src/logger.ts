/** The shape of pino's methods, so that a service's logger fits as it is. */
export interface MessagingLogger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

const nothing = (): void => undefined;

export const silentLogger: MessagingLogger = { debug: nothing, info: nothing, warn: nothing, error: nothing };

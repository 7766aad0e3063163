/** Codes of errors that say nothing about the message: the store or the bus is at fault, and waiting helps. */
const FAULTS: ReadonlySet<string> = new Set(['store-unavailable', 'store-timeout', 'store-unusable', 'bus-unavailable']);

/** Looks through causes, so that a service may wrap what it caught. */
export function isInfrastructureFault(error: unknown): boolean {
  let current: unknown = error;
  for (let depth = 0; depth < 5 && typeof current === 'object' && current !== null; depth++) {
    const { code, cause } = current as { code?: unknown; cause?: unknown };
    if (typeof code === 'string' && FAULTS.has(code)) return true;
    current = cause;
  }
  return false;
}

import type { Environment } from '@qazyna/service-kit';

/** Where a command reads its environment and writes its answers. Results go to `out`, everything else to `err`. */
export interface Terminal {
  readonly env: Environment;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Whether `err` is a terminal, so that a progress line may overwrite itself. */
  readonly isInteractive: boolean;
  /** True when `--json` was given: `out` gets one JSON document, and nothing else. */
  readonly json: boolean;
  /** Aborted by SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
}

/** One JSON document with a final newline; amounts and positions (`bigint`) become decimal strings. */
export function toJsonText(value: unknown): string {
  return `${JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? each.toString() : each), 2)}\n`;
}

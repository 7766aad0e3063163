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

/** What came from outside may hold control characters: a terminal must not act on them. Lines stay lines. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, (character) => (character === '\n' ? character : `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`));
}

/** The same for a text that is part of one line. */
export function printableInLine(text: string): string {
  return printable(text).replaceAll('\n', '\\u000a');
}

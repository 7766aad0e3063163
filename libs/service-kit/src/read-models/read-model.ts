import type { SQLInputValue } from 'node:sqlite';
import type { RecordedEvent } from '@qazyna/event-store';

/** Columns of a row; amounts are text, and are read as such. */
type Row = Record<string, unknown>;

/** What `apply` may do: statements are prepared once and kept. */
export interface ReadModelWriter {
  run(sql: string, ...values: readonly SQLInputValue[]): void;
  get(sql: string, ...values: readonly SQLInputValue[]): Row | undefined;
  all(sql: string, ...values: readonly SQLInputValue[]): Row[];
}

/** A disposable view over events, in tables of its own. */
export interface ReadModelDefinition {
  /** Name of its file; letters, digits and hyphens. */
  readonly name: string;
  /** Raise it with every change of `schema` or `apply`: the view is then rebuilt from the start of the log. */
  readonly version: number;
  readonly streamPrefixes: readonly string[];
  readonly schema: string;
  /** Applies one event, in log order, each exactly once. A throw stops the view at this event: it is never skipped. */
  readonly apply: (db: ReadModelWriter, event: RecordedEvent) => void;
}

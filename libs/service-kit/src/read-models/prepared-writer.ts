import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { ReadModelWriter } from './read-model.js';

/** Writes to a view's tables by statements that are prepared once and kept. */
export class PreparedWriter implements ReadModelWriter {
  private readonly statements = new Map<string, StatementSync>();

  constructor(readonly db: DatabaseSync) {}

  run(sql: string, ...values: readonly SQLInputValue[]): void {
    this.statement(sql).run(...values);
  }

  get(sql: string, ...values: readonly SQLInputValue[]): Record<string, unknown> | undefined {
    return this.statement(sql).get(...values);
  }

  all(sql: string, ...values: readonly SQLInputValue[]): Record<string, unknown>[] {
    return this.statement(sql).all(...values);
  }

  close(): void {
    this.statements.clear();
    this.db.close();
  }

  private statement(sql: string): StatementSync {
    let statement = this.statements.get(sql);
    if (!statement) this.statements.set(sql, (statement = this.db.prepare(sql)));
    return statement;
  }
}

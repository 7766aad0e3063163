interface Reader {
  get(sql: string, ...values: readonly string[]): Record<string, unknown> | undefined;
}

/**
 * The moment by which the acts over a deposit are judged: now, or a later one that its entries have reached already.
 * They were posted while the clock was ahead; putting it right must not take back what the law has not.
 */
export function reachedBy(db: Reader, depositId: string, now: string): string {
  const reached = db.get('SELECT max(effective_at) AS reached FROM entries WHERE deposit_id = ?', depositId)?.['reached'];
  return typeof reached === 'string' && reached > now ? reached : now;
}

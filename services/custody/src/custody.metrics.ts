import type { Violation } from '@qazyna/ledger';
import type { ReadModelHost, ServiceMetrics } from '@qazyna/service-kit';
import { Counter, Gauge, Histogram } from 'prom-client';
import type { ChainWorker } from './deposits/chain.worker.js';
import type { JournalWriter } from './journal/journal.writer.js';
import type { PostingWorker } from './journal/posting.worker.js';
import type { Leadership } from './leadership/leadership.js';

const BATCH_ENTRIES = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000];

/** What the journal writer reports while it works. */
export interface JournalFigures {
  readonly onBatch: (entries: number) => void;
  readonly onRetry: () => void;
  readonly onRefused: (violations: readonly Violation[]) => void;
}

export function journalFigures({ registry }: ServiceMetrics): JournalFigures {
  const registers = [registry];
  const posted = new Counter({ name: 'qazyna_journal_entries_posted_total', help: 'Entries made durable.', registers });
  const batches = new Histogram({ name: 'qazyna_journal_batch_entries', help: 'Entries per append.', buckets: BATCH_ENTRIES, registers });
  const retries = new Counter({ name: 'qazyna_journal_append_retries_total', help: 'Appends repeated after a conflict or a timeout.', registers });
  const broken = new Counter({ name: 'qazyna_invariant_violations_total', help: 'Times an entry was refused because it would break an invariant; entries posted have held all of them.', labelNames: ['invariant'], registers });
  return {
    onBatch: (entries) => {
      posted.inc(entries);
      batches.observe(entries);
    },
    onRetry: () => retries.inc(),
    onRefused: (violations) => {
      for (const { invariant } of violations) broken.inc({ invariant });
    },
  };
}

/** Read when they are asked for. */
export function watchCustody({ registry }: ServiceMetrics, parts: { readonly model: ReadModelHost; readonly chain: ChainWorker; readonly posting: PostingWorker; readonly journal: JournalWriter; readonly leadership: Leadership }): void {
  const registers = [registry];
  const { model, chain, posting, journal, leadership } = parts;
  new Gauge({ name: 'qazyna_custody_leader', help: '1 on the instance that leads; 0 on a standby. The sum over the instances is 1.', registers, collect() { this.set(leadership.ready ? 1 : 0); } });
  new Gauge({ name: 'qazyna_custody_term', help: 'Term led or watched; each take-over begins one. 0 on the embedded store.', registers, collect() { this.set(leadership.standing.term ?? 0); } });
  new Gauge({ name: 'qazyna_chain_height', help: 'Height followed through.', registers, collect() { this.set(chain.tip?.height ?? 0); } });
  new Gauge({ name: 'qazyna_journal_queue_entries', help: 'Entries waiting for their append.', registers, collect() { this.set(journal.queueDepth); } });
  new Gauge({ name: 'qazyna_journal_entries_refused', help: 'Entries that the ledger refuses; they stay due.', registers, collect() { this.set(posting.refused.length); } });
  new Gauge({
    name: 'qazyna_deposits',
    help: 'Deposits by state.',
    labelNames: ['state'],
    registers,
    collect() {
      for (const { state, deposits } of model.db.prepare('SELECT state, count(*) AS deposits FROM deposits GROUP BY state').all()) this.set({ state: state as string }, deposits as number);
    },
  });
  new Gauge({
    name: 'qazyna_deposits_held',
    help: 'Deposits in a vault that screening holds, by why.',
    labelNames: ['code'],
    registers,
    collect() {
      this.reset();
      for (const { code, deposits } of model.db.prepare(`SELECT coalesce(hold_code, 'held') AS code, count(*) AS deposits FROM deposits WHERE held = 1 GROUP BY hold_code`).all()) this.set({ code: code as string }, deposits as number);
    },
  });
  new Gauge({
    name: 'qazyna_custody_alarms',
    help: 'Alarms raised, by kind.',
    labelNames: ['kind'],
    registers,
    collect() {
      for (const { kind, alarms } of model.db.prepare('SELECT kind, count(*) AS alarms FROM alarms GROUP BY kind').all()) this.set({ kind: kind as string }, alarms as number);
    },
  });
}

import { setTimeout as pause } from 'node:timers/promises';
import type { ScreenedAddress, ScreeningResult } from '@qazyna/contracts';
import type { Position } from '@qazyna/event-store';
import type { ComponentState, ReadModelHost, ServiceLogger } from '@qazyna/service-kit';
import type { ListsService } from './lists.service.js';
import type { ScreeningService } from './screening.service.js';

export interface ScreeningWorkerOptions {
  readonly model: ReadModelHost;
  readonly lists: ListsService;
  readonly screening: ScreeningService;
  readonly logger: ServiceLogger;
  /** Pause between two looks at what is due. */
  readonly idleMs?: number;
  /** Pause before a provider that owed an answer is asked again; it doubles up to 64 times as long. */
  readonly retryMs?: number;
}

const IDLE_MS = 50;
const RETRY_MS = 5_000;
const FAILED_MS = 1_000;
const BATCH_MAX = 200;
const SWEEP_PAGE = 5_000;
const CONCURRENT_MAX = 200;
const PATIENCE_MS = 60_000;

interface Swept {
  readonly subject_id: string;
  readonly basis: string | null;
  readonly unknown_sources: number;
  readonly results: string;
  readonly addresses: string | null;
}

/**
 * Screens what is due, asks again those who owed an answer, and compares everything known with a list that changed. What
 * a crash leaves undone is found again: due is what was asked for and not answered, and the first thing after a start
 * is a comparison of everything with the lists in force.
 */
export class ScreeningWorker {
  private readonly stopping = new AbortController();
  private running: Promise<unknown> | undefined;
  private failure: unknown;
  /** Place in the log from which on lists are in force that not everything was compared with. */
  private changedAt: Position | undefined;
  private listsKnown = false;
  private readonly retries = new Map<string, { readonly attempt: number; readonly at: number }>();

  constructor(private readonly options: ScreeningWorkerOptions) {}

  start(): void {
    this.running ??= Promise.all([this.followLists(), this.run()]);
  }

  async stop(): Promise<void> {
    this.stopping.abort(new Error('closing'));
    await this.running;
  }

  health(): ComponentState {
    if (this.failure !== undefined) return { ok: false, detail: 'a step failed and is repeated' };
    return this.listsKnown ? { ok: true } : { ok: false, detail: 'reading the lists' };
  }

  /** Compares everything known with the lists in force. @returns how many addresses, and of how many subjects the findings changed */
  async sweep(): Promise<{ readonly addresses: number; readonly changed: number }> {
    const { model, screening } = this.options;
    const page = model.db.prepare(
      `SELECT subject_id, basis, unknown_sources, results, (SELECT json_group_array(json_array(chain, address)) FROM addresses WHERE addresses.subject_id = subjects.subject_id) AS addresses
       FROM subjects WHERE subject_id > ? AND basis IS NOT NULL ORDER BY subject_id LIMIT ${SWEEP_PAGE}`,
    );
    let addresses = 0;
    let changed = 0;
    for (let after = ''; ; ) {
      const rows = page.all(after) as unknown as Swept[];
      const last = rows.at(-1);
      if (last === undefined) return { addresses, changed };
      const differing = rows.flatMap((row) => {
        const known = addressesOf(row);
        addresses += known.length;
        const found = screening.findings({ subjectId: row.subject_id, addresses: known, unknownSources: row.unknown_sources }, vendorAnswers(row));
        return found.basis === row.basis ? [] : [found];
      });
      for (let from = 0; from < differing.length; from += CONCURRENT_MAX) {
        const outcomes = await Promise.all(differing.slice(from, from + CONCURRENT_MAX).map((found) => screening.recordAnew(found)));
        changed += outcomes.filter(Boolean).length;
      }
      after = last.subject_id;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  private async followLists(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        await this.options.lists.follow(signal, (position) => (this.changedAt = position), () => (this.listsKnown = true));
      } catch (error) {
        if (signal.aborted) return;
        this.fail(error, 'following the screening lists failed and begins again');
        await this.wait(FAILED_MS);
      }
    }
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        const done = this.listsKnown && this.options.model.health().ok ? await this.step(signal) : 0;
        this.failure = undefined;
        await this.wait(done > 0 ? 0 : (this.options.idleMs ?? IDLE_MS));
      } catch (error) {
        if (signal.aborted) return;
        this.fail(error, 'screening failed and is repeated');
        await this.wait(FAILED_MS);
      }
    }
  }

  private async step(signal: AbortSignal): Promise<number> {
    const { model, screening, lists, logger } = this.options;
    const swept = this.changedAt;
    if (swept !== undefined) {
      await model.caughtUpTo(swept, PATIENCE_MS);
      const { addresses, changed } = await this.sweep();
      for (const { list, version, contentSha256 } of lists.current) {
        if (!this.isNoted(list, contentSha256)) await screening.noteRescreened({ list, version, contentSha256, addresses, changed });
      }
      if (this.changedAt === swept) this.changedAt = undefined;
      logger.info({ addresses, changed }, 'everything known was compared with the lists in force');
      return 1;
    }
    const due = model.db.prepare('SELECT subject_id AS id FROM subjects WHERE due = 1 LIMIT ?').all(BATCH_MAX) as unknown as { readonly id: string }[];
    const owed = model.db.prepare('SELECT subject_id AS id FROM subjects WHERE waiting = 1 AND due = 0 LIMIT ?').all(screening.asksVendor ? 10_000 : 0) as unknown as { readonly id: string }[];
    const late = owed.filter(({ id }) => this.isTime(id)).slice(0, BATCH_MAX);
    await Promise.all([...due, ...late].map(({ id }) => screening.screen(id, signal)));
    // What was just recorded is not due again.
    if (due.length > 0) await model.showsAll(PATIENCE_MS);
    return due.length + late.length;
  }

  /** A provider that fails for an hour is not asked every second. */
  private isTime(id: string): boolean {
    const now = performance.now();
    const { attempt, at } = this.retries.get(id) ?? { attempt: 0, at: now + (this.options.retryMs ?? RETRY_MS) };
    if (at > now) {
      this.retries.set(id, { attempt, at });
      return false;
    }
    if (this.retries.size > 20_000) this.retries.clear();
    this.retries.set(id, { attempt: attempt + 1, at: now + (this.options.retryMs ?? RETRY_MS) * 2 ** Math.min(attempt + 1, 6) });
    return true;
  }

  private isNoted(list: string, contentSha256: string): boolean {
    const last = this.options.model.db.prepare(`SELECT body FROM list_events WHERE list = ? AND kind = 'rescreened' ORDER BY sequence DESC LIMIT 1`).get(list)?.['body'] as string | undefined;
    return last !== undefined && (JSON.parse(last) as { readonly contentSha256: string }).contentSha256 === contentSha256;
  }

  private fail(error: unknown, text: string): void {
    this.failure = error;
    this.options.logger.error({ err: error }, text);
  }

  private async wait(ms: number): Promise<void> {
    await pause(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}

function addressesOf({ addresses }: Swept): readonly ScreenedAddress[] {
  return (JSON.parse(addresses ?? '[]') as [ScreenedAddress['chain'], string][]).map(([chain, address]) => ({ chain, address }));
}

function vendorAnswers({ results }: Swept): readonly ScreeningResult[] {
  return results === '[]' ? [] : (JSON.parse(results) as ScreeningResult[]).filter(({ provider }) => !provider.startsWith('list:'));
}

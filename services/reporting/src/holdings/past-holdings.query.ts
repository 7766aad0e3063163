import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@qazyna/event-store';
import { toInstant } from '@qazyna/ledger';
import { CLOCK, CONFIG, ProblemError, type PlatformConfig, type ReadModelHost } from '@qazyna/service-kit';
import { REPORTING_READ_MODEL } from '../read-model.token.js';
import { figuresOf, HOLDINGS_VERSION, type AsOf, type FiguresContradict, type Holdings } from './holdings.js';
import { holdingsInput, type FigureRow } from './holdings-input.js';
import { orContradiction, published } from './withheld.query.js';

const MODEL_PATIENCE_MS = 5_000;
/** Anyone may ask: answers are kept, since what was recorded up to a time never changes. */
const KEPT_MAX = 32;

/** From key to key by the index, and of each its last state up to the time: nothing that lies between is read. */
const STATES = `
  WITH RECURSIVE keys (key) AS (
    SELECT min(key) FROM figure_history WHERE kind = ?1
    UNION ALL SELECT (SELECT min(h.key) FROM figure_history h WHERE h.kind = ?1 AND h.key > keys.key) FROM keys WHERE keys.key IS NOT NULL
  )
  SELECT (SELECT h.state FROM figure_history h WHERE h.kind = ?1 AND h.key = keys.key AND h.recorded_at <= ?2 ORDER BY h.recorded_at DESC LIMIT 1) AS state
  FROM keys WHERE keys.key IS NOT NULL`;
const STATE = 'SELECT state FROM figure_history WHERE kind = ? AND key = json_array(?) AND recorded_at <= ? ORDER BY recorded_at DESC LIMIT 1';

/** The figures of an earlier time, by when things were recorded: what the same question was answered with then. */
@Injectable()
export class PastHoldingsQuery {
  private readonly kept = new Map<string, Holdings | FiguresContradict>();
  /** The file that they are from: a view built anew answers for itself. */
  private keptFrom: unknown;

  constructor(
    @Inject(REPORTING_READ_MODEL) private readonly model: ReadModelHost,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: PlatformConfig,
  ) {}

  /** @throws {ProblemError} 400 `as-of-unknown` outside what is known; 500 `figures-contradict` rather than a wrong figure */
  async at(time: string): Promise<Holdings> {
    const at = toInstant(time);
    const now = this.clock.now().toISOString();
    if (at > now) throw unknown(`${at} is in the future: nothing is known of it`);
    if (at >= this.moment().recordedAt) await this.model.showsAll(MODEL_PATIENCE_MS);
    const { recordedAt, beganAt } = this.moment();
    if (beganAt === '') throw unknown('nothing is recorded yet');
    if (at < beganAt) throw unknown(`the records begin at ${beganAt}`);
    // More may yet be recorded in the newest millisecond.
    if (at >= recordedAt) return published(this.compute(at));
    if (this.keptFrom !== this.model.db) this.kept.clear();
    this.keptFrom = this.model.db;
    const outcome = this.kept.get(at) ?? this.compute(at);
    this.kept.delete(at);
    this.kept.set(at, outcome);
    for (const oldest of [...this.kept.keys()].slice(0, -KEPT_MAX)) this.kept.delete(oldest);
    return published(outcome);
  }

  private compute(at: string): Holdings | FiguresContradict {
    const states = this.model.db.prepare(STATES);
    return orContradiction(() => ({
      version: HOLDINGS_VERSION,
      asOf: this.asOf(at),
      figures: figuresOf(
        holdingsInput({
          rows: (table) => states.all(table, at).flatMap(({ state }) => (state === null ? [] : [JSON.parse(state as string) as FigureRow])),
          legalStatusOf: (caseId) => this.state('cases', caseId, at)?.['legal_status'] ?? undefined,
          tierOf: (vaultId) => this.state('vaults', vaultId, at)?.['tier'] ?? undefined,
        }),
      ),
    }));
  }

  private asOf(at: string): AsOf {
    const network = this.config.bitcoinNetwork;
    const state = this.model.db.prepare(STATE).get('blocks', network, at)?.['state'] as string | null | undefined;
    const tip = state ? (JSON.parse(state) as { readonly height: number; readonly hash: string; readonly time: string }) : undefined;
    return {
      network,
      at,
      blockHeight: tip?.height ?? null,
      blockHash: tip?.hash ?? null,
      blockTime: tip?.time ?? null,
      journalRevision: this.state('entries', 'journal', at)?.['number'] ?? null,
      logPosition: null,
    };
  }

  private state(kind: string, key: string, at: string): FigureRow | undefined {
    const state = this.model.db.prepare(STATE).get(kind, key, at)?.['state'] as string | null | undefined;
    return state ? (JSON.parse(state) as FigureRow) : undefined;
  }

  private moment(): { readonly recordedAt: string; readonly beganAt: string } {
    return this.model.db.prepare('SELECT recorded_at AS recordedAt, began_at AS beganAt FROM moment').get() as { recordedAt: string; beganAt: string };
  }

}

function unknown(message: string): ProblemError {
  return new ProblemError(400, 'as-of-unknown', message, { errors: [{ field: 'at', code: 'as-of-unknown', message }] });
}

import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type PlatformConfig, type ReadModelHost } from '@qazyna/service-kit';
import { REPORTING_READ_MODEL } from '../read-model.token.js';
import { figuresOf, FiguresContradict, HOLDINGS_VERSION, type AsOf, type Figures, type Holdings } from './holdings.js';
import { holdingsInput, type FigureRow, type FigureTable } from './holdings-input.js';
import { orContradiction, published } from './withheld.query.js';

@Injectable()
export class HoldingsQuery {
  private known: { readonly position: string | undefined; readonly outcome: Holdings | FiguresContradict } | undefined;

  constructor(
    @Inject(REPORTING_READ_MODEL) private readonly model: ReadModelHost,
    @Inject(CONFIG) private readonly config: PlatformConfig,
  ) {}

  /**
   * The figures at the read model's place in the log; computed once for each place.
   * @throws {ProblemError} 500 `figures-contradict` rather than a wrong figure
   */
  current(): Holdings {
    return published(this.outcome());
  }

  /** What the figures at this place break, if anything. */
  contradiction(): FiguresContradict | undefined {
    const outcome = this.outcome();
    return outcome instanceof FiguresContradict ? outcome : undefined;
  }

  private outcome(): Holdings | FiguresContradict {
    const position = this.model.position();
    if (this.known === undefined || this.known.position !== position) this.known = { position, outcome: this.compute(position) };
    return this.known.outcome;
  }

  private compute(position: string | undefined): Holdings | FiguresContradict {
    return orContradiction(() => ({ version: HOLDINGS_VERSION, asOf: this.asOf(position), figures: this.figures() }));
  }

  private asOf(position: string | undefined): AsOf {
    const { db } = this.model;
    const network = this.config.bitcoinNetwork;
    const tip = db.prepare('SELECT height, hash, time FROM blocks WHERE network = ? ORDER BY height DESC LIMIT 1').get(network);
    const last = db.prepare('SELECT max(number) AS number FROM entries').get()?.['number'] as number | null;
    return {
      network,
      blockHeight: (tip?.['height'] as number | undefined) ?? null,
      blockHash: (tip?.['hash'] as string | undefined) ?? null,
      blockTime: (tip?.['time'] as string | undefined) ?? null,
      journalRevision: last === null ? null : String(last),
      logPosition: position ?? null,
    };
  }

  private figures(): Figures {
    const { db } = this.model;
    const statusOf = db.prepare('SELECT legal_status FROM cases WHERE case_id = ?');
    const tierOf = db.prepare('SELECT tier FROM vaults WHERE vault_id = ?');
    return figuresOf(
      holdingsInput({
        rows: (table) => db.prepare(`SELECT ${COLUMNS_OF[table]} FROM ${table}`).all() as unknown as FigureRow[],
        legalStatusOf: (caseId) => statusOf.get(caseId)?.['legal_status'] as string | undefined,
        tierOf: (vaultId) => tierOf.get(vaultId)?.['tier'] as string | undefined,
      }),
    );
  }
}

const COLUMNS_OF: Readonly<Record<FigureTable, string>> = {
  balances: 'account, asset, amount',
  controlled: 'case_id, asset_id, asset, amount',
  case_assets: 'case_id, asset_id, asset, amount, location, parts, inherited',
  issuer_freezes: 'case_id, asset_id',
  payout_claims: 'asset, status, CAST(payouts AS TEXT) AS payouts, amount',
};

import { Inject, Injectable } from '@nestjs/common';
import type { AssetPart } from '@qazyna/contracts';
import { findAsset } from '@qazyna/ledger';
import { CONFIG, ProblemError, type PlatformConfig, type ReadModelHost } from '@qazyna/service-kit';
import { REPORTING_READ_MODEL } from '../read-model.token.js';
import type { ClaimedAsset } from './claims.js';
import { figuresOf, FiguresContradict, HOLDINGS_VERSION, type AsOf, type Figures, type Holdings } from './holdings.js';

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
    const outcome = this.outcome();
    if (!(outcome instanceof FiguresContradict)) return outcome;
    throw new ProblemError(500, 'figures-contradict', `the figures break ${outcome.invariant} and are withheld`, { cause: outcome });
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
    try {
      return { version: HOLDINGS_VERSION, asOf: this.asOf(position), figures: this.figures() };
    } catch (error) {
      if (error instanceof FiguresContradict) return error;
      throw error;
    }
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
    const rows = (sql: string): Record<string, string>[] => db.prepare(sql).all() as unknown as Record<string, string>[];
    return figuresOf({
      balances: rows('SELECT account, asset, amount FROM balances').map(({ account = '', asset = '', amount = '0' }) => ({ account, asset, amount: BigInt(amount) })),
      assets: findAsset,
      legalStatusOf: (caseId) => statusOf.get(caseId)?.['legal_status'] as string | undefined,
      tierOf: (vaultId) => tierOf.get(vaultId)?.['tier'] as string | undefined,
      claimedAssets: this.claimedAssets(),
      controlled: rows('SELECT case_id, asset_id, asset, amount FROM controlled').map(({ case_id: caseId = '', asset_id: assetId = '', asset = '', amount = '0' }) => ({
        caseId,
        assetId: assetId === '' ? undefined : assetId,
        asset,
        amount: BigInt(amount),
      })),
      payoutClaims: rows('SELECT asset, status, CAST(payouts AS TEXT) AS payouts, amount FROM payout_claims').map(({ asset = '', status = '', payouts = '0', amount = '0' }) => ({
        asset,
        status,
        payouts: Number.parseInt(payouts, 10),
        amount: BigInt(amount),
      })),
    });
  }

  private claimedAssets(): ClaimedAsset[] {
    const rows = this.model.db
      .prepare('SELECT a.*, EXISTS (SELECT 1 FROM issuer_freezes f WHERE f.case_id = a.case_id AND f.asset_id = a.asset_id) AS frozen FROM case_assets a ORDER BY case_id, asset_id')
      .all() as unknown as ClaimedRow[];
    return rows.map(({ case_id: caseId, asset_id: assetId, asset, amount, location, parts, inherited, frozen }) => ({
      caseId,
      assetId,
      asset,
      amount: BigInt(amount),
      location: JSON.parse(location) as ClaimedAsset['location'],
      parts: (JSON.parse(parts) as Pick<AssetPart, 'legalStatus' | 'share'>[]).map(({ legalStatus, share }) => ({ legalStatus, numerator: BigInt(share.numerator), denominator: BigInt(share.denominator) })),
      frozenByIssuer: frozen === 1,
      inherited: inherited !== null,
    }));
  }
}

interface ClaimedRow {
  readonly case_id: string;
  readonly asset_id: string;
  readonly asset: string;
  readonly amount: string;
  readonly location: string;
  readonly parts: string;
  readonly inherited: string | null;
  readonly frozen: number;
}

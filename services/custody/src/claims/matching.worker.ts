import type { ReadModelHost } from '@qazyna/service-kit';
import type { DepositsService } from '../deposits/deposits.service.js';
import type { ClaimsService } from './claims.service.js';
import { findOutput, type CandidateOutput, type WaitingClaim } from './matching.js';

type ReadyClaim = WaitingClaim & { readonly licenceId: string };

const BATCH_MAX = 500;
/** Outputs shown to a claim that none fits exactly; enough to say what differs. */
const OTHER_OUTPUTS_MAX = 20;
const CLAIM = `payout_id AS payoutId, pool_account_id AS poolAccountId, licence_id AS licenceId, asset, amount, address, txid, output_index AS outputIndex`;
const OUTPUT = `SELECT deposit_id AS depositId, vout, purpose_kind AS purposeKind, purpose_id AS purposeId, asset, amount, address, payout_id AS payoutId FROM deposits`;

/** Finds the output of each claim whose transaction is in the chain, whichever of the two came first. */
export class MatchingWorker {
  /** Claims done in this process that the read model does not show yet. */
  private done = new Set<string>();

  constructor(
    private readonly model: ReadModelHost,
    private readonly claims: ClaimsService,
    private readonly deposits: DepositsService,
  ) {}

  /** Matches or disputes what can be. @returns how many claims were looked at */
  async step(): Promise<number> {
    const rows = this.model.db.prepare(`SELECT ${CLAIM} FROM claims WHERE ready = 1 LIMIT ?`).all(BATCH_MAX + this.done.size);
    const ready = rows.map((row) => ({ ...row, outputIndex: row['outputIndex'] ?? undefined }) as unknown as ReadyClaim);
    const shown = new Set(ready.map(({ payoutId }) => payoutId));
    this.done = new Set([...this.done].filter((payoutId) => shown.has(payoutId)));
    const due = ready.filter(({ payoutId }) => !this.done.has(payoutId)).slice(0, BATCH_MAX);
    await Promise.all(due.map((claim) => this.settle(claim)));
    return due.length;
  }

  private async settle(claim: ReadyClaim): Promise<void> {
    const matching = findOutput(claim, this.outputsFor(claim));
    if (matching.kind === 'match') {
      const outcome = await this.deposits.match(matching.depositId, claim);
      if (outcome.kind === 'refused') await this.claims.dispute(claim.payoutId, outcome.refusal.code, outcome.refusal.message);
    } else if (matching.kind === 'dispute') {
      await this.claims.dispute(claim.payoutId, matching.code, matching.message);
    }
    this.done.add(claim.payoutId);
  }

  private outputsFor({ txid, outputIndex, amount, address, payoutId }: ReadyClaim): CandidateOutput[] {
    const { db } = this.model;
    const all = (where: string, ...values: readonly string[]): CandidateOutput[] =>
      db.prepare(`${OUTPUT} WHERE ${where}`).all(...values).map((row) => ({ ...row, payoutId: row['payoutId'] ?? undefined }) as unknown as CandidateOutput);
    const own = all('payout_id = ?', payoutId);
    if (own.length > 0) return own;
    const exact = outputIndex === undefined ? all('txid = ? AND amount = ? AND address = ?', txid, amount, address) : all('deposit_id = ?', `${txid}.${outputIndex}`);
    return exact.length > 0 ? exact : all(`txid = ? LIMIT ${OTHER_OUTPUTS_MAX}`, txid);
  }
}

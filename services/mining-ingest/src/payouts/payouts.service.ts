import { Inject, Injectable, Optional } from '@nestjs/common';
import { AddressError, parseAddress } from '@qazyna/bitcoin';
import { contentHash, payoutIdOf, poolAccountIdOf, streamOf, type HoldReason, type PayoutClaim, type PayoutDecision, type PayoutWay, type SignedMessage } from '@qazyna/contracts';
import { conflictDecider } from '@qazyna/contracts/conflict';
import { handleCommand, loadState, type EventMetadata, type EventStore, type Refusal } from '@qazyna/event-store';
import { findAsset } from '@qazyna/ledger';
import { CONFIG, EVENT_STORE, type PlatformConfig } from '@qazyna/service-kit';
import { licenceDecider } from '../licences/licence.js';
import { poolAccountDecider } from '../pools/pool-account.js';
import { walletAt } from '../pools/pool-account-timeline.js';
import { amountReasons } from './amount-check.js';
import { AmountHistories } from './amount-history.query.js';
import { ADDRESS_INVALID, payoutDecider, type PayoutEvent, type PayoutState } from './payout.js';
import type { PayoutStanding } from './payout-checks.js';

type Metadata = Omit<EventMetadata, 'schemaVersion'>;

/** One claim at the door, already of the right shape. */
export interface OfferedPayout {
  readonly claim: PayoutClaim;
  readonly way: PayoutWay;
  readonly statementSha256?: string;
  /** Who signed it, where it was signed. */
  readonly signed?: SignedMessage;
  readonly metadata: Metadata;
}

/** What became of a claim. Only `accepted` and `held` changed anything. */
export interface PayoutResult {
  readonly status: 'accepted' | 'duplicate' | 'held' | 'refused';
  readonly payoutId: string;
  readonly code?: string;
  readonly message?: string;
  readonly field?: string;
  /** Every reason, when held. */
  readonly reasons?: readonly HoldReason[];
}

@Injectable()
export class PayoutsService {
  /** Standings that requests of this turn of the event loop are about to load together. */
  private gathering = new Map<string, Promise<PayoutStanding>>();

  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CONFIG) private readonly config: Pick<PlatformConfig, 'quotaTolerancePercent'>,
    @Optional() @Inject(AmountHistories) private readonly histories?: AmountHistories,
  ) {}

  /**
   * Carries claims out, each once, with a result for each in their order. The registers are read once for the batch,
   * the appends wait together for one durable write.
   * @throws {StoreUnavailable | StoreTimeout | TooManyConflicts} some may be recorded: offer the same batch again
   */
  async receive(offered: readonly OfferedPayout[]): Promise<PayoutResult[]> {
    const standings = new Map<string, Promise<PayoutStanding>>();
    const amounts = this.amountReasonsOf(offered);
    return Promise.all(
      offered.map(async (offer) => {
        const { pool, account } = offer.claim;
        const id = poolAccountIdOf(pool, account);
        let standing = standings.get(id);
        if (standing === undefined) standings.set(id, (standing = this.gatheredStanding(id)));
        return this.receiveOne(offer, await standing, amounts(offer.claim));
      }),
    );
  }

  /** Whether this very claim was received before, by any way. */
  async knows(claim: PayoutClaim): Promise<boolean> {
    const { state } = await loadState(this.store, payoutDecider, streamOf.payout(payoutIdOf(claim.pool, claim.account, claim.paymentId)));
    return state.status !== 'unknown' && state.contentHash === contentHash(claim);
  }

  /** What would become of each claim if they came now, one after the other; nothing is recorded. `assumed` carries what came of earlier ones. */
  async assess(offered: readonly OfferedPayout[], assumed: Map<string, PayoutState> = new Map()): Promise<PayoutResult[]> {
    const standings = new Map<string, PayoutStanding>();
    const amounts = this.amountReasonsOf(offered);
    const results: PayoutResult[] = [];
    for (const offer of offered) {
      const id = poolAccountIdOf(offer.claim.pool, offer.claim.account);
      const standing = standings.get(id) ?? (await this.standingOf(id));
      standings.set(id, standing);
      results.push(await this.assessOne(offer, standing, amounts(offer.claim), assumed));
    }
    return results;
  }

  /** An officer's decision on a held payout. @throws as `receive` */
  async decide(payoutId: string, decision: PayoutDecision, metadata: Metadata): Promise<{ readonly status: string } | { readonly refusal: Refusal }> {
    const stream = streamOf.payout(payoutId);
    const { state } = await loadState(this.store, payoutDecider, stream);
    // Decided here: a payout that arrives in this moment would be judged without its registers, and refused for a wrong reason.
    if (state.status === 'unknown') return { refusal: { code: 'payout-unknown', message: `no payout ${payoutId} was received` } };
    const standing = await this.standingOf(poolAccountIdOf(state.claim.pool, state.claim.account));
    const outcome = await handleCommand(this.store, payoutDecider, {
      stream,
      command: { kind: 'decide', payoutId, decision, standing },
      commandId: `decide:${decision.decision}`,
      metadata,
    });
    return outcome.kind === 'refused' ? { refusal: outcome.refusal } : { status: outcome.state.status };
  }

  /** What speaks against amounts, by what was earned since the payout before: one look for each account of a batch. */
  private amountReasonsOf(offered: readonly OfferedPayout[]): (claim: PayoutClaim) => readonly HoldReason[] {
    const { histories } = this;
    if (histories === undefined) return () => [];
    const accounts = new Map<string, PayoutClaim[]>();
    for (const { claim } of offered) {
      const id = poolAccountIdOf(claim.pool, claim.account);
      const claims = accounts.get(id);
      if (claims === undefined) accounts.set(id, [claim]);
      else claims.push(claim);
    }
    const known = new Map([...accounts].map(([id, claims]) => [id, histories.of(claims)]));
    return (claim) =>
      amountReasons({ payoutId: payoutIdOf(claim.pool, claim.account, claim.paymentId), paidAt: claim.paidAt, amount: claim.amount }, known.get(poolAccountIdOf(claim.pool, claim.account)), histories.tolerancePpm);
  }

  private async assessOne({ claim, way }: OfferedPayout, standing: PayoutStanding, implausible: readonly HoldReason[], assumed: Map<string, PayoutState>): Promise<PayoutResult> {
    const payoutId = payoutIdOf(claim.pool, claim.account, claim.paymentId);
    const wrongAddress = addressFault(claim);
    if (wrongAddress && way !== 'statement') return { status: 'refused', payoutId, ...wrongAddress };
    const state = assumed.get(payoutId) ?? (await loadState(this.store, payoutDecider, streamOf.payout(payoutId))).state;
    const found = [...(wrongAddress ? [{ ...wrongAddress, code: ADDRESS_INVALID }] : []), ...implausible];
    const decision = payoutDecider.decide({ kind: 'receive', payoutId, claim, contentHash: contentHash(claim), way, found, standing }, state);
    if (decision.kind === 'refused') return { status: 'refused', payoutId, ...decision.refusal };
    const after = decision.events.reduce((folded, event) => payoutDecider.evolve(folded, event), state);
    assumed.set(payoutId, after);
    return { ...standingResult(payoutId, after), ...(isFirst(decision.events) ? {} : { status: 'duplicate' as const }) };
  }

  private async receiveOne({ claim, way, statementSha256, signed, metadata }: OfferedPayout, standing: PayoutStanding, implausible: readonly HoldReason[]): Promise<PayoutResult> {
    const payoutId = payoutIdOf(claim.pool, claim.account, claim.paymentId);
    // A registered wallet was checked when it was registered.
    const registered = claim.asset === standing.account?.asset && walletAt(standing.account, claim.address, claim.paidAt).kind !== 'unknown';
    const wrongAddress = registered ? undefined : addressFault(claim);
    // A statement is kept verbatim and its rows are held; a message of our own format is sent back to be mended.
    if (wrongAddress && way !== 'statement') return { status: 'refused', payoutId, ...wrongAddress };

    const hash = contentHash(claim);
    const outcome = await handleCommand(this.store, payoutDecider, {
      stream: streamOf.payout(payoutId),
      command: {
        kind: 'receive',
        payoutId,
        claim,
        contentHash: hash,
        way,
        ...(statementSha256 === undefined ? {} : { statementSha256 }),
        ...(signed === undefined ? {} : { signed }),
        found: [...(wrongAddress ? [{ ...wrongAddress, code: ADDRESS_INVALID }] : []), ...implausible],
        standing,
      },
      // The content is part of the identity: a store that recognises the ids of an append in flight on another instance
      // calls it a success, and the loser of two contradicting claims must not hear that.
      commandId: `receive:${hash}`,
      metadata,
      expectNew: true,
    });
    if (outcome.kind === 'accepted') {
      const first = !outcome.duplicate && isFirst(outcome.events);
      return { ...standingResult(payoutId, outcome.state), ...(first ? {} : { status: 'duplicate' as const }) };
    }
    await this.raiseConflict(payoutId, claim, hash, way, metadata);
    return { status: 'refused', payoutId, ...outcome.refusal };
  }

  /** Kept for an operator: the same id with other content changes nothing, but is never silent. */
  private async raiseConflict(payoutId: string, claim: PayoutClaim, offeredHash: string, way: PayoutWay, metadata: Metadata): Promise<void> {
    const { state } = await loadState(this.store, payoutDecider, streamOf.payout(payoutId));
    const knownHash = state.status === 'unknown' ? offeredHash : state.contentHash;
    await handleCommand(this.store, conflictDecider('mining.conflict-raised'), {
      stream: streamOf.miningConflict(payoutId),
      command: { subject: payoutId, knownHash, offeredHash, way, offered: JSON.stringify(claim) },
      commandId: offeredHash,
      metadata,
    });
  }

  /**
   * The standing as it is after everything acknowledged by now. Callers of the same turn share one look: it begins when
   * all of them have asked, so that none sees less than it would have seen alone.
   */
  private gatheredStanding(poolAccountId: string): Promise<PayoutStanding> {
    let standing = this.gathering.get(poolAccountId);
    if (standing === undefined) {
      if (this.gathering.size === 0) setImmediate(() => (this.gathering = new Map()));
      standing = new Promise<void>((resolve) => setImmediate(resolve)).then(() => this.standingOf(poolAccountId));
      this.gathering.set(poolAccountId, standing);
    }
    return standing;
  }

  private async standingOf(poolAccountId: string): Promise<PayoutStanding> {
    const { state: account } = await loadState(this.store, poolAccountDecider, streamOf.poolAccount(poolAccountId));
    const { quotaTolerancePercent } = this.config;
    if (account === undefined) return { account, licence: licenceDecider.initialState(), quotaTolerancePercent };
    const { state: licence } = await loadState(this.store, licenceDecider, streamOf.licence(account.licenceId));
    return { account, licence, quotaTolerancePercent };
  }
}

/** Whether these events begin a payout; a further claim may still add details to one. */
function isFirst([first]: readonly PayoutEvent[]): boolean {
  return first?.type === 'mining.payout-received';
}

function standingResult(payoutId: string, state: PayoutState): PayoutResult {
  if (state.status !== 'held') return { status: 'accepted', payoutId };
  const [first] = state.reasons;
  return { status: 'held', payoutId, ...(first === undefined ? {} : { code: first.code }), reasons: state.reasons };
}

/** The asset must be registered, and a Bitcoin address must be one of the asset's own network. */
function addressFault({ asset: assetId, address }: PayoutClaim): Refusal | undefined {
  const asset = findAsset(assetId);
  if (asset === undefined) return { code: 'asset-unknown', field: 'asset', message: `no asset ${assetId} is registered` };
  if (!assetId.startsWith('bip122:')) return { code: 'asset-not-mined', field: 'asset', message: `pools pay bitcoin; ${asset.symbol} is not mined` };
  try {
    parseAddress(address, asset.network as Parameters<typeof parseAddress>[1]);
    return undefined;
  } catch (error) {
    if (!(error instanceof AddressError)) throw error;
    return { code: error.code, field: 'address', message: error.message };
  }
}

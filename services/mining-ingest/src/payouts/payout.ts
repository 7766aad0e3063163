import type {
  EventsOf,
  HoldReason,
  PayoutAccepted,
  PayoutClaim,
  PayoutDecision,
  PayoutDetailsAdded,
  PayoutHeld,
  PayoutReceived,
  PayoutRejected,
  PayoutRelease,
  PayoutWay,
  SignedMessage,
} from '@qazyna/contracts';
import { accept, refuse, type Decider, type Decision } from '@qazyna/event-store/decider';
import { differingFields, holdReasons, newDetails, type PayoutDetails, type PayoutStanding } from './payout-checks.js';

/** The life of one payout's claim: received → accepted, or held → released or rejected. It changes no balance. */

export interface ReceivePayout {
  readonly kind: 'receive';
  readonly payoutId: string;
  readonly claim: PayoutClaim;
  readonly contentHash: string;
  readonly way: PayoutWay;
  readonly statementSha256?: string;
  /** Who signed it, where it was signed. */
  readonly signed?: SignedMessage;
  /** What else speaks against the claim, found where it was read (such as an address that fails its checksum). */
  readonly found: readonly HoldReason[];
  /** All that the registers know now; what counts of it is decided by the moment of the payment. */
  readonly standing: PayoutStanding;
}

export interface DecidePayout {
  readonly kind: 'decide';
  readonly payoutId: string;
  readonly decision: PayoutDecision;
  readonly standing: PayoutStanding;
}

export type PayoutCommand = ReceivePayout | DecidePayout;

export type PayoutEvent = EventsOf<{
  'mining.payout-received': PayoutReceived;
  'mining.payout-details-added': PayoutDetailsAdded;
  'mining.payout-accepted': PayoutAccepted;
  'mining.payout-held': PayoutHeld;
  'mining.payout-rejected': PayoutRejected;
}>;

export type PayoutState =
  | { readonly status: 'unknown' }
  | {
      readonly status: 'received' | 'accepted' | 'held' | 'rejected';
      /** What all claims of it say together: the first, and what later ones added. */
      readonly claim: PayoutClaim;
      /** Of the claim that came first. */
      readonly contentHash: string;
      readonly reasons: readonly HoldReason[];
    };

/** Found where the claim was read; the registers cannot cure it. */
export const ADDRESS_INVALID = 'address-invalid';

/** Reasons that no officer can waive: without these facts there is nothing to match on chain, or nobody to credit. */
const NOT_WAIVABLE: ReadonlySet<string> = new Set([
  'txid-malformed',
  'pool-account-unknown',
  'licence-unknown',
  'wallet-not-registered',
  'asset-mismatch',
  ADDRESS_INVALID,
]);

function receive(command: ReceivePayout, state: PayoutState): Decision<PayoutEvent> {
  const { payoutId, claim, contentHash, way, statementSha256, signed, found, standing } = command;
  const source = { contentHash, way, ...(statementSha256 === undefined ? {} : { statementSha256 }), ...(signed === undefined ? {} : { signed }) };
  if (state.status !== 'unknown') {
    const differing = differingFields(state.claim, claim);
    if (differing.length > 0) return refuse('payout-conflict', `payout ${payoutId} is known with other content: ${differing.join(', ')} differ`, differing[0]);
    const details = newDetails(state.claim, claim);
    // On record, or a third claim that contradicts the second would be held against the first one only.
    return Object.keys(details).length === 0 ? accept() : accept<PayoutEvent>({ type: 'mining.payout-details-added', data: { payoutId, ...details, ...source } });
  }
  const received: PayoutEvent = { type: 'mining.payout-received', data: { payoutId, claim, ...source } };
  const reasons = [...found, ...holdReasons(claim, standing)];
  return reasons.length > 0
    ? accept<PayoutEvent>(received, { type: 'mining.payout-held', data: { payoutId, reasons } })
    : accept(received, accepted(payoutId, claim, standing));
}

function decideHeld({ payoutId, decision, standing }: DecidePayout, state: PayoutState): Decision<PayoutEvent> {
  if (state.status === 'unknown') return refuse('payout-unknown', `no payout ${payoutId} was received`);
  if (state.status === 'rejected' && decision.decision === 'reject') return accept();
  if (state.status !== 'held') return refuse('payout-not-held', `payout ${payoutId} is ${state.status}: only a held one can be decided`, 'decision');
  if (decision.decision === 'reject') return accept({ type: 'mining.payout-rejected', data: { payoutId, reason: decision.reason } });

  const today = [...state.reasons.filter(({ code }) => code === ADDRESS_INVALID), ...holdReasons(state.claim, standing)];
  const standingInTheWay = today.find(({ code }) => NOT_WAIVABLE.has(code));
  if (standingInTheWay) return refuse('payout-not-releasable', `it cannot be released: ${standingInTheWay.message}`, standingInTheWay.field);
  const waived = [...new Set(state.reasons.map(({ code }) => code))];
  return accept(accepted(payoutId, state.claim, standing, { reason: decision.reason, waived }));
}

function accepted(payoutId: string, claim: PayoutClaim, standing: PayoutStanding, release?: PayoutRelease): PayoutEvent {
  const { account, licence } = standing;
  if (account === undefined || licence.issued === undefined) throw new Error('a payout without account and licence cannot be accepted');
  return {
    type: 'mining.payout-accepted',
    data: {
      payoutId,
      poolAccountId: account.poolAccountId,
      licenceId: licence.issued.licenceId,
      asset: claim.asset,
      amount: claim.amount,
      address: claim.address,
      txid: claim.txid,
      ...(claim.outputIndex === undefined ? {} : { outputIndex: claim.outputIndex }),
      paidAt: claim.paidAt,
      ...(release === undefined ? {} : { release }),
    },
  };
}

function evolve(state: PayoutState, event: PayoutEvent): PayoutState {
  if (event.type === 'mining.payout-received') {
    const { claim, contentHash } = event.data;
    return { status: 'received', claim, contentHash, reasons: [] };
  }
  if (state.status === 'unknown') throw new Error(`${event.type} before mining.payout-received`);
  switch (event.type) {
    case 'mining.payout-details-added':
      return { ...state, claim: { ...state.claim, ...detailsOf(event.data) } };
    case 'mining.payout-accepted':
      return { ...state, status: 'accepted' };
    case 'mining.payout-held':
      return { ...state, status: 'held', reasons: event.data.reasons };
    case 'mining.payout-rejected':
      return { ...state, status: 'rejected' };
  }
}

/** What a further claim added, without what is told of the claim itself. */
export function detailsOf({ outputIndex, statutorySequence, licenceId }: PayoutDetailsAdded): PayoutDetails {
  return { ...(outputIndex === undefined ? {} : { outputIndex }), ...(statutorySequence === undefined ? {} : { statutorySequence }), ...(licenceId === undefined ? {} : { licenceId }) };
}

export const payoutDecider: Decider<PayoutState, PayoutCommand, PayoutEvent> = {
  initialState: () => ({ status: 'unknown' }),
  decide: (command, state) => (command.kind === 'receive' ? receive(command, state) : decideHeld(command, state)),
  evolve,
};

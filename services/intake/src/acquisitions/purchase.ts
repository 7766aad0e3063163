import type {
  AcquisitionDecision, AcquisitionFact, EventsOf, PurchaseFilled, PurchaseFill, PurchaseOrder, PurchaseOrdered, PurchasePartDecided, PurchasePartHeld, PurchaseSettled,
  PurchaseSettlement, SignedMessage,
} from '@qazyna/contracts';
import { accept, refuse, type Decider, type Decision } from '@qazyna/event-store/decider';
import { costOf, isAbove } from './exact-prices.js';

/** A market purchase: ordered → filled at exact prices → settled on chain. What was said; balances are the journal's. */

export type PurchaseEvent = EventsOf<{
  'intake.purchase-ordered': PurchaseOrdered;
  'intake.purchase-filled': PurchaseFilled;
  'intake.purchase-settled': PurchaseSettled;
  'intake.purchase-part-held': PurchasePartHeld;
  'intake.purchase-part-decided': PurchasePartDecided;
}>;

export interface TakePurchaseFact {
  readonly kind: 'take';
  readonly fact: AcquisitionFact;
  readonly contentHash: string;
  /** Digits after the point of an asset; undefined for one that is not registered. */
  readonly decimalsOf: (asset: string) => number | undefined;
  readonly signed?: SignedMessage;
}

export interface DecidePart {
  readonly kind: 'decide';
  readonly orderId: string;
  readonly partId: string;
  readonly decision: AcquisitionDecision;
  readonly decimalsOf: (asset: string) => number | undefined;
}

export type PurchaseCommand = TakePurchaseFact | DecidePart;

type PartStatus = 'counted' | 'held' | 'rejected';

interface Part {
  readonly contentHash: string;
  readonly status: PartStatus;
  readonly held?: PurchasePartHeld;
}

export interface PurchaseState {
  readonly order: PurchaseOrdered | undefined;
  readonly parts: ReadonlyMap<string, Part>;
  readonly filled: bigint;
  readonly settled: bigint;
  /** Transactions and outputs that settlements name. */
  readonly delivered: ReadonlySet<string>;
}

/** An order is known and nothing more, filled in part or whole, or announced as delivered in whole. */
export type PurchaseStatus = 'unknown' | 'ordered' | 'part-filled' | 'filled' | 'settled';

export function purchaseStatus({ order, filled, settled }: PurchaseState): PurchaseStatus {
  if (order === undefined) return 'unknown';
  const wanted = BigInt(order.amount);
  if (settled >= wanted) return 'settled';
  return filled >= wanted ? 'filled' : filled > 0n ? 'part-filled' : 'ordered';
}

/** Holds that lift themselves when what they presuppose arrives, and that no officer can waive. */
const WAITS: ReadonlySet<string> = new Set(['order-unknown']);
const LIFTS_ITSELF: ReadonlySet<string> = new Set(['order-unknown', 'settles-more-than-filled']);

type Offered = { readonly partId: string; readonly fill?: PurchaseFill; readonly settlement?: PurchaseSettlement };

function decide(command: PurchaseCommand, state: PurchaseState): Decision<PurchaseEvent> {
  if (command.kind === 'decide') return decideHeld(command, state);
  const { fact, contentHash, decimalsOf, signed } = command;
  if (fact.order !== undefined) return takeOrder(fact.order, command, state);
  const offered = offeredBy(fact);
  const known = state.parts.get(offered.partId);
  if (known !== undefined) {
    return known.contentHash === contentHash ? accept() : refuse('acquisition-conflict', `${offered.partId} of this order is known with other content`, 'id');
  }
  const fault = state.order === undefined ? undefined : contradiction(offered, state.order);
  if (fault) return fault;
  const hold = holdReason(offered, state);
  const note = signed === undefined ? {} : { signed };
  if (hold !== undefined) {
    return accept({ type: 'intake.purchase-part-held', data: { orderId: orderIdOf(offered), ...offered, contentHash, ...hold, agency: fact.agency, ...note } });
  }
  const first = counted(offered, contentHash, state, decimalsOf, signed);
  return accept(first, ...lifted(evolve(state, first), decimalsOf));
}

function takeOrder(order: PurchaseOrder, { fact, contentHash, decimalsOf, signed }: TakePurchaseFact, state: PurchaseState): Decision<PurchaseEvent> {
  if (state.order !== undefined) {
    return state.order.contentHash === contentHash ? accept() : refuse('acquisition-conflict', `order ${order.orderId} is known with other content`, 'order.orderId');
  }
  if (decimalsOf(order.asset) === undefined) return refuse('asset-unknown', `no asset ${order.asset} is registered`, 'order.asset');
  const ordered: PurchaseEvent = { type: 'intake.purchase-ordered', data: { ...order, agency: fact.agency, contentHash, ...(signed === undefined ? {} : { signed }) } };
  return accept(ordered, ...lifted(evolve(state, ordered), decimalsOf));
}

/** What waited and need not wait any more, and what now waits for something else. */
function lifted(from: PurchaseState, decimalsOf: TakePurchaseFact['decimalsOf']): PurchaseEvent[] {
  const events: PurchaseEvent[] = [];
  let state = from;
  // Fills stand before settlements, so that one pass sees what each presupposes.
  const waiting = [...from.parts.values()].flatMap(({ status, held }) => (status === 'held' && held !== undefined && LIFTS_ITSELF.has(held.code) ? [held] : []));
  for (const held of waiting.sort((a, b) => Number(a.fill === undefined) - Number(b.fill === undefined))) {
    const hold = holdReason(held, state);
    if (hold?.code === held.code) continue;
    const event: PurchaseEvent =
      hold === undefined ? counted(held, held.contentHash, state, decimalsOf, held.signed) : { type: 'intake.purchase-part-held', data: { ...held, ...hold } };
    events.push(event);
    state = evolve(state, event);
  }
  return events;
}

/** A fill in another currency than its order is no fill of it, now or ever. */
function contradiction({ fill }: Offered, { orderId, currency, venue }: PurchaseOrdered): ReturnType<typeof refuse> | undefined {
  if (fill === undefined) return undefined;
  if (fill.currency !== currency) return refuse('currency-differs', `order ${orderId} is in ${currency}, the fill in ${fill.currency}`, 'fill.currency');
  if (venue !== undefined && fill.venue !== undefined && fill.venue !== venue) return refuse('venue-differs', `order ${orderId} is at ${venue}, the fill at ${fill.venue}`, 'fill.venue');
  return undefined;
}

function holdReason({ fill, settlement }: Offered, { order, filled, settled, delivered }: PurchaseState): { readonly code: string; readonly message: string } | undefined {
  if (order === undefined) return { code: 'order-unknown', message: 'its order has not arrived' };
  if (fill !== undefined) {
    if (fill.currency !== order.currency) return { code: 'currency-differs', message: `the order is in ${order.currency}, the fill in ${fill.currency}` };
    if (order.limitPrice !== undefined && isAbove(fill.price, order.limitPrice)) return { code: 'price-over-limit', message: `the price ${fill.price} is above the order's limit ${order.limitPrice}` };
    const over = filled + BigInt(fill.amount) - BigInt(order.amount);
    return over > 0n ? { code: 'overfilled', message: `the order would be filled by ${over} base units too many` } : undefined;
  }
  if (settlement === undefined) return undefined;
  if (delivered.has(outputOf(settlement))) return { code: 'delivered-twice', message: `another settlement of the order names ${outputOf(settlement)}` };
  const over = settled + BigInt(settlement.amount) - filled;
  return over > 0n ? { code: 'settles-more-than-filled', message: `${over} base units more would be delivered than were bought` } : undefined;
}

function counted({ fill, settlement }: Offered, contentHash: string, { order, filled, settled }: PurchaseState, decimalsOf: TakePurchaseFact['decimalsOf'], signed: SignedMessage | undefined): PurchaseEvent {
  if (order === undefined) throw new Error('nothing counts before its order');
  const note = signed === undefined ? {} : { signed };
  if (fill !== undefined) {
    const cost = costOf(fill.amount, fill.price, decimalsOf(order.asset) ?? 0);
    return { type: 'intake.purchase-filled', data: { ...fill, contentHash, cost, filled: String(filled + BigInt(fill.amount)), ...note } };
  }
  if (settlement === undefined) throw new Error('a part is a fill or a settlement');
  return { type: 'intake.purchase-settled', data: { ...settlement, asset: order.asset, contentHash, settled: String(settled + BigInt(settlement.amount)), ...note } };
}

function decideHeld({ orderId, partId, decision, decimalsOf }: DecidePart, state: PurchaseState): Decision<PurchaseEvent> {
  const part = state.parts.get(partId);
  if (part === undefined) return refuse('part-unknown', `order ${orderId} has no ${partId}`);
  if (part.status === 'rejected' && decision.decision === 'reject') return accept();
  if (part.status !== 'held' || part.held === undefined) return refuse('part-not-held', `${partId} is ${part.status}: only what is held can be decided`, 'decision');
  const decided: PurchaseEvent = { type: 'intake.purchase-part-decided', data: { orderId, partId, decision: decision.decision, reason: decision.reason } };
  if (decision.decision === 'reject') return accept(decided);
  if (state.order === undefined || WAITS.has(part.held.code) || part.held.code === 'currency-differs') return refuse('hold-not-waivable', `it cannot be released: ${part.held.message}`, 'decision');
  const event = counted(part.held, part.contentHash, state, decimalsOf, part.held.signed);
  return accept(decided, event, ...lifted(evolve(evolve(state, decided), event), decimalsOf));
}

function offeredBy({ fill, settlement }: AcquisitionFact): Offered {
  if (fill !== undefined) return { partId: `fill:${fill.fillId}`, fill };
  if (settlement !== undefined) return { partId: `settlement:${settlement.settlementId}`, settlement };
  throw new Error('a fact over a purchase is an order, a fill or a settlement');
}

function orderIdOf({ fill, settlement }: Offered): string {
  return fill?.orderId ?? settlement?.orderId ?? '';
}

function outputOf({ txid, outputIndex }: PurchaseSettlement): string {
  return outputIndex === undefined ? txid : `${txid}.${outputIndex}`;
}

function evolve(state: PurchaseState, event: PurchaseEvent): PurchaseState {
  const withPart = (partId: string, part: Part): ReadonlyMap<string, Part> => new Map(state.parts).set(partId, part);
  switch (event.type) {
    case 'intake.purchase-ordered':
      return { ...state, order: event.data };
    case 'intake.purchase-filled':
      return { ...state, filled: BigInt(event.data.filled), parts: withPart(`fill:${event.data.fillId}`, { contentHash: event.data.contentHash, status: 'counted' }) };
    case 'intake.purchase-settled': {
      const { settlementId, contentHash, settled } = event.data;
      return {
        ...state,
        settled: BigInt(settled),
        delivered: new Set(state.delivered).add(outputOf(event.data)),
        parts: withPart(`settlement:${settlementId}`, { contentHash, status: 'counted' }),
      };
    }
    case 'intake.purchase-part-held':
      return { ...state, parts: withPart(event.data.partId, { contentHash: event.data.contentHash, status: 'held', held: event.data }) };
    case 'intake.purchase-part-decided': {
      const part = state.parts.get(event.data.partId);
      return part === undefined || event.data.decision === 'release' ? state : { ...state, parts: withPart(event.data.partId, { contentHash: part.contentHash, status: 'rejected' }) };
    }
  }
}

export const purchaseDecider: Decider<PurchaseState, PurchaseCommand, PurchaseEvent> = {
  initialState: () => ({ order: undefined, parts: new Map(), filled: 0n, settled: 0n, delivered: new Set() }),
  decide,
  evolve,
};

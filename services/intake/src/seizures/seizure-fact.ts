import type { EventsOf, FactReceived, FactRefused, SeizureFact } from '@qazyna/contracts';
import { accept, refuse, type Decider, type Decision, type Refusal } from '@qazyna/event-store/decider';

/** The receipt of one published fact: what makes the same message count once, and another under its id a conflict. */

export type FactCommand =
  | { readonly kind: 'receive'; readonly received: FactReceived }
  /** The case refused it; the sender gets the same answer again. */
  | { readonly kind: 'refuse'; readonly factId: string; readonly caseId: string; readonly refusal: Refusal };

export type FactEvent = EventsOf<{ 'intake.fact-received': FactReceived; 'intake.fact-refused': FactRefused }>;

export interface FactState {
  readonly contentHash: string | undefined;
  readonly refused: Refusal | undefined;
}

function decide(command: FactCommand, state: FactState): Decision<FactEvent> {
  if (command.kind === 'receive') {
    const { received } = command;
    if (state.contentHash === undefined) return accept({ type: 'intake.fact-received', data: received });
    if (state.contentHash === received.contentHash) return accept();
    return refuse('fact-conflict', `a message with this source and id is known with other content: ${received.messageId}`, 'id');
  }
  if (state.contentHash === undefined) throw new Error(`fact ${command.factId} was refused before it was received`);
  if (state.refused !== undefined) return accept();
  const { factId, caseId, refusal } = command;
  return accept({ type: 'intake.fact-refused', data: { factId, caseId, ...refusal } });
}

function evolve(state: FactState, event: FactEvent): FactState {
  if (event.type === 'intake.fact-received') return { ...state, contentHash: event.data.contentHash };
  const { code, message, field } = event.data;
  return { ...state, refused: field === undefined ? { code, message } : { code, message, field } };
}

export const factDecider: Decider<FactState, FactCommand, FactEvent> = {
  initialState: () => ({ contentHash: undefined, refused: undefined }),
  decide,
  evolve,
};

const DAY_MS = 86_400_000;

/** Times are written with four digits of the year. */
const LAST_INSTANT = Date.parse('9999-12-31T23:59:59.999Z');

/** A first restriction lasts at most this long without a court. */
export const RESTRICTION_DAYS_MAX = 10;

/** Rules within one fact, which hold whatever the case says. The first broken one, or undefined. */
export function brokenRule(fact: SeizureFact): Refusal | undefined {
  const broken = (code: string, field: string, message: string): Refusal => ({ code, field, message });
  if (fact.act === 'reported' && fact.assets === undefined) return broken('assets-missing', 'assets', 'a report names the assets it is about');
  if (fact.act === 'restriction' && fact.lapsesAt === undefined && Date.parse(fact.effectiveAt) + RESTRICTION_DAYS_MAX * DAY_MS > LAST_INSTANT) {
    return broken('effect-too-late', 'effectiveAt', 'a restriction must lapse before the year 10000');
  }
  if (fact.lapsesAt !== undefined) {
    if (fact.act !== 'restriction') return broken('lapse-not-allowed', 'lapsesAt', 'only a restriction lapses');
    const termMs = Date.parse(fact.lapsesAt) - Date.parse(fact.effectiveAt);
    if (termMs <= 0) return broken('lapse-before-effect', 'lapsesAt', 'lapsesAt must be after effectiveAt');
    if (termMs > RESTRICTION_DAYS_MAX * DAY_MS) {
      return broken('restriction-too-long', 'lapsesAt', `a restriction without a court lasts at most ${RESTRICTION_DAYS_MAX} days`);
    }
  }
  for (const [index, { location }] of (fact.assets ?? []).entries()) {
    const at = `assets.${index}.location`;
    const { kind, address, exchange, accountId, reference } = location;
    if (kind === 'address' && address === undefined) return broken('location-incomplete', `${at}.address`, 'assets at an address need the address');
    if (kind === 'exchange' && exchange === undefined) return broken('location-incomplete', `${at}.exchange`, 'assets at an exchange need its name');
    if (kind === 'exchange' && accountId === undefined) return broken('location-incomplete', `${at}.accountId`, 'assets at an exchange need the account id');
    if ((kind === 'device' || kind === 'store') && reference === undefined) {
      return broken('location-incomplete', `${at}.reference`, 'devices and stored goods need their evidence reference');
    }
  }
  return undefined;
}

/** When a restriction lapses if the message does not say: after the longest term the law gives it. */
export function withLapse(fact: SeizureFact): SeizureFact {
  if (fact.act !== 'restriction' || fact.lapsesAt !== undefined) return fact;
  return { ...fact, lapsesAt: new Date(Date.parse(fact.effectiveAt) + RESTRICTION_DAYS_MAX * DAY_MS).toISOString() };
}

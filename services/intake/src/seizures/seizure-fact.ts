import type { AssetLocation, EventsOf, FactReceived, FactRefused, LocationKind, SeizureAct, SeizureFact } from '@qazyna/contracts';
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

/** When a restriction that takes effect at a moment is over without a court; undefined where that cannot be written. */
export type RestrictionEnds = (effectiveAt: string) => string | undefined;

type Broken = (code: string, field: string, message: string) => Refusal;
const broken: Broken = (code, field, message) => ({ code, field, message });

/** Rules within one fact, which hold whatever the case says. The first broken one, or undefined. */
export function brokenRule(fact: SeizureFact, ends: RestrictionEnds): Refusal | undefined {
  if (fact.act === 'reported' && fact.assets === undefined) return broken('assets-missing', 'assets', 'a report names the assets it is about');
  return brokenTerm(fact, ends) ?? brokenTerms(fact) ?? brokenCorrection(fact) ?? brokenAssets(fact.assets, 'assets') ?? brokenAssets(fact.corrected?.assets, 'corrected.assets');
}

function brokenTerm({ act, effectiveAt, lapsesAt }: SeizureFact, ends: RestrictionEnds): Refusal | undefined {
  if (act !== 'restriction') return lapsesAt === undefined ? undefined : broken('lapse-not-allowed', 'lapsesAt', 'only a restriction lapses');
  const latest = ends(effectiveAt);
  if (latest === undefined) return broken('effect-too-late', 'effectiveAt', 'a restriction must lapse before the year 10000');
  if (lapsesAt === undefined) return undefined;
  if (Date.parse(lapsesAt) <= Date.parse(effectiveAt)) return broken('lapse-before-effect', 'lapsesAt', 'lapsesAt must be after effectiveAt');
  return Date.parse(lapsesAt) > Date.parse(latest) ? broken('restriction-too-long', 'lapsesAt', `a restriction without a court that takes effect then is over at ${latest}`) : undefined;
}

/** What an act needs beyond its paper and its times, and what no other act may say. */
function brokenTerms({ act, assetIds, share, rest, part, substituteValue, proceeds, victim }: SeizureFact): Refusal | undefined {
  const only = (value: unknown, field: string, acts: readonly SeizureAct[]): Refusal | undefined =>
    value === undefined || acts.includes(act) ? undefined : broken('term-not-allowed', field, `"${field}" belongs to ${acts.join(' and ')}, not to ${act}`);
  const misplaced =
    only(share, 'share', ['confiscation-order', 'return-to-victim']) ?? only(rest, 'rest', ['confiscation-order']) ?? only(part, 'part', ['release-to-owner']) ??
    only(substituteValue, 'substituteValue', ['confiscation-order']) ?? only(proceeds, 'proceeds', ['pre-verdict-sale']) ?? only(victim, 'victim', ['return-to-victim']);
  if (misplaced !== undefined) return misplaced;
  if (share !== undefined && BigInt(share.numerator) > BigInt(share.denominator)) return broken('share-exceeds-whole', 'share', 'a share is at most the whole');
  if (act === 'pre-verdict-sale') {
    if (proceeds === undefined) return broken('proceeds-missing', 'proceeds', 'a sale names what it brought and where that is');
    if (assetIds?.length !== 1) return broken('one-asset-sold', 'assetIds', 'a sale is of one asset, which it names: each has proceeds of its own');
    return brokenLocation(proceeds.location, 'proceeds.location', proceeds.amount);
  }
  if (act !== 'return-to-victim') return undefined;
  if (victim === undefined) return broken('victim-missing', 'victim', 'a return names the victim by the agency\'s reference');
  if (victim.manner === 'value' && victim.value === undefined) return broken('value-missing', 'victim.value', 'a return in value names the value and its day');
  return victim.manner === 'in-kind' && victim.value !== undefined ? broken('value-not-allowed', 'victim.value', 'a return in kind gives back the coins themselves') : undefined;
}

function brokenCorrection({ act, corrects, corrected, annuls }: SeizureFact): Refusal | undefined {
  if (act !== 'correction') {
    const field = corrects !== undefined ? 'corrects' : corrected !== undefined ? 'corrected' : annuls !== undefined ? 'annuls' : undefined;
    return field === undefined ? undefined : broken('correction-not-allowed', field, 'only a correction corrects');
  }
  if (corrects === undefined) return broken('corrects-missing', 'corrects', 'a correction names the fact it corrects');
  if ((corrected === undefined) === (annuls !== true)) return broken('correction-empty', 'corrected', 'a correction says either what the act should have said, or that it should not have been published');
  return undefined;
}

function brokenAssets(assets: SeizureFact['assets'], path: string): Refusal | undefined {
  const seen = new Set<string>();
  for (const [index, { assetId, amount, location }] of (assets ?? []).entries()) {
    const id = assetId ?? String(index + 1);
    if (seen.has(id)) return broken('asset-id-repeated', `${path}.${index}.assetId`, `two assets of this message have the id ${id}`);
    seen.add(id);
    const fault = brokenLocation(location, `${path}.${index}.location`, amount);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** What each kind of place must say. */
const PLACES: Readonly<Record<LocationKind, { readonly what: string; readonly needs: readonly (keyof AssetLocation)[] }>> = {
  'address': { what: 'assets at an address', needs: ['address'] },
  'exchange': { what: 'assets at an exchange', needs: ['exchange', 'accountId'] },
  'exchange-account': { what: 'assets at an exchange', needs: ['exchange', 'accountId'] },
  'device': { what: 'a device', needs: ['reference'] },
  'store': { what: 'stored goods', needs: ['reference'] },
  'equipment': { what: 'equipment', needs: ['make', 'model', 'count'] },
  'fund-units': { what: 'fund units', needs: ['fund'] },
  'bank-account': { what: 'money in an account', needs: ['reference'] },
};

function brokenLocation(location: AssetLocation, path: string, amount: string): Refusal | undefined {
  const { what, needs } = PLACES[location.kind];
  const missing = needs.find((field) => location[field] === undefined);
  if (missing !== undefined) return broken('location-incomplete', `${path}.${missing}`, `${what} must name "${missing}"`);
  return location.kind === 'equipment' && amount !== String(location.count) ? broken('count-differs', `${path}.count`, 'the amount of equipment is its count') : undefined;
}

/** When a restriction lapses if the message does not say: after the longest term the law gives it. */
export function withLapse(fact: SeizureFact, ends: RestrictionEnds): SeizureFact {
  if (fact.act !== 'restriction' || fact.lapsesAt !== undefined) return fact;
  const lapsesAt = ends(fact.effectiveAt);
  return lapsesAt === undefined ? fact : { ...fact, lapsesAt };
}

import type { EventsOf, FarmAmended, FarmQuotaSet, FarmRegistered, FarmRegistration } from '@qazyna/contracts';
import { accept, refuse, type Decider, type Decision } from '@qazyna/event-store/decider';
import { sameContent } from '../licences/same-content.js';

export type FarmEvent = EventsOf<{
  'mining.farm-registered': FarmRegistered;
  'mining.farm-amended': FarmAmended;
  'mining.farm-quota-set': FarmQuotaSet;
}>;

export type FarmCommand =
  | { readonly kind: 'register'; readonly registration: FarmRegistration }
  | { readonly kind: 'amend'; readonly amendment: FarmAmended }
  | { readonly kind: 'set-quota'; readonly quota: FarmQuotaSet };

export interface Farm {
  readonly registered: FarmRegistered | undefined;
  readonly amendments: ReadonlyMap<string, FarmAmended>;
  readonly quotas: ReadonlyMap<string, FarmQuotaSet>;
}

/** What is known of a farm at a moment. */
export interface FarmStanding {
  readonly energySource: string;
  readonly meters: readonly string[];
}

function decide(command: FarmCommand, farm: Farm): Decision<FarmEvent> {
  switch (command.kind) {
    case 'register': {
      const { farmId, licenceId, energySource, meters, utcOffset } = command.registration;
      const data = { farmId, licenceId, energySource, meters, ...(utcOffset === undefined ? {} : { utcOffset }) };
      if (farm.registered === undefined) return accept<FarmEvent>({ type: 'mining.farm-registered', data });
      return sameContent(farm.registered, data) ? accept() : refuse('farm-conflict', `farm ${farmId} is registered with other content`, 'farmId');
    }
    case 'amend': {
      const { amendment } = command;
      if (amendment.energySource === undefined && amendment.meters === undefined) return refuse('farm-amendment-empty', 'an amendment changes the energy source, the meters or both', 'energySource');
      return once(farm, farm.amendments.get(amendment.actId), amendment, { type: 'mining.farm-amended', data: amendment });
    }
    case 'set-quota':
      return once(farm, farm.quotas.get(command.quota.actId), command.quota, { type: 'mining.farm-quota-set', data: command.quota });
  }
}

function once(farm: Farm, known: object | undefined, offered: { readonly farmId: string; readonly actId: string }, event: FarmEvent): Decision<FarmEvent> {
  if (farm.registered === undefined) return refuse('farm-unknown', `farm ${offered.farmId} is not registered`, 'farmId');
  if (known === undefined) return accept(event);
  return sameContent(known, offered) ? accept() : refuse('farm-act-conflict', `act ${offered.actId} over farm ${offered.farmId} is known with other content`, 'actId');
}

function evolve(farm: Farm, event: FarmEvent): Farm {
  switch (event.type) {
    case 'mining.farm-registered':
      return { ...farm, registered: event.data };
    case 'mining.farm-amended':
      return { ...farm, amendments: new Map([...farm.amendments, [event.data.actId, event.data]]) };
    case 'mining.farm-quota-set':
      return { ...farm, quotas: new Map([...farm.quotas, [event.data.actId, event.data]]) };
  }
}

export const farmDecider: Decider<Farm, FarmCommand, FarmEvent> = {
  initialState: () => ({ registered: undefined, amendments: new Map(), quotas: new Map() }),
  decide,
  evolve,
};

/** Energy source and meters at a moment: what took effect by then, in order of effect. Undefined for a farm nobody registered. */
export function farmAt({ registered, amendments }: Farm, moment: string): FarmStanding | undefined {
  if (registered === undefined) return undefined;
  const at = Date.parse(moment);
  return [...amendments.values()]
    .filter(({ effectiveFrom }) => Date.parse(effectiveFrom) <= at)
    .sort((a, b) => Date.parse(a.effectiveFrom) - Date.parse(b.effectiveFrom) || (a.actId < b.actId ? -1 : 1))
    .reduce<FarmStanding>(
      (known, { energySource, meters }) => ({ energySource: energySource ?? known.energySource, meters: meters ?? known.meters }),
      { energySource: registered.energySource, meters: registered.meters },
    );
}

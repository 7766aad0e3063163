import type { EventsOf, LicenceApplication, LicenceIssued } from '@qazyna/contracts';
import { accept, refuse, type Decider, type Decision } from '@qazyna/event-store/decider';

export type LicenceEvent = EventsOf<{ 'mining.licence-issued': LicenceIssued }>;

export type LicenceState = LicenceIssued | undefined;

function decide(application: LicenceApplication, state: LicenceState): Decision<LicenceEvent> {
  const { licenceId, kind, holder, validFrom, validUntil } = application;
  if (validUntil !== undefined && Date.parse(validUntil) <= Date.parse(validFrom)) {
    return refuse('licence-validity', 'validUntil must be after validFrom', 'validUntil');
  }
  if (state === undefined) {
    return accept({ type: 'mining.licence-issued', data: { licenceId, kind, holder, validFrom, ...(validUntil === undefined ? {} : { validUntil }) } });
  }
  const same = state.kind === kind && state.holder === holder && state.validFrom === validFrom && state.validUntil === validUntil;
  return same ? accept() : refuse('licence-conflict', `licence ${licenceId} is registered with other content`, 'licenceId');
}

export const licenceDecider: Decider<LicenceState, LicenceApplication, LicenceEvent> = {
  initialState: () => undefined,
  decide,
  evolve: (_state, event) => event.data,
};

/** Whether a licence permits what was mined at this moment (ISO time). */
export function isValidAt(licence: LicenceIssued, moment: string): boolean {
  const at = Date.parse(moment);
  return at >= Date.parse(licence.validFrom) && (licence.validUntil === undefined || at < Date.parse(licence.validUntil));
}

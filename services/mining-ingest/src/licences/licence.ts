import type {
  EventsOf,
  LicenceAct,
  LicenceActKind,
  LicenceApplication,
  LicenceExpired,
  LicenceExpiryWithdrawn,
  LicenceIssued,
  LicenceOverQuota,
  LicenceActTaken,
  LicenceQuotaNoted,
  SignedMessage,
} from '@qazyna/contracts';
import { accept, refuse, type Decider, type Decision } from '@qazyna/event-store/decider';
import { expiriesRefuted, expiryDue, type Licence } from './licence-timeline.js';
import { namesAPerson } from '../pools/personal-number.js';
import { sameContent } from './same-content.js';

export type LicenceEvent = EventsOf<{
  'mining.licence-issued': LicenceIssued;
  'mining.licence-amended': LicenceActTaken;
  'mining.licence-suspended': LicenceActTaken;
  'mining.licence-resumed': LicenceActTaken;
  'mining.licence-revoked': LicenceActTaken;
  'mining.licence-act-annulled': LicenceActTaken;
  'mining.licence-expired': LicenceExpired;
  'mining.licence-expiry-withdrawn': LicenceExpiryWithdrawn;
  'mining.licence-over-quota': LicenceOverQuota;
  'mining.licence-within-quota': LicenceOverQuota;
}>;

export type LicenceCommand =
  | { readonly kind: 'issue'; readonly application: LicenceApplication }
  /** Taken in any order, also before the licence itself: only effective times decide. */
  | { readonly kind: 'act'; readonly act: LicenceAct; readonly signed?: SignedMessage }
  /** The clock shows this moment. */
  | { readonly kind: 'expire'; readonly now: string }
  | { readonly kind: 'note-quota'; readonly note: LicenceQuotaNoted };

const ACT_EVENTS = {
  amend: 'mining.licence-amended',
  suspend: 'mining.licence-suspended',
  resume: 'mining.licence-resumed',
  revoke: 'mining.licence-revoked',
  annul: 'mining.licence-act-annulled',
} as const satisfies Record<LicenceActKind, LicenceEvent['type']>;

/** Only these fields: what else the body carries never enters the stream. */
function issuedOf({ licenceId, kind, holder, validFrom, validUntil, farms, equipmentClass, energySource }: LicenceApplication): LicenceIssued {
  return {
    licenceId,
    kind,
    holder,
    validFrom,
    ...(validUntil === undefined ? {} : { validUntil }),
    ...(farms === undefined ? {} : { farms }),
    ...(equipmentClass === undefined ? {} : { equipmentClass }),
    ...(energySource === undefined ? {} : { energySource }),
  };
}

function issue(application: LicenceApplication, licence: Licence): Decision<LicenceEvent> {
  const { licenceId, validFrom, validUntil } = application;
  if (validUntil !== undefined && Date.parse(validUntil) <= Date.parse(validFrom)) {
    return refuse('licence-validity', 'validUntil must be after validFrom', 'validUntil');
  }
  if (namesAPerson(application.holder)) return refuse('licence-holder-person', 'the holder is a legal person, never a natural person\'s identity number', 'holder');
  const data = issuedOf(application);
  if (licence.issued === undefined) return accept<LicenceEvent>({ type: 'mining.licence-issued', data });
  return sameContent(licence.issued, data) ? accept() : refuse('licence-conflict', `licence ${licenceId} is registered with other content`, 'licenceId');
}

/** What an act of its kind must and must not say; asked of the act alone, so that the answer never depends on order. */
function brokenRule({ act, actId, effectiveAt, until, terms, annuls }: LicenceAct): ReturnType<typeof refuse> | undefined {
  const wrong = (field: string, message: string): ReturnType<typeof refuse> => refuse('licence-act-incomplete', message, field);
  if (until !== undefined && act !== 'suspend') return wrong('until', 'only a suspension has a term');
  if (until !== undefined && Date.parse(until) <= Date.parse(effectiveAt)) return wrong('until', 'until must be after effectiveAt');
  if ((act === 'amend') !== (terms !== undefined)) return wrong('terms', act === 'amend' ? 'an amendment names the terms that change' : 'only an amendment changes terms');
  if (terms?.holder !== undefined && namesAPerson(terms.holder)) return refuse('licence-holder-person', 'the holder is a legal person, never a natural person\'s identity number', 'terms.holder');
  if (terms !== undefined && Object.values(terms).every((term) => term === undefined)) return wrong('terms', 'an amendment changes at least one term');
  if (terms?.validUntil !== undefined && Date.parse(terms.validUntil) <= Date.parse(effectiveAt)) return wrong('terms.validUntil', 'validUntil must be after effectiveAt: use revoke to end a licence at once');
  if ((act === 'annul') !== (annuls !== undefined)) return wrong('annuls', act === 'annul' ? 'an annulment names the act it annuls' : 'only an annulment names an act it annuls');
  return annuls === actId ? wrong('annuls', 'an act does not annul itself') : undefined;
}

function take(act: LicenceAct, signed: SignedMessage | undefined, licence: Licence): Decision<LicenceEvent> {
  const broken = brokenRule(act);
  if (broken) return broken;
  const known = licence.acts.get(act.actId);
  if (known !== undefined) {
    return sameContent({ ...known, signed: undefined }, act) ? accept() : refuse('licence-act-conflict', `act ${act.actId} over licence ${act.licenceId} is known with other content`, 'actId');
  }
  const taken: LicenceEvent = { type: ACT_EVENTS[act.act], data: { ...act, ...(signed === undefined ? {} : { signed }) } };
  const refuted = expiriesRefuted(evolve(licence, taken));
  return accept<LicenceEvent>(
    taken,
    ...refuted.map((expiredAt): LicenceEvent => ({ type: 'mining.licence-expiry-withdrawn', data: { licenceId: act.licenceId, expiredAt, actId: act.actId } })),
  );
}

function expire(now: string, licence: Licence): Decision<LicenceEvent> {
  const expiredAt = expiryDue(licence);
  if (licence.issued === undefined || expiredAt === undefined || Date.parse(expiredAt) > Date.parse(now)) return accept();
  return accept<LicenceEvent>({ type: 'mining.licence-expired', data: { licenceId: licence.issued.licenceId, expiredAt } });
}

/** A note from less knowledge than the last one's changes nothing; neither does one that says the same. */
function noteQuota(note: LicenceQuotaNoted, licence: Licence): Decision<LicenceEvent> {
  const known = licence.quotas.get(quotaKey(note));
  if (known === undefined ? note.overPercent === 0 : BigInt(note.basis) <= BigInt(known.basis) || note.overPercent === known.overPercent) return accept();
  return accept<LicenceEvent>({ type: note.overPercent > 0 ? 'mining.licence-over-quota' : 'mining.licence-within-quota', data: note });
}

function evolve(licence: Licence, event: LicenceEvent): Licence {
  switch (event.type) {
    case 'mining.licence-issued':
      return { ...licence, issued: event.data };
    case 'mining.licence-amended':
    case 'mining.licence-suspended':
    case 'mining.licence-resumed':
    case 'mining.licence-revoked':
    case 'mining.licence-act-annulled':
      // INV-43: with two contents under one id the state would depend on which came first.
      if (licence.acts.has(event.data.actId)) throw new Error(`INV-43: act ${event.data.actId} over licence ${event.data.licenceId} is recorded twice`);
      return { ...licence, acts: new Map([...licence.acts, [event.data.actId, event.data]]) };
    case 'mining.licence-expired':
      return { ...licence, announced: new Set([...licence.announced, event.data.expiredAt]) };
    case 'mining.licence-expiry-withdrawn':
      return { ...licence, announced: new Set([...licence.announced].filter((end) => end !== event.data.expiredAt)) };
    case 'mining.licence-over-quota':
    case 'mining.licence-within-quota':
      return { ...licence, quotas: new Map([...licence.quotas, [quotaKey(event.data), event.data]]) };
  }
}

function quotaKey({ farmId, month }: LicenceQuotaNoted): string {
  return `${farmId}~${month}`;
}

export const licenceDecider: Decider<Licence, LicenceCommand, LicenceEvent> = {
  initialState: () => ({ issued: undefined, acts: new Map(), announced: new Set(), quotas: new Map() }),
  decide(command, licence) {
    switch (command.kind) {
      case 'issue':
        return issue(command.application, licence);
      case 'act':
        return take(command.act, command.signed, licence);
      case 'expire':
        return expire(command.now, licence);
      case 'note-quota':
        return noteQuota(command.note, licence);
    }
  },
  evolve,
};

import type { LicenceAct, LicenceIssued, LicenceQuotaNoted, LicenceTerms } from '@qazyna/contracts';

/** Everything known of one licence: what was issued and every act, whatever order they came in. */
export interface Licence {
  readonly issued: LicenceIssued | undefined;
  /** By the regulator's act id. */
  readonly acts: ReadonlyMap<string, LicenceAct>;
  /** Ends of validity that the clock announced and nothing took back. */
  readonly announced: ReadonlySet<string>;
  /** Months of farms over their quota or once over it, by `farm~month`. */
  readonly quotas: ReadonlyMap<string, LicenceQuotaNoted>;
}

export const LICENCE_STATUSES = ['unknown', 'not-yet-valid', 'valid', 'suspended', 'revoked', 'expired'] as const;
export type LicenceStatus = (typeof LICENCE_STATUSES)[number];

export interface LicenceStanding {
  readonly status: LicenceStatus;
  /** Since when it has this status. */
  readonly since?: string;
  /** The act that gave it this status. */
  readonly actId?: string;
  /** Terms in force at the moment; undefined for a licence nobody issued. */
  readonly terms?: LicenceIssued;
}

/** Where two acts take effect in the same moment the stricter one comes last; beyond that their ids decide. */
const STRICTNESS: Readonly<Record<LicenceAct['act'], number>> = { annul: 0, amend: 1, resume: 2, suspend: 3, revoke: 4 };

/** Acts that count, in order of effect. An annulment itself cannot be annulled: it is revised by a new act. */
export function actsInEffect({ acts }: Licence): LicenceAct[] {
  const annulled = new Set([...acts.values()].flatMap(({ act, annuls }) => (act === 'annul' && annuls !== undefined ? [annuls] : [])));
  return [...acts.values()]
    .filter(({ actId, act }) => act !== 'annul' && !annulled.has(actId))
    .sort((a, b) => Date.parse(a.effectiveAt) - Date.parse(b.effectiveAt) || STRICTNESS[a.act] - STRICTNESS[b.act] || (a.actId < b.actId ? -1 : 1));
}

/**
 * The licence as the law has it at a moment: a function of what took effect by then, never of when that became known.
 * A revocation is final; then come the bounds of validity; a suspension counts within them.
 */
export function licenceAt(licence: Licence, moment: string): LicenceStanding {
  const { issued } = licence;
  if (issued === undefined) return { status: 'unknown' };
  const at = Date.parse(moment);
  const past = actsInEffect(licence).filter(({ effectiveAt }) => Date.parse(effectiveAt) <= at);
  const terms = past.reduce<LicenceIssued>((known, act) => (act.act === 'amend' ? amended(known, act.terms) : known), issued);
  const revoked = past.find(({ act }) => act === 'revoke');
  if (revoked) return { status: 'revoked', since: revoked.effectiveAt, actId: revoked.actId, terms };
  if (at < Date.parse(terms.validFrom)) return { status: 'not-yet-valid', terms };
  if (terms.validUntil !== undefined && at >= Date.parse(terms.validUntil)) return { status: 'expired', since: terms.validUntil, terms };
  const suspension = suspendedBy(past, at);
  if (suspension) return { status: 'suspended', since: suspension.effectiveAt, actId: suspension.actId, terms };
  return { status: 'valid', terms };
}

/**
 * The suspension with which the stretch of suspended time at a moment began, or undefined where none covers it. Each
 * suspension stands by itself: one that ends early takes nothing from a longer one it lies over. A resumption lifts
 * all that had begun before it, those with a term too, and none that begins with it or later.
 */
function suspendedBy(past: readonly LicenceAct[], at: number): LicenceAct | undefined {
  let first: LicenceAct | undefined;
  let end = -Infinity;
  for (const act of past) {
    if (act.act === 'resume') [first, end] = [undefined, -Infinity];
    if (act.act !== 'suspend') continue;
    if (first === undefined || Date.parse(act.effectiveAt) > end) [first, end] = [act, -Infinity];
    end = Math.max(end, act.until === undefined ? Infinity : Date.parse(act.until));
  }
  return at < end ? first : undefined;
}

/** The first end of validity that the clock has yet to announce, or undefined. */
export function expiryDue(licence: Licence): string | undefined {
  return endsOfValidity(licence).find((end) => !licence.announced.has(end));
}

/** Announced ends at which the licence was not expiring, as later acts show. */
export function expiriesRefuted(licence: Licence): string[] {
  const ends = new Set(endsOfValidity(licence));
  return [...licence.announced].filter((end) => !ends.has(end)).sort();
}

/** Moments after which the status may be another than before, in order: what a view must look at again. */
export function turningPoints(licence: Licence): string[] {
  const { issued } = licence;
  const moments = [
    ...(issued === undefined ? [] : [issued.validFrom]),
    ...actsInEffect(licence).flatMap(({ effectiveAt, until }) => [effectiveAt, ...(until === undefined ? [] : [until])]),
    ...endsOfValidity(licence),
  ];
  return [...new Set(moments.map((moment) => new Date(Date.parse(moment)).toISOString()))].sort();
}

function endsOfValidity(licence: Licence): string[] {
  const stated = [licence.issued?.validUntil, ...actsInEffect(licence).map(({ terms }) => terms?.validUntil)];
  const ends = [...new Set(stated.filter((end): end is string => end !== undefined))].sort((a, b) => Date.parse(a) - Date.parse(b));
  return ends.filter((end) => {
    const { status, since } = licenceAt(licence, end);
    return status === 'expired' && since === end;
  });
}

function amended(known: LicenceIssued, terms: LicenceTerms | undefined): LicenceIssued {
  if (terms === undefined) return known;
  const { holder, validUntil, farms, equipmentClass, energySource } = terms;
  return {
    ...known,
    ...(holder === undefined ? {} : { holder }),
    ...(validUntil === undefined ? {} : { validUntil }),
    ...(farms === undefined ? {} : { farms }),
    ...(equipmentClass === undefined ? {} : { equipmentClass }),
    ...(energySource === undefined ? {} : { energySource }),
  };
}

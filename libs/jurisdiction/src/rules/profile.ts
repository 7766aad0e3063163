import type { SeizureAct } from '@qazyna/contracts';
import type { Calendar, Term } from './terms.js';

/** Texts for people by language tag. English is always there; a deployment adds its own languages. */
export interface Names {
  readonly en: string;
  readonly [language: string]: string;
}

export interface ActRule {
  readonly act: SeizureAct;
  /** What the act is called before the state's courts and authorities. */
  readonly names: Names;
  /** Where the law speaks of it. */
  readonly legalBasis: string;
}

export const SOURCE_KINDS = ['seizure', 'forfeiture', 'mining', 'purchase', 'donation'] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

/** What a state may demand of each source beyond what the messages always carry. A word that is not here is a mistake in a profile. */
export const REQUIRABLE_FIELDS = {
  seizure: [],
  forfeiture: [],
  mining: ['energySource'],
  purchase: ['mandate', 'venue', 'settlementReference', 'limitPrice'],
  donation: ['purpose', 'beneficiary', 'authority', 'endsAt'],
} as const satisfies Record<SourceKind, readonly string[]>;

export type RequirableField<K extends SourceKind = SourceKind> = (typeof REQUIRABLE_FIELDS)[K][number];

export interface SourceRule<K extends SourceKind = SourceKind> {
  readonly source: K;
  readonly names: Names;
  readonly legalBasis: string;
  readonly requiredFields: readonly RequirableField<K>[];
  /** Mining only: what a licence's energy may come from. Empty: anything. */
  readonly energySources: readonly string[];
  /** Donations only: how many assets one campaign may ask for. */
  readonly assetsMax: number;
}

export interface PlausibilityRule {
  /** Parts per million by which a day's earnings under FPPS may differ, on either side. */
  readonly fppsDayPpm: number;
  readonly fppsWeekPpm: number;
  /** PPLNS swings with luck, so it is judged over this many days. */
  readonly pplnsWindowDays: number;
  readonly pplnsPpm: number;
}

export interface PriceCurrency {
  /** ISO 4217. */
  readonly code: string;
  /** Digits after the point in a price. */
  readonly decimals: number;
}

/** Everything that one state decides and no code may. */
export interface JurisdictionProfile {
  readonly format: 1;
  readonly code: string;
  readonly names: Names;
  readonly timeZone: string;
  readonly calendar: Calendar;
  readonly acts: readonly ActRule[];
  /** How long a restriction stands without a court. */
  readonly restrictionTerm: Term;
  /** Whole hours before a restriction lapses at which a warning is given, longest first. */
  readonly restrictionWarningHours: readonly number[];
  /** How long an order may be appealed against. */
  readonly appealTerm: Term;
  /** Hours before payouts to a changed wallet are accepted. */
  readonly walletCoolingOffHours: number;
  readonly plausibility: PlausibilityRule;
  readonly sources: readonly SourceRule[];
  readonly currencies: readonly PriceCurrency[];
}

/** What a profile does not list, the state does not have. */
export interface NotInProfile {
  readonly code: 'act-not-in-jurisdiction' | 'source-not-in-jurisdiction' | 'field-required-by-jurisdiction' | 'currency-not-in-jurisdiction' | 'energy-source-not-in-jurisdiction' | 'too-many-assets-for-jurisdiction';
  readonly field: string;
  readonly message: string;
}

export function actRule(profile: JurisdictionProfile, act: SeizureAct): ActRule | undefined {
  return profile.acts.find((each) => each.act === act);
}

/** Why the state has no such act; undefined when it has. */
export function actRefusal(profile: JurisdictionProfile, act: SeizureAct): NotInProfile | undefined {
  if (actRule(profile, act) !== undefined) return undefined;
  return { code: 'act-not-in-jurisdiction', field: 'act', message: `the law of ${profile.names.en} has no act "${act}"; its acts are ${profile.acts.map((each) => each.act).join(', ')}` };
}

/** Why the state knows no such act over a case, or no cases at all; undefined when it does. */
export function caseActRefusal(profile: JurisdictionProfile, act: SeizureAct): NotInProfile | undefined {
  const cases = profile.sources.some(({ source }) => source === 'seizure' || source === 'forfeiture');
  return cases ? actRefusal(profile, act) : sourceRefusal(profile, 'seizure', {});
}

export function sourceRule<K extends SourceKind>(profile: JurisdictionProfile, source: K): SourceRule<K> | undefined {
  return profile.sources.find((each): each is SourceRule<K> => each.source === source);
}

/** Why the state takes nothing from this source, or lacks a field it demands; undefined when nothing is amiss. */
export function sourceRefusal<K extends SourceKind>(profile: JurisdictionProfile, source: K, given: Readonly<Partial<Record<RequirableField<K>, unknown>>>): NotInProfile | undefined {
  const rule = sourceRule(profile, source);
  if (rule === undefined) {
    return { code: 'source-not-in-jurisdiction', field: '', message: `the reserve of ${profile.names.en} has no source "${source}"; its sources are ${profile.sources.map((each) => each.source).join(', ')}` };
  }
  const missing = rule.requiredFields.find((field) => given[field] === undefined);
  return missing === undefined
    ? undefined
    : { code: 'field-required-by-jurisdiction', field: missing, message: `${missing} is required of a ${source} in ${profile.names.en} (${rule.legalBasis})` };
}

/** Why a price may not be in this currency; undefined when it may. */
export function currencyRefusal(profile: JurisdictionProfile, code: string): NotInProfile | undefined {
  if (profile.currencies.some((each) => each.code === code)) return undefined;
  return { code: 'currency-not-in-jurisdiction', field: 'currency', message: `prices in ${profile.names.en} are in ${profile.currencies.map((each) => each.code).join(', ')}, not in ${code}` };
}

/** Why a licence may not name this source of energy; undefined when it may. */
export function energySourceRefusal(profile: JurisdictionProfile, energySource: string | undefined): NotInProfile | undefined {
  const refused = sourceRefusal(profile, 'mining', { energySource });
  if (refused !== undefined || energySource === undefined) return refused;
  const allowed = sourceRule(profile, 'mining')?.energySources ?? [];
  return allowed.length === 0 || allowed.includes(energySource)
    ? undefined
    : { code: 'energy-source-not-in-jurisdiction', field: 'energySource', message: `energy for mining in ${profile.names.en} comes from ${allowed.join(', ')}, not from ${energySource}` };
}

/** The name in the first language asked for that the profile has; English otherwise. */
export function nameIn(names: Names, ...languages: readonly string[]): string {
  return languages.map((language) => names[language]).find((text) => text !== undefined) ?? names.en;
}

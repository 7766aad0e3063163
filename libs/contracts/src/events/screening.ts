import { Field } from '../fields.js';
import { IdentifierField } from '../identifiers.js';

export const SCREENING_CHAINS = ['bitcoin', 'evm', 'tron', 'other'] as const;
export type ScreeningChain = (typeof SCREENING_CHAINS)[number];
export const SCREENING_FORMATS = ['ofac-sdn', 'ofac-sdn-advanced', 'text', 'opensanctions'] as const;
export type ScreeningFormat = (typeof SCREENING_FORMATS)[number];
export const SCREENING_DECISIONS = ['release', 'keep', 'return'] as const;
export type ScreeningDecisionKind = (typeof SCREENING_DECISIONS)[number];
/** Addresses of one request, and results of one event. */
export const SCREENED_ADDRESSES_MAX = 1_000;

const SUBJECT = /^(?:deposit\.[0-9a-f]{64}\.[0-9]{1,10}|case\.[A-Za-z0-9._-]{1,97})$/;
const LIST = /^[a-z][a-z0-9-]{1,31}$/;
const COUNT_MAX = 100_000_000;
const subjectId = (): PropertyDecorator => Field.text({ max: 120, pattern: SUBJECT, patternMeans: '`deposit.<txid>.<vout>` or `case.<case id>`', description: 'What is screened: `deposit.<txid>.<vout>` or `case.<case id>`' });
export const listName = (options: { readonly optional?: boolean } = {}): PropertyDecorator =>
  Field.text({ ...options, max: 32, pattern: LIST, patternMeans: 'a short name in lower-case letters, digits and hyphens', description: 'The list, by its short name', example: 'ofac' });
const listVersion = (): PropertyDecorator => Field.text({ max: 64, pattern: /^[\x21-\x7e]+$/, patternMeans: 'printable ASCII without spaces', description: 'Version of the list: its publication date where it names one, or else the beginning of its hash', example: '2024-09-27' });
const basis = (): PropertyDecorator => Field.sha256({ description: 'Hash of what was found: decisions are bound to it' });
const decision = (): PropertyDecorator => Field.oneOf(SCREENING_DECISIONS, { description: 'release: credit the coins; keep: hold them on; return: hold them on, to go back' });
const reason = (): PropertyDecorator => Field.freeText({ min: 10, max: 500, why: 'an auditor reads it years later, and needs the finding and the memorandum it rests on', description: 'Why, kept for ever', example: 'The listing is of a namesake exchange; see memorandum 2026-114' });

export class ScreenedAddress {
  @IdentifierField.address({ description: 'The address as it is compared: in the one form its chain gives it' })
  address!: string;

  @Field.oneOf(SCREENING_CHAINS, { description: 'The chain family, read from the address itself and never from a ticker' })
  chain!: ScreeningChain;
}

/** A provider's answer for one address. */
export class ScreeningResult extends ScreenedAddress {
  @Field.text({ max: 64, description: 'Who answered: `list:<name>`, or the vendor' })
  provider!: string;

  @Field.text({ max: 128, description: 'The provider\'s own number of the answer' })
  requestId!: string;

  @Field.oneOf(['pending', 'complete', 'error'], { description: 'Whether the answer is there' })
  status!: 'pending' | 'complete' | 'error';

  @Field.text({ max: 64, description: 'The level in the provider\'s own words; `unknown` is a level' })
  level!: string;

  @Field.texts({ min: 0, max: 50, maxLength: 64, pattern: /^[^\p{Cc}]+$/u, patternMeans: 'text', description: 'Programmes, topics or risk categories' })
  categories!: string[];

  @Field.text({ optional: true, max: 64, description: 'Share or amount of exposure, as the provider writes it' })
  exposure?: string;

  @listVersion()
  listVersion!: string;

  @Field.instant({ description: 'When it was screened' })
  screenedAt!: string;

  @Field.sha256({ description: 'SHA-256 of the answer as it came, or of the list\'s entries' })
  rawHash!: string;
}

export class ListVersion {
  @listName()
  list!: string;

  @listVersion()
  version!: string;

  @Field.sha256({ description: 'SHA-256 of the list\'s entries' })
  contentSha256!: string;
}

/** Addresses of a deposit or case are to be screened, now and whenever a list changes. */
export class ScreeningRequested {
  @subjectId()
  subjectId!: string;

  @Field.list(() => ScreenedAddress, { max: SCREENED_ADDRESSES_MAX, description: 'Addresses' })
  addresses!: ScreenedAddress[];

  @Field.integer({ min: 0, max: 1_000_000, description: 'Sources whose address cannot be told' })
  unknownSources!: number;
}

/** What was found, when it differs from what was found before. What is not `clear` is held. */
export class ScreeningRecorded {
  @subjectId()
  subjectId!: string;

  @Field.oneOf(['clear', 'held'], { description: 'Whether anything speaks against it' })
  verdict!: 'clear' | 'held';

  @Field.texts({ min: 0, max: 10, maxLength: 64, pattern: /^[a-z-]+$/, patternMeans: 'a stable code', description: 'Why it is held' })
  reasons!: string[];

  @Field.list(() => ScreeningResult, { max: SCREENED_ADDRESSES_MAX, description: 'Every answer that holds it, and every answer of a vendor' })
  results!: ScreeningResult[];

  @Field.list(() => ListVersion, { max: 50, description: 'The lists it was compared with' })
  lists!: ListVersion[];

  @basis()
  basis!: string;
}

/** One officer's word; it takes two. */
export class ScreeningDecisionGiven {
  @subjectId()
  subjectId!: string;

  @Field.text({ max: 128, description: 'The officer, by the identity provider\'s opaque id' })
  officer!: string;

  @decision()
  decision!: ScreeningDecisionKind;

  @reason()
  reason!: string;

  @basis()
  basis!: string;
}

/** Two different officers said the same of the same findings. */
export class ScreeningDecided {
  @subjectId()
  subjectId!: string;

  @decision()
  decision!: ScreeningDecisionKind;

  @Field.texts({ min: 2, max: 2, maxLength: 128, pattern: /^[^\p{Cc}]+$/u, patternMeans: 'an officer', description: 'The two officers' })
  officers!: string[];

  @basis()
  basis!: string;
}

/** What an officer sends. */
export class ScreeningDecisionRequest {
  @decision()
  decision!: ScreeningDecisionKind;

  @reason()
  reason!: string;

  @Field.sha256({ description: 'The `basis` of the findings that were looked at; refused when they have changed since' })
  basis!: string;
}

/** Part of a list's entries, kept under the hash of all of them: address, chain, type, entry number, programmes. No names. */
export class ScreeningEntriesKept {
  @Field.sha256({ description: 'SHA-256 of all entries' })
  contentSha256!: string;

  @Field.integer({ min: 0, max: 10_000, description: 'Number of the part, from 0' })
  part!: number;

  @Field.text({ max: 700_000, description: 'Entries, one JSON array a line' })
  text!: string;
}

export class ScreeningListUpdated {
  @listName()
  list!: string;

  @Field.oneOf(SCREENING_FORMATS, { description: 'Format of the file' })
  format!: ScreeningFormat;

  @listVersion()
  version!: string;

  @Field.sha256({ description: 'SHA-256 of the file as it came' })
  sha256!: string;

  @Field.sha256({ description: 'SHA-256 of its entries, under which they are kept' })
  contentSha256!: string;

  @Field.integer({ min: 1, max: 10_000, description: 'Parts in which the entries are kept' })
  parts!: number;

  @Field.integer({ min: 0, max: COUNT_MAX, description: 'Entries' })
  entries!: number;

  @Field.integer({ min: 0, max: COUNT_MAX, description: 'Entries that the version before did not have' })
  added!: number;

  @Field.integer({ min: 0, max: COUNT_MAX, description: 'Entries of the version before that are gone' })
  removed!: number;

  @Field.integer({ min: 0, max: COUNT_MAX, description: 'Entries that are no address of a chain known here; compared as they are written' })
  unrecognised!: number;

  @Field.texts({ min: 0, max: 200, maxLength: 64, pattern: /^[^\p{Cc}]+$/u, patternMeans: 'a type', description: 'Types of address in it, such as XBT' })
  types!: string[];

  @Field.text({ optional: true, max: 64, description: 'The version before' })
  previousVersion?: string;

  @Field.sha256({ optional: true, description: 'The entries of the version before' })
  previousContentSha256?: string;
}

/** A type of address that this list never had: somebody must look whether we read it rightly. */
export class ScreeningTypeUnknown {
  @listName()
  list!: string;

  @listVersion()
  version!: string;

  @Field.text({ max: 64, description: 'The type, as the list writes it' })
  addressType!: string;

  @Field.integer({ min: 1, max: COUNT_MAX, description: 'Entries of that type' })
  entries!: number;
}

/** Everything known was compared with a new version. */
export class ScreeningRescreened {
  @listName()
  list!: string;

  @listVersion()
  version!: string;

  @Field.sha256({ description: 'SHA-256 of the entries' })
  contentSha256!: string;

  @Field.integer({ min: 0, max: COUNT_MAX, description: 'Addresses compared' })
  addresses!: number;

  @Field.integer({ min: 0, max: COUNT_MAX, description: 'Deposits and cases whose findings changed' })
  changed!: number;
}

/** Custody was told whether a deposit is held. */
export class ScreeningNoted {
  @Field.text({ max: 75, pattern: /^[0-9a-f]{64}\.[0-9]{1,10}$/, description: 'The output: `txid.vout`' })
  depositId!: string;

  @Field.flag({ description: 'Whether it is held' })
  held!: boolean;

  @Field.text({ max: 64, description: 'Why: `clear`, `released`, or why it is held' })
  code!: string;

  @Field.integer({ min: 0, max: 0x7fff_ffff, description: 'Number of the finding or decision in the screening\'s own stream' })
  number!: number;
}

export interface ScreeningEvents {
  'intake.screening-requested': ScreeningRequested;
  'intake.screening-recorded': ScreeningRecorded;
  'intake.screening-decision-given': ScreeningDecisionGiven;
  'intake.screening-decided': ScreeningDecided;
  'intake.screening-entries-kept': ScreeningEntriesKept;
  'intake.screening-list-updated': ScreeningListUpdated;
  'intake.screening-type-unknown': ScreeningTypeUnknown;
  'intake.screening-rescreened': ScreeningRescreened;
}

export interface CustodyScreeningEvents {
  'custody.screening-noted': ScreeningNoted;
}

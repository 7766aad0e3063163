/** Who may speak to us from outside, with which keys, and for whom. Only public keys stand here. */
import { Field } from '../fields.js';
import { IdentifierField } from '../identifiers.js';

const PUBLISHER = /^[a-z][a-z0-9-]{1,31}$/;
const KEY = /^[a-z0-9][a-z0-9.-]{0,31}$/;
const SOURCE = /^[\x21-\x7e]+$/;

const publisherId = (): PropertyDecorator =>
  Field.text({ max: 32, pattern: PUBLISHER, patternMeans: 'a short name in lower-case letters, digits and hyphens', description: 'The publisher, by its short name', example: 'afm' });
const keyId = (description = 'The key\'s name, unique within its publisher'): PropertyDecorator =>
  Field.text({ max: 32, pattern: KEY, patternMeans: 'a short name in lower-case letters, digits, "." and "-"', description, example: '2026-1' });
const publicKey = (): PropertyDecorator =>
  Field.text({ min: 43, max: 43, pattern: /^[A-Za-z0-9_-]{43}$/, patternMeans: '32 bytes in base64url without padding', description: 'Ed25519 public key: its 32 bytes in base64url', example: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' });

/** One thing a publisher may speak about: an agency's cases, a pool's accounts, or one of the regulator's registers. What is left out is not limited. */
export class PublisherGrant {
  @IdentifierField.agency({ optional: true, description: 'It may publish acts over cases of this agency' })
  agency?: string;

  @Field.texts({ optional: true, min: 1, max: 50, maxLength: 64, pattern: /^[A-Za-z0-9][A-Za-z0-9/.-]*$/, patternMeans: 'the beginning of a case number', description: 'Only cases whose number begins with one of these', example: ['2471'] })
  casePrefixes?: string[];

  @Field.texts({ optional: true, min: 1, max: 50, maxLength: 40, pattern: /^[a-z][a-z-]*$/, patternMeans: 'the name of an act', description: 'Only these acts', example: ['reported', 'restriction'] })
  acts?: string[];

  @IdentifierField.pool({ optional: true, description: 'It may publish payouts of this pool' })
  pool?: string;

  @Field.texts({ optional: true, min: 1, max: 200, maxLength: 64, pattern: /^[A-Za-z0-9][A-Za-z0-9.-]*$/, patternMeans: 'an account\'s name', description: 'Only of these accounts at the pool', example: ['reserve-01'] })
  accounts?: string[];

  @Field.oneOf(['licence-acts', 'energy-readings'], { optional: true, description: 'It may publish acts over licences, or readings of farms\' meters', example: 'energy-readings' })
  register?: (typeof REGISTER_GRANTS)[number];
}

/** Registers that a regulator may speak for. */
export const REGISTER_GRANTS = ['licence-acts', 'energy-readings'] as const;

/** What a publisher may say, and under which CloudEvents sources. */
export class PublisherRemit {
  @Field.texts({ min: 1, max: 20, maxLength: 512, pattern: SOURCE, patternMeans: 'a URI-reference', description: 'CloudEvents sources its messages may name', example: ['urn:qazyna:agency:afm'] })
  sources!: string[];

  @Field.list(() => PublisherGrant, { min: 1, max: 50, description: 'What it may speak about' })
  grants!: PublisherGrant[];
}

export class PublisherRegistered {
  @publisherId()
  publisherId!: string;

  @IdentifierField.name({ description: 'Registered short name of the organisation behind it', example: 'financial-monitoring-agency' })
  organisation!: string;

  @Field.nested(() => PublisherRemit, { description: 'What it may speak for' })
  remit!: PublisherRemit;
}

export class PublisherRemitChanged {
  @publisherId()
  publisherId!: string;

  @Field.nested(() => PublisherRemit, { description: 'What it may speak for from now on' })
  remit!: PublisherRemit;
}

export class PublisherKeyAdded {
  @publisherId()
  publisherId!: string;

  @keyId()
  keyId!: string;

  @publicKey()
  publicKey!: string;

  @Field.instant({ description: 'First moment at which its signatures count' })
  validFrom!: string;

  @Field.instant({ description: 'First moment at which they no longer do', example: '2027-03-01T00:00:00Z' })
  validUntil!: string;
}

/** A rotation: another key takes over, and this one ends sooner than it was to. */
export class PublisherKeyEnded {
  @publisherId()
  publisherId!: string;

  @keyId()
  keyId!: string;

  @keyId('The key that takes over')
  replacedBy!: string;

  @Field.instant({ description: 'First moment at which signatures of this key no longer count' })
  validUntil!: string;
}

export class PublisherKeyRevoked {
  @publisherId()
  publisherId!: string;

  @keyId()
  keyId!: string;

  @Field.instant({ description: 'Nothing signed or received at this moment or later counts' })
  revokedFrom!: string;

  @Field.text({ min: 3, max: 500, description: 'Why, for auditors; no names of persons', example: 'the signing server was stolen' })
  reason!: string;
}

/** The proof of who said it: with the publisher's registered key anyone can check it again, without us. */
export class SignedMessage {
  @publisherId()
  publisherId!: string;

  @keyId()
  keyId!: string;

  @Field.text({ max: 8192, pattern: /^[A-Za-z0-9_-]+\.\.[A-Za-z0-9_-]+$/, patternMeans: 'a detached JWS', description: 'The detached JWS (Ed25519, RFC 7797) as it came' })
  signature!: string;

  @Field.sha256({ description: 'SHA-256 of the body that was signed' })
  bodySha256!: string;

  @Field.text({ optional: true, max: 65_536, description: 'The body that was signed, to the byte; left out where it is longer than 65,536 characters' })
  body?: string;
}

export interface PublisherEvents {
  'operations.publisher-registered': PublisherRegistered;
  'operations.publisher-remit-changed': PublisherRemitChanged;
  'operations.publisher-key-added': PublisherKeyAdded;
  'operations.publisher-key-ended': PublisherKeyEnded;
  'operations.publisher-key-revoked': PublisherKeyRevoked;
}

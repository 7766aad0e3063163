import { Field } from '../fields.js';
import { IdentifierField } from '../identifiers.js';
import { SignedMessage } from './publishers.js';
import { BITCOIN_NETWORKS } from '../names.js';
import { LicenceApplication, PayoutClaim } from '../upstream/payout.js';
import type { ConflictRaised } from './intake.js';

/** Licence numbers are unique: a second application with other content is refused. */
export class LicenceIssued extends LicenceApplication {}

export class PoolAccountRegistered {
  @Field.text({ max: 97, description: 'Pool and account: `pool.account`' })
  poolAccountId!: string;

  @IdentifierField.pool()
  pool!: string;

  @IdentifierField.name({ description: 'Account at the pool' })
  account!: string;

  @IdentifierField.name({ description: 'Licence the account mines under' })
  licenceId!: string;

  @Field.oneOf(BITCOIN_NETWORKS, { description: 'Network of the payout wallet' })
  network!: (typeof BITCOIN_NETWORKS)[number];

  @IdentifierField.asset()
  asset!: string;

  @IdentifierField.address({ description: 'The registered payout wallet' })
  payoutAddress!: string;
}

/** A row that could not be understood; the raw bytes keep it for a person. */
export class UnreadableRow {
  @Field.integer({ min: 0, max: 1_000_000, description: 'Row number, from 0' })
  row!: number;

  @Field.text({ max: 64, description: 'Stable code' })
  code!: string;

  @Field.text({ max: 200, min: 0, description: 'The field at fault' })
  field!: string;

  @Field.text({ max: 1000, description: 'The rule, for people' })
  message!: string;
}

export class StatementCounts {
  @Field.integer({ min: 0, max: 1_000_000, description: 'Payouts' })
  payouts!: number;

  @Field.integer({ min: 0, max: 1_000_000, description: 'Days of earnings' })
  earnings!: number;

  @Field.integer({ min: 0, max: 1_000_000, description: 'Entries of the statutory feed' })
  statutory!: number;

  @Field.integer({ min: 0, max: 1_000_000, description: 'Rows that are recorded only' })
  information!: number;

  @Field.integer({ min: 0, max: 1_000_000, description: 'Rows that could not be understood' })
  unreadable!: number;
}

/** Something about a statement as a whole that does not add up. */
export class StatementDoubtNoted {
  @Field.text({ max: 64, description: 'Stable code' })
  code!: string;

  @Field.text({ max: 200, min: 0, description: 'The field at fault' })
  field!: string;

  @Field.text({ max: 1000, description: 'What does not add up' })
  message!: string;
}

/** A pool's own statement, verbatim, beside which everything understood of it can be checked. */
export class StatementReceived {
  @Field.sha256({ description: 'SHA-256 of the raw bytes; also the statement\'s identity within its account' })
  sha256!: string;

  @IdentifierField.pool()
  pool!: string;

  @IdentifierField.name({ description: 'Account at the pool' })
  account!: string;

  @Field.text({ max: 900_000, description: 'The raw bytes, base64; of a long statement the last part' })
  rawBase64!: string;

  @Field.integer({ min: 0, max: 1_000_000, description: 'Rows found in it' })
  rows!: number;

  @Field.text({ optional: true, max: 32, pattern: /^[a-z][a-z0-9-]*$/, description: 'The format it was read by; absent in older events: the pool\'s own' })
  format?: string;

  @Field.oneOf(['json', 'csv', 'json-lines'], { optional: true, description: 'How the bytes are written' })
  media?: string;

  @Field.oneOf(['upload', 'poll'], { optional: true, description: 'Who brought it: a person or program, or our own poller' })
  broughtBy?: string;

  @Field.integer({ optional: true, min: 1, max: 67_108_864, description: 'Raw bytes in all' })
  bytes?: number;

  @Field.integer({ optional: true, min: 1, max: 10_000, description: 'Parts the bytes are kept in: this event has the last, `mining.statement-part-kept` the ones before' })
  parts?: number;

  @Field.nested(() => SignedMessage, { optional: true, description: 'Who signed the file, over the bytes as they came; absent for one handed in unsigned or polled' })
  signed?: SignedMessage;

  @Field.flag({ optional: true, description: 'True when what names persons was replaced by references: the SHA-256 is of the bytes as they came' })
  redacted?: boolean;

  @Field.nested(() => StatementCounts, { optional: true, description: 'Rows by what they are' })
  counts?: StatementCounts;

  @Field.list(() => StatementDoubtNoted, { optional: true, max: 20, description: 'What does not add up in the envelope' })
  doubts?: StatementDoubtNoted[];

  @Field.list(() => UnreadableRow, { max: 100, description: 'Rows that could not be understood: the first hundred of them' })
  unreadable!: UnreadableRow[];
}

export const PAYOUT_WAYS = ['http', 'kafka', 'statement'] as const;
export type PayoutWay = (typeof PAYOUT_WAYS)[number];

export class PayoutReceived {
  @Field.text({ max: 200, description: 'Identity: `pool.account~paymentId`' })
  payoutId!: string;

  @Field.nested(() => PayoutClaim, { description: 'What the pool says' })
  claim!: PayoutClaim;

  @Field.sha256({ description: 'SHA-256 of the claim\'s canonical JSON' })
  contentHash!: string;

  @Field.oneOf(PAYOUT_WAYS, { description: 'The way it came first' })
  way!: PayoutWay;

  @Field.sha256({ optional: true, description: 'The statement it was read from' })
  statementSha256?: string;

  @Field.nested(() => SignedMessage, { optional: true, description: 'Who signed it, with the proof; absent for a message taken unsigned and for a statement\'s row' })
  signed?: SignedMessage;
}

/** A further claim of a payout that is known says what those before left open, and contradicts none of them. */
export class PayoutDetailsAdded {
  @Field.text({ max: 200, description: 'Identity: `pool.account~paymentId`' })
  payoutId!: string;

  @Field.integer({ optional: true, min: 0, max: 0xffff_ffff, description: 'Index of the output' })
  outputIndex?: number;

  @Field.text({ optional: true, max: 64, description: 'Sequence number in the statutory feed' })
  statutorySequence?: string;

  @IdentifierField.name({ optional: true, description: 'Licence the payout is declared under' })
  licenceId?: string;

  @Field.sha256({ description: 'SHA-256 of the further claim\'s canonical JSON' })
  contentHash!: string;

  @Field.oneOf(PAYOUT_WAYS, { description: 'The way it came' })
  way!: PayoutWay;

  @Field.sha256({ optional: true, description: 'The statement it was read from' })
  statementSha256?: string;

  @Field.nested(() => SignedMessage, { optional: true, description: 'Who signed it, with the proof' })
  signed?: SignedMessage;
}

/** An officer let a held payout pass. */
export class PayoutRelease {
  @Field.text({ max: 500, description: 'Why, in the officer\'s words' })
  reason!: string;

  @Field.texts({ min: 0, max: 20, maxLength: 64, pattern: /^[a-z][a-z0-9-]*$/, patternMeans: 'a code', description: 'Codes of the reasons it was held for' })
  waived!: string[];
}

/** Checked against licence and registered wallet. Still a claim: only the chain makes it a balance. */
export class PayoutAccepted {
  @Field.text({ max: 200, description: 'Identity: `pool.account~paymentId`' })
  payoutId!: string;

  @Field.text({ max: 97, description: 'Pool and account' })
  poolAccountId!: string;

  @IdentifierField.name({ description: 'Licence to credit' })
  licenceId!: string;

  @IdentifierField.asset()
  asset!: string;

  @Field.baseUnits({ description: 'Amount claimed, in base units' })
  amount!: string;

  @IdentifierField.address()
  address!: string;

  @IdentifierField.txid()
  txid!: string;

  @Field.integer({ optional: true, min: 0, max: 0xffff_ffff, description: 'Output index, if the pool names it' })
  outputIndex?: number;

  @Field.instant({ description: 'When the pool distributed it: the moment by which the registers judged it' })
  paidAt!: string;

  @Field.nested(() => PayoutRelease, { optional: true, description: 'When it had been held: who let it pass said why' })
  release?: PayoutRelease;
}

export class HoldReason {
  @Field.text({ max: 64, description: 'Stable code' })
  code!: string;

  @Field.text({ max: 500, description: 'The rule, for people' })
  message!: string;

  @Field.text({ max: 100, optional: true, description: 'The field at fault' })
  field?: string;
}

export class PayoutHeld {
  @Field.text({ max: 200, description: 'Identity: `pool.account~paymentId`' })
  payoutId!: string;

  @Field.list(() => HoldReason, { min: 1, max: 20, description: 'Every reason, not just the first' })
  reasons!: HoldReason[];
}

export class PayoutRejected {
  @Field.text({ max: 200, description: 'Identity: `pool.account~paymentId`' })
  payoutId!: string;

  @Field.text({ max: 500, description: 'Why, in the officer\'s words' })
  reason!: string;
}

export interface MiningEvents {
  'mining.licence-issued': LicenceIssued;
  'mining.pool-account-registered': PoolAccountRegistered;
  'mining.statement-received': StatementReceived;
  'mining.payout-received': PayoutReceived;
  'mining.payout-details-added': PayoutDetailsAdded;
  'mining.payout-accepted': PayoutAccepted;
  'mining.payout-held': PayoutHeld;
  'mining.payout-rejected': PayoutRejected;
  'mining.conflict-raised': ConflictRaised;
}

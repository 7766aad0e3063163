import { Field } from '../fields.js';
import { IdentifierField } from '../identifiers.js';
import { EnergyReading, FarmAmendment, FarmQuota, FarmRegistration, READING_ID, WATT_HOURS } from '../upstream/energy-reading.js';
import { LicenceAct } from '../upstream/licence-act.js';
import { PoolAccountAct, WalletChange } from '../upstream/wallet-change.js';
import { SignedMessage } from './publishers.js';

/** Acts over a licence, each kept as it came: what they amount to at a moment is computed from all of them. */
export class LicenceActTaken extends LicenceAct {
  @Field.nested(() => SignedMessage, { optional: true, description: 'Who signed it, with the proof; absent for an act handed in by an officer' })
  signed?: SignedMessage;
}
export class LicenceAmended extends LicenceActTaken {}
export class LicenceSuspended extends LicenceActTaken {}
export class LicenceResumed extends LicenceActTaken {}
export class LicenceRevoked extends LicenceActTaken {}
export class LicenceActAnnulled extends LicenceActTaken {}

/** Announced by the clock; whether a licence was valid at a moment never depends on when this was noticed. */
export class LicenceExpired {
  @IdentifierField.name({ description: 'Licence number' })
  licenceId!: string;

  @Field.instant({ description: 'First moment it was no longer valid' })
  expiredAt!: string;
}

/** An act that arrived late shows that a licence had not expired when that was announced. */
export class LicenceExpiryWithdrawn {
  @IdentifierField.name({ description: 'Licence number' })
  licenceId!: string;

  @Field.instant({ description: 'The announced end' })
  expiredAt!: string;

  @IdentifierField.name({ description: 'The act that shows it' })
  actId!: string;
}

/** How a farm's energy of a month stands to its quota, counted against its licence. */
export class LicenceQuotaNoted {
  @IdentifierField.name({ description: 'Licence number' })
  licenceId!: string;

  @IdentifierField.name({ description: 'Farm' })
  farmId!: string;

  @Field.text({ min: 7, max: 7, pattern: /^\d{4}-\d{2}$/, description: 'Month of the farm, `YYYY-MM`' })
  month!: string;

  @Field.instant({ description: 'First moment of the month' })
  from!: string;

  @Field.instant({ description: 'First moment after the month' })
  to!: string;

  @Field.text({ ...WATT_HOURS, max: 20, pattern: /^(0|[1-9][0-9]{0,19})$/, description: 'Energy drawn so far, in watt-hours' })
  energyWh!: string;

  @Field.text({ ...WATT_HOURS, description: 'Energy allowed in the month, in watt-hours' })
  allowanceWh!: string;

  @Field.integer({ min: 0, max: 10_000, description: 'Per cent above the allowance, rounded up; 10,000 stands for more' })
  overPercent!: number;

  @Field.text({ max: 20, pattern: /^(0|[1-9][0-9]{0,19})$/, description: 'How much of the registers was known, a decimal number: a higher one replaces a lower' })
  basis!: string;
}
export class LicenceOverQuota extends LicenceQuotaNoted {}
export class LicenceWithinQuota extends LicenceQuotaNoted {}

export class FarmRegistered extends FarmRegistration {}

export class FarmAmended extends FarmAmendment {
  @IdentifierField.name({ description: 'Farm' })
  farmId!: string;
}

export class FarmQuotaSet extends FarmQuota {
  @IdentifierField.name({ description: 'Farm' })
  farmId!: string;
}

export class EnergyReadingRecorded extends EnergyReading {
  @Field.text({ ...READING_ID, description: 'Identity: `meter~from~to~revision`' })
  readingId!: string;

  @Field.text({ min: 7, max: 7, pattern: /^\d{4}-\d{2}$/, description: 'Month of the farm, `YYYY-MM`' })
  month!: string;

  @Field.nested(() => SignedMessage, { optional: true, description: 'Who signed it, with the proof; absent for a reading taken unsigned' })
  signed?: SignedMessage;
}

/** Who did something, by the identity provider's opaque id: two people are told apart by it. */
export class PersonReference {
  @Field.text({ max: 256, description: 'The identity provider\'s opaque id' })
  subject!: string;

  @Field.text({ max: 64, description: 'Organisation' })
  organisation!: string;
}

export class WalletChangeProposed extends WalletChange {
  @Field.text({ max: 97, description: 'Pool and account: `pool.account`' })
  poolAccountId!: string;

  @Field.nested(() => PersonReference, { description: 'Who proposes it' })
  proposedBy!: PersonReference;
}

/** A second person confirmed a change of wallet: it cools off, then payouts go to the new wallet and no longer to the old. */
export class WalletChangeConfirmed {
  @Field.text({ max: 97, description: 'Pool and account: `pool.account`' })
  poolAccountId!: string;

  @IdentifierField.name({ description: 'The change' })
  changeId!: string;

  @IdentifierField.address({ description: 'The new payout wallet' })
  payoutAddress!: string;

  @Field.nested(() => PersonReference, { description: 'Who confirms it; never who proposed it' })
  confirmedBy!: PersonReference;

  @Field.instant({ description: 'When it was confirmed' })
  confirmedAt!: string;

  @Field.instant({ description: 'From when payouts go to the new wallet' })
  effectiveFrom!: string;
}

export class WalletChangeWithdrawn {
  @Field.text({ max: 97, description: 'Pool and account: `pool.account`' })
  poolAccountId!: string;

  @IdentifierField.name({ description: 'The change' })
  changeId!: string;

  @Field.nested(() => PersonReference, { description: 'Who withdraws it' })
  withdrawnBy!: PersonReference;

  @Field.instant({ description: 'When it was withdrawn, before it had effect' })
  withdrawnAt!: string;
}

export class PoolAccountSuspended extends PoolAccountAct {
  @Field.text({ max: 97, description: 'Pool and account: `pool.account`' })
  poolAccountId!: string;
}
export class PoolAccountResumed extends PoolAccountSuspended {}

export interface MiningRegisterEvents {
  'mining.licence-amended': LicenceAmended;
  'mining.licence-suspended': LicenceSuspended;
  'mining.licence-resumed': LicenceResumed;
  'mining.licence-revoked': LicenceRevoked;
  'mining.licence-act-annulled': LicenceActAnnulled;
  'mining.licence-expired': LicenceExpired;
  'mining.licence-expiry-withdrawn': LicenceExpiryWithdrawn;
  'mining.licence-over-quota': LicenceOverQuota;
  'mining.licence-within-quota': LicenceWithinQuota;
  'mining.farm-registered': FarmRegistered;
  'mining.farm-amended': FarmAmended;
  'mining.farm-quota-set': FarmQuotaSet;
  'mining.energy-reading-recorded': EnergyReadingRecorded;
  'mining.wallet-change-proposed': WalletChangeProposed;
  'mining.wallet-change-confirmed': WalletChangeConfirmed;
  'mining.wallet-change-withdrawn': WalletChangeWithdrawn;
  'mining.pool-account-suspended': PoolAccountSuspended;
  'mining.pool-account-resumed': PoolAccountResumed;
}

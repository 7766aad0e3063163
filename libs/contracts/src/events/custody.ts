import { Field } from '../fields.js';
import { IdentifierField } from '../identifiers.js';
import { BITCOIN_NETWORKS } from '../names.js';
import { DepositSources } from './deposit-sources.js';
import { AddressPurpose, VaultRegistration } from '../upstream/custody-commands.js';
import { LegalDocument } from '../upstream/seizure-fact.js';
import { PayoutAccepted } from './mining.js';

type Network = (typeof BITCOIN_NETWORKS)[number];
const HEIGHT_MAX = 0x7fff_ffff;
const depositId = (): PropertyDecorator => Field.text({ max: 75, pattern: /^[0-9a-f]{64}\.[0-9]{1,10}$/, description: 'The output: `txid.vout`' });

export class VaultRegistered extends VaultRegistration {
  @Field.oneOf(BITCOIN_NETWORKS, { description: 'Network of its keys' })
  network!: Network;

  @IdentifierField.asset()
  asset!: string;
}

export class AddressAssigned {
  @IdentifierField.name({ description: 'The vault' })
  vaultId!: string;

  @Field.integer({ min: 0, max: HEIGHT_MAX, description: 'Derivation index on the receive path' })
  index!: number;

  @IdentifierField.address()
  address!: string;

  @Field.nested(() => AddressPurpose, { description: 'For whom it receives' })
  purpose!: AddressPurpose;
}

/**
 * A block of the best chain, followed through. The deposits it holds are recorded on their own streams first, so a
 * block of any size fits and this event means "all of it is recorded".
 */
export class BlockConnected {
  @Field.oneOf(BITCOIN_NETWORKS, { description: 'Network' })
  network!: Network;

  @Field.integer({ min: 0, max: HEIGHT_MAX, description: 'Height' })
  height!: number;

  @IdentifierField.blockHash()
  hash!: string;

  @IdentifierField.blockHash({ description: 'Hash of the block before it' })
  previousHash!: string;

  @Field.instant({ description: 'Block time' })
  time!: string;

  @Field.integer({ min: 0, max: HEIGHT_MAX, description: 'Number of outputs in it that pay us' })
  deposits!: number;

  @Field.text({ optional: true, min: 8, max: 8, pattern: /^[0-9a-f]{8}$/, patternMeans: '8 hexadecimal digits', description: 'Compact target of its header: the difficulty' })
  bits?: string;

  @Field.text({ optional: true, max: 20, pattern: /^(0|[1-9][0-9]*)$/, patternMeans: 'a whole number of satoshi', description: 'What a block of this height may create anew' })
  subsidy?: string;

  @Field.text({ optional: true, max: 20, pattern: /^(0|[1-9][0-9]*)$/, patternMeans: 'a whole number of satoshi', description: 'What its finder took beyond the subsidy: the fees of its transactions' })
  fees?: string;
}

export class BlockDisconnected {
  @Field.oneOf(BITCOIN_NETWORKS, { description: 'Network' })
  network!: Network;

  @Field.integer({ min: 0, max: HEIGHT_MAX, description: 'Height' })
  height!: number;

  @IdentifierField.blockHash({ description: 'The block that is no longer in the best chain' })
  hash!: string;
}

export class DepositSeen {
  @depositId()
  depositId!: string;

  @IdentifierField.name({ description: 'Receiving vault' })
  vaultId!: string;

  @IdentifierField.address()
  address!: string;

  @IdentifierField.asset()
  asset!: string;

  @Field.baseUnits({ description: 'Amount in base units' })
  amount!: string;

  @Field.integer({ min: 0, max: HEIGHT_MAX, description: 'Height of the block that holds it' })
  height!: number;

  @IdentifierField.blockHash()
  blockHash!: string;

  @Field.instant({ description: 'Time of that block' })
  blockTime!: string;

  @Field.flag({ description: 'Whether it is a coinbase output' })
  coinbase!: boolean;

  @Field.nested(() => AddressPurpose, { description: 'Whom the address was assigned to' })
  purpose!: AddressPurpose;

  @Field.nested(() => DepositSources, { optional: true, description: 'Where the coins came from; with it the deposit is held until they are screened' })
  sources?: DepositSources;
}

/** Deep enough, and matured if coinbase. Only this posts to the journal. */
export class DepositConfirmed {
  @depositId()
  depositId!: string;

  @Field.integer({ min: 0, max: HEIGHT_MAX, description: 'Height of the block that holds it' })
  height!: number;

  @IdentifierField.blockHash()
  blockHash!: string;

  @Field.integer({ min: 1, max: HEIGHT_MAX, description: 'Confirmations counted' })
  confirmations!: number;
}

/** A reorganisation took the block away. What was posted is compensated; the output is chased, not forgotten. */
export class DepositTakenBack {
  @depositId()
  depositId!: string;

  @Field.integer({ min: 0, max: HEIGHT_MAX, description: 'Height it was at' })
  height!: number;

  @IdentifierField.blockHash({ description: 'The block that is no longer in the best chain' })
  blockHash!: string;
}

/** A payout's claim and this output are the same coins. An output is matched to one claim at most. */
export class DepositMatched {
  @depositId()
  depositId!: string;

  @Field.text({ max: 200, description: 'The payout: `pool.account~paymentId`' })
  payoutId!: string;

  @IdentifierField.name({ description: 'Licence to credit' })
  licenceId!: string;
}

/** A vault's coins moved on chain without an approved transfer: an alarm, and the vault is frozen. */
export class UnapprovedSpendDetected {
  @depositId()
  depositId!: string;

  @IdentifierField.name({ description: 'The vault' })
  vaultId!: string;

  @IdentifierField.txid({ description: 'The spending transaction' })
  spentBy!: string;

  @Field.integer({ min: 0, max: HEIGHT_MAX, description: 'Height' })
  height!: number;
}

/** No address is given out of the vault, and no transfer from it may be proposed, until officers have looked. */
export class VaultFrozen {
  @IdentifierField.name({ description: 'The vault' })
  vaultId!: string;

  @depositId()
  depositId!: string;

  @IdentifierField.txid({ description: 'The transaction that spent it without an approval' })
  spentBy!: string;
}

/** Custody's note of an accepted claim: it waits for its output. */
export class ClaimRegistered extends PayoutAccepted {}

/** The transaction is there but does not pay what the claim says; the output stays unidentified. */
export class ClaimDisputed {
  @Field.text({ max: 200, description: 'The payout' })
  payoutId!: string;

  @Field.text({ max: 64, description: 'Stable code' })
  code!: string;

  @Field.text({ max: 500, description: 'What differs' })
  message!: string;
}

/** Custody's note that the law made a case's coins state property: what is held, and what still comes, is reclassified. */
export class CaseStatePropertyNoted {
  @IdentifierField.caseId()
  caseId!: string;

  @Field.nested(() => LegalDocument, { description: 'The decision' })
  decision!: LegalDocument;

  @Field.instant({ description: 'When it takes effect' })
  effectiveAt!: string;

  @Field.uuid({ optional: true, description: 'The deciding fact; absent in events of the first version' })
  factId?: string;

  @Field.integer({ optional: true, min: 0, max: Number.MAX_SAFE_INTEGER, description: 'Place of the telling event in the case\'s stream; absent in events of the first version' })
  caseRevision?: number;
}

export class JournalPosting {
  @Field.text({ max: 300, description: 'Account, by the chart of accounts', example: 'reserve:vault:reserve-cold-1' })
  account!: string;

  @IdentifierField.asset()
  asset!: string;

  @Field.signedBaseUnits({ description: 'Debit positive, credit negative, in base units', example: '-149377' })
  amount!: string;
}

export const ENTRY_KINDS = ['deposit', 'identification', 'screening', 'reclassification', 'compensation', 'transfer', 'disbursement', 'release', 'fee'] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

/** The legal act that lets an entry cross classes. */
export class AuthorisingAct {
  @Field.oneOf(['state-property-decision', 'release-to-owner', 'return-to-victim', 'resolution', 'finality', 'reversal'], { description: 'Kind of act' })
  kind!: 'state-property-decision' | 'release-to-owner' | 'return-to-victim' | 'resolution' | 'finality' | 'reversal';

  @Field.text({ max: 128, description: 'Reference of the document' })
  reference!: string;

  @IdentifierField.caseId({ optional: true })
  caseId?: string;
}

/** One balanced entry of the journal; its revision in the stream is its number. */
export class JournalEntryPosted {
  @Field.uuid({ description: 'Identity: UUIDv5 of its cause' })
  entryId!: string;

  @Field.oneOf(ENTRY_KINDS, { description: 'What it records' })
  kind!: EntryKind;

  @Field.instant({ description: 'When it took effect: block time, or the order\'s date' })
  effectiveAt!: string;

  @Field.list(() => JournalPosting, { min: 2, max: 1000, description: 'Postings; they sum to zero for each class and asset' })
  postings!: JournalPosting[];

  @Field.text({ max: 300, description: 'The event that caused it: `stream@revision`' })
  cause!: string;

  @Field.nested(() => AuthorisingAct, { optional: true, description: 'The act that authorises crossing classes' })
  act?: AuthorisingAct;

  @Field.uuid({ optional: true, description: 'The entry this one compensates' })
  corrects?: string;

  @Field.text({ max: 75, optional: true, description: 'The output on chain: `txid.vout`' })
  depositId?: string;

  @Field.text({ max: 200, optional: true, description: 'The payout it credits' })
  payoutId?: string;

  @IdentifierField.caseId({ optional: true })
  caseId?: string;

  @Field.integer({ optional: true, min: 0, max: HEIGHT_MAX, description: 'Height of the block behind it' })
  blockHeight?: number;
}

export interface CustodyEvents {
  'custody.vault-registered': VaultRegistered;
  'custody.address-assigned': AddressAssigned;
  'custody.block-connected': BlockConnected;
  'custody.block-disconnected': BlockDisconnected;
  'custody.deposit-seen': DepositSeen;
  'custody.deposit-confirmed': DepositConfirmed;
  'custody.deposit-taken-back': DepositTakenBack;
  'custody.deposit-matched': DepositMatched;
  'custody.unapproved-spend-detected': UnapprovedSpendDetected;
  'custody.vault-frozen': VaultFrozen;
  'custody.claim-registered': ClaimRegistered;
  'custody.claim-disputed': ClaimDisputed;
  'custody.case-state-property-noted': CaseStatePropertyNoted;
  'custody.journal-entry-posted': JournalEntryPosted;
}

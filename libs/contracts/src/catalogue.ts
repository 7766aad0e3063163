/** Every event and upstream message there is: its type, version, schema class, and who emits and reads it. */
import * as acquisitions from './events/acquisitions.js';
import * as custody from './events/custody.js';
import * as custodyCases from './events/custody-cases.js';
import * as intake from './events/intake.js';
import * as intakeAssets from './events/intake-assets.js';
import * as mining from './events/mining.js';
import * as earnings from './events/mining-earnings.js';
import * as terms from './events/mining-account-terms.js';
import * as registers from './events/mining-registers.js';
import * as statements from './events/mining-statements.js';
import * as screening from './events/screening.js';
import * as operations from './events/operations.js';
import * as pipeline from './events/pipeline.js';
import * as publishers from './events/publishers.js';
import type { AcquisitionEvents } from './events/acquisitions.js';
import type { CustodyEvents } from './events/custody.js';
import type { CustodyCaseEvents } from './events/custody-cases.js';
import type { IntakeEvents } from './events/intake.js';
import * as caseChanges from './events/case-changes.js';
import type { IntakeAssetEvents } from './events/intake-assets.js';
import type { MiningEvents } from './events/mining.js';
import type { MiningAccountTermsEvents } from './events/mining-account-terms.js';
import type { MiningEarningsEvents } from './events/mining-earnings.js';
import type { MiningRegisterEvents } from './events/mining-registers.js';
import type { MiningStatementEvents } from './events/mining-statements.js';
import type { CustodyScreeningEvents, ScreeningEvents } from './events/screening.js';
import type { OperationsEvents } from './events/operations.js';
import type { PipelineEvents } from './events/pipeline.js';
import type { PublisherEvents } from './events/publishers.js';
import type { MessageClass } from './fields.js';
import { STREAM_PREFIXES } from './streams.js';
import { TOPICS, type TopicName } from './topics.js';
import { EarningsClaim, MINING_EARNINGS_TYPE } from './upstream/earnings-claim.js';
import { ENERGY_READING_TYPE, EnergyReading } from './upstream/energy-reading.js';
import { LICENCE_ACT_TYPE, LicenceAct } from './upstream/licence-act.js';
import { ACQUISITION_FACT_TYPE, AcquisitionFact } from './upstream/acquisition-fact.js';
import { MINING_PAYOUT_TYPE, PayoutClaim } from './upstream/payout.js';
import { SEIZURE_FACT_TYPE, SeizureFact } from './upstream/seizure-fact.js';

/** Data of each event by its type, as it stands in `data` of the event store and of the message. */
export type QazynaEvents = IntakeEvents & AcquisitionEvents & IntakeAssetEvents & MiningEvents & MiningEarningsEvents & MiningAccountTermsEvents & MiningRegisterEvents & MiningStatementEvents & CustodyEvents & OperationsEvents & PipelineEvents & PublisherEvents & ScreeningEvents & CustodyScreeningEvents & CustodyCaseEvents;
export type EventType = keyof QazynaEvents;

/** Union of the domain events of a service: `{ type, data }`. */
export type EventsOf<Map> = { [Type in keyof Map & string]: { readonly type: Type; readonly data: Map[Type] } }[keyof Map & string];
export type IntakeEvent = EventsOf<IntakeEvents & AcquisitionEvents & IntakeAssetEvents>;
export type MiningEvent = EventsOf<MiningEvents>;
export type CustodyEvent = EventsOf<CustodyEvents & CustodyCaseEvents>;
export type OperationsEvent = EventsOf<OperationsEvents>;

export interface EventDescription {
  readonly type: EventType;
  readonly version: number;
  readonly schema: MessageClass;
  readonly owner: keyof typeof STREAM_PREFIXES;
  readonly topic: TopicName;
  readonly summary: string;
}

type Described = { readonly schema: MessageClass; readonly summary: string };
const INTAKE: Record<keyof (IntakeEvents & IntakeAssetEvents), Described> = {
  'intake.fact-received': { schema: intake.FactReceived, summary: 'A legal fact arrived and is kept as published' },
  'intake.fact-refused': { schema: intake.FactRefused, summary: 'The case\'s rules do not allow a fact' },
  'intake.act-held': { schema: intake.ActHeld, summary: 'An act waits for the one it presupposes' },
  'intake.act-applied': { schema: intake.ActApplied, summary: 'An act changed the legal status of a case' },
  'intake.case-became-state-property': { schema: intake.CaseBecameStateProperty, summary: 'A case\'s assets became state property' },
  'intake.case-released': { schema: intake.CaseReleased, summary: 'A case\'s assets are to go back to their owner' },
  'intake.case-changes-outstanding': { schema: caseChanges.CaseChangesOutstanding, summary: 'What follows of an act over many assets is told in parts, from here on' },
  'intake.asset-status-changed': { schema: intakeAssets.AssetStatusChanged, summary: 'Legal standing of one asset from now on' },
  'intake.asset-became-state-property': { schema: intakeAssets.AssetBecameStateProperty, summary: 'An asset, or an exact part of it, became state property' },
  'intake.asset-state-property-reversed': { schema: intakeAssets.AssetStatePropertyReversed, summary: 'A decision no longer makes an asset state property' },
  'intake.case-state-property-reversed': { schema: intakeAssets.CaseStatePropertyReversed, summary: 'A decision over a whole case is undone' },
  'intake.asset-outside-decision': { schema: intakeAssets.AssetOutsideDecision, summary: 'A decision over a whole case is not about an asset that was reported later' },
  'intake.asset-released': { schema: intakeAssets.AssetReleased, summary: 'An asset, or an exact part of it, is to go back to its owner' },
  'intake.asset-returned-to-victim': { schema: intakeAssets.AssetReturnedToVictim, summary: 'An asset, or an exact part of it, is to go to a victim' },
  'intake.asset-sold': { schema: intakeAssets.AssetSold, summary: 'An asset was sold before the verdict: the claim moves to the proceeds' },
  'intake.asset-disposal-undone': { schema: intakeAssets.AssetDisposalUndone, summary: 'A release, return or sale is taken back' },
  'intake.act-overtaken': { schema: intakeAssets.ActOvertaken, summary: 'An act taken earlier has no effect any more' },
  'intake.restriction-warned': { schema: intakeAssets.RestrictionWarned, summary: 'A restriction lapses soon unless a court acts' },
  'intake.restriction-lapsed': { schema: intakeAssets.RestrictionLapsed, summary: 'A restriction lapsed: no court acted in time' },
  'intake.restriction-lapse-undone': { schema: intakeAssets.RestrictionLapseUndone, summary: 'A restriction had not lapsed after all' },
  'intake.coins-inherited': { schema: intakeAssets.CoinsInherited, summary: 'Forked, airdropped or dust coins found at a case\'s address belong to the case' },
  'intake.token-frozen-by-issuer': { schema: intakeAssets.IssuerFreeze, summary: 'The issuer froze a case\'s token' },
  'intake.token-freeze-lifted': { schema: intakeAssets.IssuerFreeze, summary: 'The issuer lifted a freeze' },
  'intake.conflict-raised': { schema: intake.ConflictRaised, summary: 'A known fact id came with other content' },
};
const ACQUISITIONS: Record<keyof AcquisitionEvents, Described> = {
  'intake.purchase-ordered': { schema: acquisitions.PurchaseOrdered, summary: 'A market purchase was ordered' },
  'intake.purchase-filled': { schema: acquisitions.PurchaseFilled, summary: 'A part of an order was bought at an exact price' },
  'intake.purchase-settled': { schema: acquisitions.PurchaseSettled, summary: 'The seller says it delivered; only the chain credits' },
  'intake.purchase-part-held': { schema: acquisitions.PurchasePartHeld, summary: 'A fill or settlement waits for what it presupposes or for an officer' },
  'intake.purchase-part-decided': { schema: acquisitions.PurchasePartDecided, summary: 'An officer released or rejected a held fill or settlement' },
  'intake.campaign-opened': { schema: acquisitions.CampaignOpened, summary: 'A campaign takes gifts at public addresses' },
  'intake.donation-reported': { schema: acquisitions.DonationReported, summary: 'A gift was reported; of its sender nothing is kept but the address' },
  'intake.donation-accepted': { schema: acquisitions.DonationAccepted, summary: 'A campaign takes a reported gift; only the chain credits' },
  'intake.donation-held': { schema: acquisitions.DonationHeld, summary: 'A reported gift waits for an officer' },
  'intake.donation-decided': { schema: acquisitions.DonationDecided, summary: 'An officer released or rejected a held gift' },
  'intake.acquisition-conflict-raised': { schema: intake.ConflictRaised, summary: 'A known order, fill, settlement, campaign or gift came with other content' },
};
const MINING: Record<keyof MiningEvents, Described> = {
  'mining.licence-issued': { schema: mining.LicenceIssued, summary: 'A mining licence was registered' },
  'mining.pool-account-registered': { schema: mining.PoolAccountRegistered, summary: 'A pool account pays to the reserve from now on' },
  'mining.statement-received': { schema: mining.StatementReceived, summary: 'A pool\'s own statement, verbatim' },
  'mining.payout-received': { schema: mining.PayoutReceived, summary: 'A payout was claimed' },
  'mining.payout-details-added': { schema: mining.PayoutDetailsAdded, summary: 'A further claim of a payout says more than those before' },
  'mining.payout-accepted': { schema: mining.PayoutAccepted, summary: 'A claimed payout passed its checks' },
  'mining.payout-held': { schema: mining.PayoutHeld, summary: 'A claimed payout waits for an officer' },
  'mining.payout-rejected': { schema: mining.PayoutRejected, summary: 'An officer rejected a payout' },
  'mining.conflict-raised': { schema: intake.ConflictRaised, summary: 'A known payout id came with other content' },
};
const MINING_EARNINGS: Record<keyof MiningEarningsEvents, Described> = {
  'mining.earnings-reported': { schema: earnings.EarningsReported, summary: 'A pool says what an account earned on a day' },
  'mining.earnings-judged': { schema: earnings.EarningsJudged, summary: 'Reported earnings were held against what the chain says they should be' },
  'mining.chain-day-recorded': { schema: earnings.ChainDayRecorded, summary: 'Difficulty, subsidies and fees of a day, brought in by an officer' },
};
const MINING_ACCOUNT_TERMS: Record<keyof MiningAccountTermsEvents, Described> = {
  'mining.pool-account-terms-set': { schema: terms.PoolAccountTermsSet, summary: 'The pool\'s fee, or the hash rate behind an account, from a day on' },
  'mining.earnings-corrected': { schema: terms.EarningsCorrected, summary: 'A pool corrected what it had said of a day' },
};
const MINING_REGISTERS: Record<keyof MiningRegisterEvents, Described> = {
  'mining.licence-amended': { schema: registers.LicenceAmended, summary: 'Terms of a licence change from a moment on' },
  'mining.licence-suspended': { schema: registers.LicenceSuspended, summary: 'A licence is suspended from a moment on' },
  'mining.licence-resumed': { schema: registers.LicenceResumed, summary: 'A suspension ends at a moment' },
  'mining.licence-revoked': { schema: registers.LicenceRevoked, summary: 'A licence is revoked from a moment on' },
  'mining.licence-act-annulled': { schema: registers.LicenceActAnnulled, summary: 'An earlier act over a licence is as if it had never been' },
  'mining.licence-expired': { schema: registers.LicenceExpired, summary: 'The clock passed the end of a licence\'s validity' },
  'mining.licence-expiry-withdrawn': { schema: registers.LicenceExpiryWithdrawn, summary: 'A late act shows that a licence had not expired' },
  'mining.licence-over-quota': { schema: registers.LicenceOverQuota, summary: 'A farm drew more in a month than its quota: it counts against the licence' },
  'mining.licence-within-quota': { schema: registers.LicenceWithinQuota, summary: 'A month that was over its quota no longer is' },
  'mining.farm-registered': { schema: registers.FarmRegistered, summary: 'A farm mines under a licence' },
  'mining.farm-amended': { schema: registers.FarmAmended, summary: 'A farm\'s energy source or meters change from a moment on' },
  'mining.farm-quota-set': { schema: registers.FarmQuotaSet, summary: 'A farm\'s energy quota from a moment on' },
  'mining.energy-reading-recorded': { schema: registers.EnergyReadingRecorded, summary: 'What a farm\'s meter showed over a period' },
  'mining.wallet-change-proposed': { schema: registers.WalletChangeProposed, summary: 'Someone proposes another payout wallet' },
  'mining.wallet-change-confirmed': { schema: registers.WalletChangeConfirmed, summary: 'Someone else confirmed another payout wallet: it cools off' },
  'mining.wallet-change-withdrawn': { schema: registers.WalletChangeWithdrawn, summary: 'A change of wallet was withdrawn before it had effect' },
  'mining.pool-account-suspended': { schema: registers.PoolAccountSuspended, summary: 'A pool account is suspended from a moment on' },
  'mining.pool-account-resumed': { schema: registers.PoolAccountResumed, summary: 'A pool account\'s suspension ends at a moment' },
};
const MINING_STATEMENTS: Record<keyof MiningStatementEvents, Described> = {
  'mining.statement-part-kept': { schema: statements.StatementPartKept, summary: 'A part of a long statement, verbatim' },
  'mining.statutory-entry-recorded': { schema: statements.StatutoryEntryRecorded, summary: 'A row of the statutory pool feed was recorded' },
  'mining.poll-advanced': { schema: statements.PollAdvanced, summary: 'A poller took everything a pool listed up to a moment' },
};
const CUSTODY: Record<keyof CustodyEvents, Described> = {
  'custody.vault-registered': { schema: custody.VaultRegistered, summary: 'A multisig vault is watched from now on' },
  'custody.address-assigned': { schema: custody.AddressAssigned, summary: 'A deposit address was given to a case or pool account' },
  'custody.block-connected': { schema: custody.BlockConnected, summary: 'A block of the best chain was followed' },
  'custody.block-disconnected': { schema: custody.BlockDisconnected, summary: 'A reorganisation removed a block' },
  'custody.deposit-seen': { schema: custody.DepositSeen, summary: 'An output that pays us is in a block' },
  'custody.deposit-confirmed': { schema: custody.DepositConfirmed, summary: 'A deposit is deep enough to count' },
  'custody.deposit-taken-back': { schema: custody.DepositTakenBack, summary: 'A reorganisation took a deposit\'s block away' },
  'custody.deposit-matched': { schema: custody.DepositMatched, summary: 'A deposit is the coins of a payout' },
  'custody.unapproved-spend-detected': { schema: custody.UnapprovedSpendDetected, summary: 'Coins moved without an approved transfer' },
  'custody.vault-frozen': { schema: custody.VaultFrozen, summary: 'A vault is frozen after an unapproved spend' },
  'custody.claim-registered': { schema: custody.ClaimRegistered, summary: 'An accepted payout waits for its output' },
  'custody.claim-disputed': { schema: custody.ClaimDisputed, summary: 'The chain does not show what a payout claims' },
  'custody.case-state-property-noted': { schema: custody.CaseStatePropertyNoted, summary: 'Custody knows that a case is state property' },
  'custody.journal-entry-posted': { schema: custody.JournalEntryPosted, summary: 'A balanced entry of the journal' },
};
const SCREENING: Record<keyof ScreeningEvents, Described> = {
  'intake.screening-requested': { schema: screening.ScreeningRequested, summary: 'Addresses of a deposit or case are to be screened' },
  'intake.screening-recorded': { schema: screening.ScreeningRecorded, summary: 'What screening found of a deposit or case' },
  'intake.screening-decision-given': { schema: screening.ScreeningDecisionGiven, summary: 'One compliance officer\'s word on findings' },
  'intake.screening-decided': { schema: screening.ScreeningDecided, summary: 'Two compliance officers decided on findings' },
  'intake.screening-entries-kept': { schema: screening.ScreeningEntriesKept, summary: 'Part of a screening list\'s entries' },
  'intake.screening-list-updated': { schema: screening.ScreeningListUpdated, summary: 'A screening list has a new version' },
  'intake.screening-type-unknown': { schema: screening.ScreeningTypeUnknown, summary: 'A screening list has a type of address never seen before' },
  'intake.screening-rescreened': { schema: screening.ScreeningRescreened, summary: 'Everything known was compared with a new version of a list' },
};
const CUSTODY_SCREENING: Record<keyof CustodyScreeningEvents, Described> = {
  'custody.screening-noted': { schema: screening.ScreeningNoted, summary: 'Custody knows whether a deposit is held for screening' },
};
const CUSTODY_CASES: Record<keyof CustodyCaseEvents, Described> = {
  'custody.case-effect-noted': { schema: custodyCases.CaseEffectNoted, summary: 'Custody knows of an act over an asset of a case' },
  'custody.case-effect-undone': { schema: custodyCases.CaseEffectUndone, summary: 'Custody knows that an act over a case\'s coins is taken back' },
};
const OPERATIONS: Record<keyof (OperationsEvents & PipelineEvents & PublisherEvents), Described> = {
  'operations.dead-letter-noted': { schema: operations.DeadLetterNoted, summary: 'A message that a consumer group put aside is in the register' },
  'operations.dead-letter-replay-requested': { schema: operations.DeadLetterReplayRequested, summary: 'An operator sends a dead letter back to its group' },
  'operations.dead-letter-replayed': { schema: operations.DeadLetterReplayed, summary: 'The group took the replayed message: its effect is durable' },
  'operations.dead-letter-refused-again': { schema: operations.DeadLetterRefusedAgain, summary: 'The group refused the replayed message too; the letter is open again' },
  'operations.dead-letter-discarded': { schema: operations.DeadLetterDiscarded, summary: 'An operator decided that a dead letter is never to take effect' },
  'pipeline.gap-found': { schema: pipeline.PipelineGapFound, summary: 'A consumer group met a message that does not follow the one before it' },
  'operations.publisher-registered': { schema: publishers.PublisherRegistered, summary: 'A publisher of signed messages is known, with what it may speak for' },
  'operations.publisher-remit-changed': { schema: publishers.PublisherRemitChanged, summary: 'A publisher may speak for something else from now on' },
  'operations.publisher-key-added': { schema: publishers.PublisherKeyAdded, summary: 'A publisher has a key to sign with' },
  'operations.publisher-key-ended': { schema: publishers.PublisherKeyEnded, summary: 'A publisher\'s key ends early, for another takes over' },
  'operations.publisher-key-revoked': { schema: publishers.PublisherKeyRevoked, summary: 'A publisher\'s key counts no longer from a moment on' },
  'pipeline.gap-repaired': { schema: pipeline.PipelineGapRepaired, summary: 'What was missing was read from the event store and handled' },
};

function describe(owner: EventDescription['owner'], topic: TopicName, map: Record<string, Described>): EventDescription[] {
  return Object.entries(map).map(([type, described]) => ({ type: type as EventType, version: 1, owner, topic, ...described }));
}

export const EVENT_CATALOGUE: readonly EventDescription[] = [
  ...describe('intake', TOPICS.intakeEvents, INTAKE),
  ...describe('intake', TOPICS.intakeEvents, SCREENING),
  ...describe('intake', TOPICS.intakeEvents, ACQUISITIONS),
  ...describe('mining', TOPICS.miningEvents, MINING),
  ...describe('mining', TOPICS.miningEvents, MINING_EARNINGS),
  ...describe('mining', TOPICS.miningEvents, MINING_ACCOUNT_TERMS),
  ...describe('mining', TOPICS.miningEvents, MINING_REGISTERS),
  ...describe('mining', TOPICS.miningEvents, MINING_STATEMENTS),
  ...describe('custody', TOPICS.custodyEvents, CUSTODY),
  ...describe('custody', TOPICS.custodyEvents, CUSTODY_SCREENING),
  ...describe('custody', TOPICS.custodyEvents, CUSTODY_CASES),
  ...describe('operations', TOPICS.operationsEvents, OPERATIONS),
];

export interface UpstreamDescription {
  readonly messageType: string;
  readonly schema: MessageClass;
  readonly topic: TopicName;
  readonly readBy: 'intake' | 'mining-ingest';
  readonly summary: string;
}

export const UPSTREAM_CATALOGUE: readonly UpstreamDescription[] = [
  { messageType: SEIZURE_FACT_TYPE, schema: SeizureFact, topic: TOPICS.seizureFacts, readBy: 'intake', summary: 'One legal fact over one case' },
  { messageType: ACQUISITION_FACT_TYPE, schema: AcquisitionFact, topic: TOPICS.acquisitions, readBy: 'intake', summary: 'One fact over a purchase or a donation campaign' },
  { messageType: MINING_PAYOUT_TYPE, schema: PayoutClaim, topic: TOPICS.miningPayouts, readBy: 'mining-ingest', summary: 'A payout that a pool says it made' },
  { messageType: MINING_EARNINGS_TYPE, schema: EarningsClaim, topic: TOPICS.miningEarnings, readBy: 'mining-ingest', summary: 'What a pool says an account earned on a day' },
  { messageType: ENERGY_READING_TYPE, schema: EnergyReading, topic: TOPICS.regulatorMessages, readBy: 'mining-ingest', summary: 'What a farm\'s meter showed over a period' },
  { messageType: LICENCE_ACT_TYPE, schema: LicenceAct, topic: TOPICS.regulatorMessages, readBy: 'mining-ingest', summary: 'An act of the regulator over a licence' },
];

/** CloudEvents type of an event on its topic. */
export function messageTypeOf(type: string, version: number): string {
  return `qazyna.${type}.v${version}`;
}

const BY_MESSAGE_TYPE = new Map<string, MessageClass>([
  ...EVENT_CATALOGUE.map((event): [string, MessageClass] => [messageTypeOf(event.type, event.version), event.schema]),
  ...UPSTREAM_CATALOGUE.map((message): [string, MessageClass] => [message.messageType, message.schema]),
]);

/** The class whose rules a message of this CloudEvents type must meet. */
export function schemaOf(messageType: string): MessageClass | undefined {
  return BY_MESSAGE_TYPE.get(messageType);
}

const UPSTREAM_TYPES: ReadonlySet<string> = new Set(UPSTREAM_CATALOGUE.map(({ messageType }) => messageType));

/** Whether outsiders send messages of this type. */
export function isUpstream(messageType: string): boolean {
  return UPSTREAM_TYPES.has(messageType);
}

/** Every event stream there is: who owns it and how its name is made. A stream's name comes from its input's identity. */
export const STREAM_PREFIXES = {
  intake: ['case-', 'seizure-fact-', 'intake-conflict-', 'screening-', 'purchase-', 'campaign-', 'donation-'],
  mining: ['licence-', 'pool-account-', 'statement-', 'payout-', 'mining-conflict-', 'statutory-', 'pool-poll-', 'earnings-', 'network-day-', 'farm-', 'energy-'],
  custody: ['vault-', 'chain-', 'deposit-', 'claim-', 'custody-case-', 'custody-screening-', 'journal'],
  operations: ['dead-letter-', 'pipeline-gap-', 'publisher-'],
} as const;

export const streamOf = {
  case: (caseId: string): string => `case-${caseId}`,
  seizureFact: (factId: string): string => `seizure-fact-${factId}`,
  intakeConflict: (id: string): string => `intake-conflict-${id}`,
  /** Screening of one deposit or case: `deposit.<txid>.<vout>`, `case.<case id>`. */
  screeningSubject: (subjectId: string): string => `screening-subject-${subjectId}`,
  /** Versions of one screening list. */
  screeningList: (list: string): string => `screening-list-${list}`,
  /** Entries of one version, named by their own hash. */
  screeningContent: (sha256: string): string => `screening-content-${sha256}`,
  purchase: (orderId: string): string => `purchase-${orderId}`,
  campaign: (campaignId: string): string => `campaign-${campaignId}`,
  donation: (donationId: string): string => `donation-${donationId}`,
  licence: (licenceId: string): string => `licence-${licenceId}`,
  poolAccount: (poolAccountId: string): string => `pool-account-${poolAccountId}`,
  statement: (sha256: string): string => `statement-${sha256}`,
  payout: (payoutId: string): string => `payout-${payoutId}`,
  /** A row of the statutory feed: `pool.account~sequence`. */
  statutory: (entryId: string): string => `statutory-${entryId}`,
  /** How far a poller has got: `pool.account~rows`. */
  poolPoll: (pollId: string): string => `pool-poll-${pollId}`,
  /** A day's earnings of an account: `pool.account~day[~reference]`. */
  earnings: (earningsId: string): string => `earnings-${earningsId}`,
  /** Days judged together: `pool.account~first day+days`. */
  earningsWindow: (windowId: string): string => `earnings-window-${windowId}`,
  /** What the chain says of one UTC day: `network~day`. */
  chainDay: (id: string): string => `network-day-${id}`,
  farm: (farmId: string): string => `farm-${farmId}`,
  /** What a farm's meters showed in one of its months. */
  energy: (farmId: string, month: string): string => `energy-${farmId}.${month}`,
  miningConflict: (id: string): string => `mining-conflict-${id}`,
  vault: (vaultId: string): string => `vault-${vaultId}`,
  chain: (network: string): string => `chain-${network}`,
  deposit: (depositId: string): string => `deposit-${depositId}`,
  claim: (payoutId: string): string => `claim-${payoutId}`,
  custodyCase: (caseId: string): string => `custody-case-${caseId}`,
  /** What custody was told of a deposit's screening. */
  custodyScreening: (depositId: string): string => `custody-screening-${depositId}`,
  /** One asset of a case, as custody knows it: a case of ten thousand assets is ten thousand short streams. */
  custodyCaseAsset: (caseId: string, assetId: string): string => `custody-case-${caseId}~${assetId}`,
  /** Life of a message that a consumer group put aside. */
  deadLetter: (letterId: string): string => `dead-letter-${letterId}`,
  /** A message that did not follow the one before it, and its repair. */
  pipelineGap: (gapId: string): string => `pipeline-gap-${gapId}`,
  /** A publisher of signed messages: its keys and its remit. */
  publisher: (publisherId: string): string => `publisher-${publisherId}`,
  /** The one stream of balances; only custody's journal writer appends to it. */
  journal: 'journal',
} as const;

/** What the workload must reach over a few hundred seeds: each command with each of its outcomes. */
export const OUTCOMES: readonly string[] = Object.entries({
  'register-vault': ['accepted', 'vault-conflict', 'vault-keys-in-use', 'vault-keys-of-another-class', 'descriptor-checksum-missing', 'descriptor-checksum', 'validation-failed', 'json-duplicate-name', 'json-malformed'],
  'assign-address': ['accepted', 'vault-not-found', 'purpose-id-invalid', 'vault-class-unsuitable', 'licence-not-of-a-case', 'licence-required', 'purpose-conflict', 'validation-failed'],
  'assign-late-address': ['accepted', 'vault-frozen'],
  'issue-licence': ['accepted', 'duplicate', 'licence-conflict', 'licence-validity', 'validation-failed'],
  'suspend-licence': ['accepted', 'duplicate'],
  'resume-licence': ['accepted', 'duplicate'],
  'amend-licence': ['accepted', 'duplicate'],
  'register-farm': ['accepted', 'duplicate'],
  'set-quota': ['accepted', 'duplicate'],
  'report-reading': ['accepted', 'duplicate'],
  'register-pool-account': ['accepted', 'duplicate', 'licence-unknown', 'pool-account-conflict', 'address-network', 'address-checksum', 'validation-failed'],
  'hand-in-statement': ['pool-unknown', 'pool-account-unknown', 'statement-not-json', 'statement-shape', 'statement-refused-by-pool', 'row-shape', 'row-time', 'malformed', 'row-invalid', 'validation-failed', 'row-not-json', 'statement-not-csv', 'row-columns', 'row-other-account', 'statement-names-persons', 'too-precise', 'information', 'recorded'],
  'claim-payout': ['accepted', 'duplicate', 'held', 'payout-conflict', 'asset-unknown', 'asset-not-mined', 'address-network', 'address-checksum', 'address-format', 'validation-failed', 'unexpected-message-type', 'json-malformed', 'unsupported-media-type', 'signature-malformed', 'signature-key-unknown', 'signature-invalid', 'signature-other-message', 'signature-from-future', 'signature-key-expired', 'signature-key-not-yet-valid', 'signature-key-revoked', 'signature-outside-remit'],
  'register-publisher': ['accepted'],
  'add-publisher-key': ['accepted'],
  'revoke-publisher-key': ['accepted'],
  'decide-payout': ['accepted', 'rejected', 'payout-unknown', 'payout-not-held', 'payout-not-releasable', 'validation-failed'],
  'publish-fact': [
    'accepted', 'duplicate', 'held', 'fact-conflict', 'case-released', 'case-already-reported', 'act-superseded', 'too-many-held-acts', 'assets-missing', 'effect-too-late',
    'lapse-not-allowed', 'lapse-before-effect', 'restriction-too-long', 'location-incomplete', 'asset-unknown', 'address-network', 'validation-failed', 'unexpected-message-type', 'missing-attribute',
    'signature-malformed', 'signature-key-unknown', 'signature-invalid', 'signature-other-message', 'signature-from-future', 'signature-key-expired', 'signature-key-not-yet-valid', 'signature-key-revoked', 'signature-outside-remit',
  ],
  'publish-acquisition': ['accepted', 'duplicate', 'held', 'acquisition-conflict'],
  'decide-purchase-part': ['counted', 'rejected', 'part-not-held', 'part-unknown'],
  'decide-donation': ['accepted', 'rejected', 'donation-not-held', 'hold-not-waivable'],
  'hand-in-list': ['updated'],
  'decide-screening': ['accepted', 'same-officer', 'screening-already-decided'],
  'report-earnings': ['accepted', 'duplicate', 'earnings-conflict'],
  'record-chain-day': ['accepted', 'duplicate', 'chain-day-conflict'],
  'set-terms': ['accepted', 'duplicate'],
  'find-coins': ['accepted', 'duplicate'],
  'freeze-token': ['accepted', 'duplicate'],
  'lift-freeze': ['accepted', 'duplicate'],
  'propose-wallet': ['accepted', 'duplicate'],
  'confirm-wallet': ['accepted', 'duplicate', 'forbidden-own-proposal'],
  'withdraw-wallet': ['accepted', 'duplicate'],
  'authorise': ['unauthenticated', 'token-malformed', 'token-untrusted', 'token-expired', 'token-claims', 'forbidden'],
  'hold': ['txid-malformed', 'pool-account-unknown', 'asset-mismatch', 'wallet-not-registered', 'wallet-cooling', 'licence-mismatch', 'licence-expired'],
  'dispute': ['claim-amount-differs', 'claim-address-differs', 'claim-output-not-ours', 'deposit-already-matched', 'claim-ambiguous', 'claim-account-differs'],
  'dead-letter': ['payout-conflict', 'fact-conflict', 'invalid-json', 'invalid-message', 'missing-data', 'act-superseded', 'case-released', 'signature-malformed', 'signature-key-unknown', 'signature-invalid', 'signature-other-message', 'signature-from-future', 'signature-key-expired', 'signature-key-not-yet-valid', 'signature-key-revoked', 'signature-outside-remit'],
  'event': [
    'custody.vault-registered', 'custody.address-assigned', 'custody.block-connected', 'custody.block-disconnected', 'custody.deposit-seen', 'custody.deposit-confirmed', 'custody.deposit-taken-back',
    'custody.deposit-matched', 'custody.unapproved-spend-detected', 'custody.vault-frozen', 'custody.claim-registered', 'custody.claim-disputed', 'custody.case-state-property-noted', 'custody.case-effect-noted', 'custody.case-effect-undone', 'custody.screening-noted', 'custody.journal-entry-posted',
    'intake.fact-received', 'intake.fact-refused', 'intake.act-applied', 'intake.act-held', 'intake.act-overtaken', 'intake.case-became-state-property', 'intake.case-released',
    'intake.asset-status-changed', 'intake.asset-became-state-property', 'intake.asset-state-property-reversed', 'intake.asset-outside-decision', 'intake.asset-released', 'intake.asset-returned-to-victim', 'intake.asset-sold', 'intake.coins-inherited', 'intake.token-frozen-by-issuer', 'intake.token-freeze-lifted', 'intake.conflict-raised',
    'intake.screening-list-updated', 'intake.screening-requested', 'intake.screening-recorded', 'intake.screening-decision-given', 'intake.screening-decided', 'intake.purchase-ordered', 'intake.purchase-filled', 'intake.purchase-settled', 'intake.purchase-part-held', 'intake.purchase-part-decided', 'intake.acquisition-conflict-raised',
    'intake.campaign-opened', 'intake.donation-reported', 'intake.donation-accepted', 'intake.donation-held', 'intake.donation-decided',
    'mining.licence-issued', 'mining.licence-suspended', 'mining.licence-resumed', 'mining.licence-amended', 'mining.licence-expired', 'mining.licence-over-quota', 'mining.licence-within-quota',
    'mining.farm-registered', 'mining.farm-quota-set', 'mining.energy-reading-recorded', 'mining.pool-account-registered', 'mining.earnings-reported', 'mining.earnings-corrected', 'mining.earnings-judged', 'mining.chain-day-recorded', 'mining.pool-account-terms-set', 'mining.wallet-change-proposed', 'mining.wallet-change-confirmed', 'mining.wallet-change-withdrawn', 'mining.statement-received', 'mining.payout-received', 'mining.payout-details-added', 'mining.payout-accepted', 'mining.payout-held', 'mining.payout-rejected', 'mining.conflict-raised',
    'operations.publisher-registered', 'operations.publisher-key-added', 'operations.publisher-key-revoked',
  ],
  'entry': ['deposit', 'identification', 'reclassification', 'compensation', 'screening'],
}).flatMap(([command, outcomes]) => outcomes.map((outcome) => `${command}: ${outcome}`));

export function missingOutcomes(reached: Readonly<Record<string, number>>): readonly string[] {
  return OUTCOMES.filter((outcome) => reached[outcome] === undefined);
}

/** A table of commands and outcomes, then of faults, with how often each was reached. */
export function coverageLines(outcomes: Readonly<Record<string, number>>, faults: Readonly<Record<string, number>>): readonly string[] {
  const grouped = (counts: Readonly<Record<string, number>>): string[] => {
    const groups = new Map<string, string[]>();
    for (const [name, times] of Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1))) {
      const [group = '', outcome = ''] = name.split(': ');
      groups.set(group, [...(groups.get(group) ?? []), `${outcome === '' ? '' : `${outcome} `}${times}`]);
    }
    return [...groups].map(([group, list]) => `  ${group.padEnd(24)} ${list.join(', ')}`);
  };
  const missing = missingOutcomes(outcomes);
  return ['commands and outcomes', ...grouped(outcomes), 'faults', ...grouped(faults), ...(missing.length === 0 ? [] : [`never reached (${missing.length})`, ...missing.map((name) => `  ${name}`)])];
}

import type { Bug } from './bug.js';

/** Mistakes on purpose. The simulator must find each of them within 200 seeds. */
export const BUGS: readonly Bug[] = [
  {
    name: 'acknowledge-before-append',
    what: 'a licence is confirmed to its sender before it is durable',
    file: 'services/mining-ingest/src/licences/licences.service.ts',
    find: 'const outcome = await handleCommand(',
    replace: `void handleCommand(this.store, licenceDecider, { stream: streamOf.licence(application.licenceId), command: { kind: 'issue', application }, commandId: \`issue:\${contentHash(application)}\`, metadata, expectNew: true }).catch(() => undefined);
    if (application.licenceId !== '') return { status: 'accepted' };
    const outcome = await handleCommand(`,
  },
  {
    name: 'acknowledge-message-before-append',
    what: 'a batch of payouts is acknowledged to the bus while its appends are under way',
    file: 'services/mining-ingest/src/payouts/payouts.consumer.ts',
    find: `(admitted) =>
        this.payouts.receive(`,
    replace: `(admitted) =>
        ((offered: Parameters<PayoutsService['receive']>[0]): ReturnType<PayoutsService['receive']> => {
          void this.payouts.receive(offered).catch(() => undefined);
          return Promise.resolve(offered.map(() => ({ status: 'accepted' as const, payoutId: '' })));
        })(`,
  },
  {
    name: 'revocation-from-memory',
    what: 'a publisher that was looked up once is believed to be as it was',
    file: 'libs/service-kit/src/publishers/publisher-directory.ts',
    find: 'for await (const page of this.store.readStream(',
    replace: 'if (known === undefined) for await (const page of this.store.readStream(',
  },
  {
    name: 'accepted-once-refused-later',
    what: 'a message that was accepted is refused when it comes again after its key was revoked',
    file: 'libs/service-kit/src/publishers/upstream-signatures.ts',
    find: 'if (PASSING_REFUSALS.has(refusal.code) && (await known()))',
    replace: 'if (PASSING_REFUSALS.size === 0 && (await known()))',
  },
  {
    name: 'signature-of-another-message',
    what: 'a genuine signature counts on whatever message it is put',
    file: 'libs/service-kit/src/publishers/upstream-signatures.ts',
    find: 'otherMessage(signature, event) ??',
    replace: '',
  },
  {
    name: 'share-ignored',
    what: 'of an asset that was confiscated in part, the whole becomes state property',
    file: 'services/custody/src/cases/effects.ts',
    find: 'return (amount * numerator) / denominator;',
    replace: 'return denominator === 0n ? numerator : amount;',
  },
  {
    name: 'reversal-of-an-asset-unheard',
    what: 'custody does not act on an appeal over a single asset',
    file: 'services/custody/src/cases/case-words.ts',
    find: `case 'intake.asset-state-property-reversed':
      return {`,
    replace: `case 'intake.asset-state-property-reversed':
      return data.assetId !== '' ? undefined : {`,
  },
  {
    name: 'outside-the-decision-unheard',
    what: 'custody does not hear that a decision over the whole case is not about an asset that was reported later',
    file: 'services/custody/src/cases/case-words.ts',
    find: `case 'intake.asset-outside-decision':
      return {`,
    replace: `case 'intake.asset-outside-decision':
      return data.assetId !== '' ? undefined : {`,
  },
  {
    name: 'whole-case-of-one-asset',
    what: 'a decision is one over the whole case when one of its assets was decided',
    file: 'services/intake/src/seizures/case-effects.ts',
    find: '[...lives].every(([assetId, { effects }]) =>',
    replace: '[...lives].some(([assetId, { effects }]) =>',
  },
  {
    name: 'cooling-off-skipped',
    what: 'payouts go to a new wallet as soon as its change is confirmed',
    file: 'services/mining-ingest/src/pools/pool-account-timeline.ts',
    find: "return { kind: 'cooling', from: ahead.from };",
    replace: "return { kind: 'current' };",
  },
  {
    name: 'wallet-changed-alone',
    what: 'who proposed a change of wallet may confirm it',
    file: 'services/mining-ingest/src/pools/pool-account.ts',
    find: 'if (proposal.proposedBy.subject === by.subject) return',
    replace: "if (changeId === '') return",
  },
  {
    name: 'settled-beyond-what-was-bought',
    what: 'a settlement counts although less was bought than it delivers',
    file: 'services/intake/src/acquisitions/purchase.ts',
    find: "return over > 0n ? { code: 'settles-more-than-filled'",
    replace: "return over > 10n ** 30n ? { code: 'settles-more-than-filled'",
  },
  {
    name: 'agreed-fee-forgotten',
    what: 'what a pool owes is reckoned without the fee that was agreed with it',
    file: 'services/mining-ingest/src/plausibility/expected-earnings.ts',
    find: 'return fractions.times(amount, { n: PPM - BigInt(feePpm), d: PPM });',
    replace: 'return feePpm < 0 ? fractions.times(amount, { n: PPM, d: PPM }) : amount;',
  },
  {
    name: 'judged-once',
    what: 'a day that was judged is not judged again when it is corrected or the chain is',
    file: 'services/mining-ingest/src/earnings/earnings.ts',
    find: 'return judgeAgain(command.judged, judged);',
    replace: 'return judged === undefined ? judgeAgain(command.judged, judged) : accept();',
  },
  {
    name: 'listed-but-passed',
    what: 'coins of an address on the list are found clear',
    file: 'services/intake/src/screening/list-provider.adapter.ts',
    find: "return level === LISTED ? 'hold' : 'unknown';",
    replace: "return level === LISTED ? 'clear' : 'unknown';",
  },
  {
    name: 'new-list-not-compared',
    what: 'what was found clear is not compared with a new version of the list',
    file: 'services/intake/src/screening/screening.worker.ts',
    find: 'return found.basis === row.basis ? [] : [found];',
    replace: "return found.basis === row.basis || found.basis !== '' ? [] : [found];",
  },
  {
    name: 'one-officer-is-enough',
    what: 'a single officer releases what screening holds',
    file: 'services/intake/src/screening/screening-subject.ts',
    find: 'const agreeing = round.find(({ decision }) => decision === given.decision);',
    replace: 'const agreeing = round.find(({ decision }) => decision === given.decision) ?? given;',
  },
  {
    name: 'credited-while-held',
    what: 'coins that screening holds are credited to whom they would be due',
    file: 'services/custody/src/journal/deposit-entries.ts',
    find: '} else if (screening?.held === true) {',
    replace: '} else if (screening?.held === true && deposit.depositId === \'\') {',
  },
  {
    name: 'skip-dedupe',
    what: 'a payout that is known already is recorded again',
    file: 'services/mining-ingest/src/payouts/payout.ts',
    find: 'if (differing.length === 0) return accept();',
    replace: `if (differing.length === 0) return accept({ type: 'mining.payout-received', data: { payoutId, claim, contentHash, way } });`,
  },
  {
    name: 'conflict-ignored',
    what: 'the same payout id with other content is taken for a repetition',
    file: 'services/mining-ingest/src/payouts/payout.ts',
    find: 'if (differing.length === 0) return accept();',
    replace: 'if (differing.length >= 0) return accept();',
  },
  {
    name: 'conflict-not-raised',
    what: 'a conflicting fact is refused and shown to nobody',
    file: 'services/intake/src/seizures/seizures.service.ts',
    find: 'await this.raiseConflict(published, factId, hash);',
    replace: '',
  },
  {
    name: 'forget-the-reorganisation',
    what: 'deposits of an abandoned block are not taken back',
    file: 'services/custody/src/deposits/deposits.service.ts',
    find: 'await inChunks(gone, ({ depositId, blockHash }) =>',
    replace: 'await inChunks(gone.slice(gone.length), ({ depositId, blockHash }) =>',
  },
  {
    name: 'stray-deposits-stay',
    what: 'a deposit of a block that never became part of the chain is not looked for after a crash',
    file: 'services/custody/src/deposits/chain.worker.ts',
    find: 'await deposits.takeBack(strays as unknown as Live[], String(place));',
    replace: 'void strays;',
  },
  {
    name: 'maturity-off-by-one',
    what: 'an output counts one block too early',
    file: 'services/custody/src/custody.module.ts',
    find: 'confirmations: config.confirmations, screens',
    replace: 'confirmations: config.confirmations - 1, screens',
  },
  {
    name: 'confirmations-overcounted',
    what: 'the number of confirmations that is recorded is one too high',
    file: 'services/custody/src/deposits/confirmations.ts',
    find: 'return Math.max(0, tipHeight - height + 1);',
    replace: 'return Math.max(0, tipHeight - height + 2);',
  },
  {
    name: 'confirmed-one-block-late',
    what: 'the follower looks for deep outputs one block too low',
    file: 'services/custody/src/deposits/chain.worker.ts',
    find: '.all(tip.height - confirmations + 1,',
    replace: '.all(tip.height - confirmations,',
  },
  {
    name: 'interclass-leg-dropped',
    what: 'state property is booked in the reserve and not taken from what is held in trust',
    file: 'services/custody/src/journal/deposit-entries.ts',
    find: `        { account: account.heldCase(caseId), asset, amount },
        { account: account.dueTo('held-in-trust', 'reserve'), asset, amount: -amount },
`,
    replace: '',
  },
  {
    name: 'compensation-forgotten',
    what: 'what was posted for an output that left the chain is not compensated',
    file: 'services/custody/src/journal/deposit-entries.ts',
    find: 'if (stale.length > 0) return',
    replace: 'if (stale.length > 1000) return',
  },
  {
    name: 'relay-skips-one',
    what: 'the relay goes on one event after its checkpoint',
    file: 'libs/messaging/src/relay/relay.ts',
    find: '{ after: this.relayed }),',
    replace: "{ after: String(Number(this.relayed) + 1).padStart(12, '0') as Position }),",
  },
  {
    name: 'relay-checkpoint-before-publish',
    what: 'the relay saves its checkpoint before the bus has the events',
    file: 'libs/messaging/src/relay/relay.ts',
    find: "if (message.kind === 'events') await this.publish(message.events, chain);",
    replace: "await checkpoints.save(name, position);\n    if (message.kind === 'events') await this.publish(message.events, chain);",
  },
  {
    name: 'dead-letter-not-awaited',
    what: 'a refused message is acknowledged before its dead letter is durable',
    file: 'libs/messaging/src/delivery/batch-processor.ts',
    find: 'await bus.publish(deadLetterTopic, letters);',
    replace: 'void bus.publish(deadLetterTopic, letters).catch(() => undefined);',
  },
  {
    name: 'view-place-outside-transaction',
    what: "a read model's place in the log is written after the transaction that applied the events",
    file: 'libs/service-kit/src/read-models/read-model-file.ts',
    find: `    this.transaction(() => {
      work();
      this.run('UPDATE read_model SET position = ?, mark_after = ?, mark_position = ?, mark_id = ?', position, mark.after ?? null, mark.position, mark.id);
    });`,
    replace: `    this.transaction(work);
    this.run('UPDATE read_model SET position = ?, mark_after = ?, mark_position = ?, mark_id = ?', position, mark.after ?? null, mark.position, mark.id);`,
  },
  {
    name: 'posting-counted-twice',
    what: "reporting's view adds each posting twice",
    file: 'services/reporting/src/projections/journal.view.ts',
    find: "(BigInt(known ?? '0') + BigInt(amount)).toString()",
    replace: "(BigInt(known ?? '0') + BigInt(amount) * 2n).toString()",
  },
  {
    name: 'wrong-class',
    what: 'coins of a case are booked as unidentified',
    file: 'services/custody/src/journal/deposit-entries.ts',
    find: 'return account.heldCase(purpose.id);',
    replace: 'return account.unidentified(vaultClass, vaultId);',
  },
  {
    name: 'alarm-forgotten',
    what: 'a spend that nobody approved freezes the vault and raises no alarm',
    file: 'services/custody/src/deposits/chain.worker.ts',
    find: 'await deposits.spend(depositId, spentBy, block.height);',
    replace: '',
  },
  {
    name: 'held-act-forgotten',
    what: 'an act that waited is not applied when the one before it comes',
    file: 'services/intake/src/seizures/asset-life.ts',
    find: 'this.applyWaiting();',
    replace: '',
  },
  {
    name: 'output-matched-twice',
    what: 'an output that is the coins of one payout is given to another as well',
    file: 'services/custody/src/deposits/deposit.ts',
    find: "return refuse('deposit-already-matched',",
    replace: "if (payoutId === '') return refuse('deposit-already-matched',",
  },
  {
    name: 'acts-in-order-of-arrival',
    what: 'of two acts over a licence the one that arrived last counts, not the one that took effect last',
    file: 'services/mining-ingest/src/licences/licence-timeline.ts',
    find: '.sort((a, b) => Date.parse(a.effectiveAt) - Date.parse(b.effectiveAt) || STRICTNESS[a.act] - STRICTNESS[b.act] || (a.actId < b.actId ? -1 : 1));',
    replace: ';',
  },
  {
    name: 'corrected-reading-counts',
    what: 'a reading that a correction replaces still counts against the quota',
    file: 'services/mining-ingest/src/energy/energy-month.ts',
    find: 'if (!replacedBy.has(reading.readingId)) yield reading;',
    replace: 'yield reading;',
  },
];

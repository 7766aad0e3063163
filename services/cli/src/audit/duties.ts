import { ACQUISITION_FACT_TYPE, catalogueValidator, contentHash, ENERGY_READING_TYPE, LICENCE_ACT_TYPE, messageTypeOf, MINING_EARNINGS_TYPE, MINING_PAYOUT_TYPE, payoutIdOf, poolAccountIdOf, SEIZURE_FACT_TYPE, TOPICS } from '@qazyna/contracts';
import type {
  AcquisitionFact, AssetEffect, CaseBecameStateProperty, CaseEffectNoted, ClaimRegistered, DepositSeen, EarningsClaim, EarningsReported, EnergyReading, FactReceived, LicenceAct, PayoutAccepted, PayoutClaim, PayoutReceived, ScreeningRecorded, SeizureFact,
} from '@qazyna/contracts';
import { uuidV5, type RecordedEvent } from '@qazyna/event-store';

/**
 * What "consumed" means, for each consumer: not that its offset moved, but that the streams hold the effect the message
 * must have. A duty is what one message demands; a proof is what one recorded event shows to be done. Both are written
 * here from the contracts alone, and share no code with the services.
 */

/** Something a consumer must have brought about: that it is there, and that it says what the message said. */
export interface Effect {
  readonly key: string;
  readonly content: string;
}

/** One message, from the topic or as the event it will be. */
export interface Told {
  /** CloudEvents type. */
  readonly type: string;
  readonly source: string;
  readonly id: string;
  readonly data: unknown;
}

export interface ConsumerDuties {
  /** The consumer group. */
  readonly group: string;
  readonly topic: string;
  /** Other types are none of its business. */
  readonly types: readonly string[];
  /** Every one of these must be proven, unless the message is dead-lettered. `invalid`: it must be dead-lettered. */
  readonly duties: (message: Told) => readonly Effect[] | 'invalid';
  /** Streams whose events prove that it did. */
  readonly provenIn: readonly string[];
  readonly proofs: (event: RecordedEvent) => readonly Effect[];
  /** The effect's key, when the event says itself that it came over the topic: then its message must be there. */
  readonly cameOverTopic?: (event: RecordedEvent) => string | undefined;
}

/** Namespace of fact ids, fixed for ever: streams are named by them. */
const FACT_NAMESPACE = '5a8f6c1e-3f0d-5d6b-8f57-0c1d6a7e2b94';
const ACCEPTED = messageTypeOf('mining.payout-accepted', 1);
const STATE_PROPERTY = messageTypeOf('intake.case-became-state-property', 1);
const SCREENING_RECORDED = messageTypeOf('intake.screening-recorded', 1);
const SCREENING_DECIDED = messageTypeOf('intake.screening-decided', 1);
const DEPOSIT_SEEN = messageTypeOf('custody.deposit-seen', 1);
const ACT_APPLIED = messageTypeOf('intake.act-applied', 1);
/** Effects on single assets, by the type of the message that tells them. */
const ASSET_EFFECTS: ReadonlyMap<string, string> = new Map([
  [messageTypeOf('intake.asset-became-state-property', 1), 'state-property'],
  [messageTypeOf('intake.asset-released', 1), 'released'],
  [messageTypeOf('intake.asset-returned-to-victim', 1), 'returned-to-victim'],
  [messageTypeOf('intake.asset-sold', 1), 'sold'],
]);
const NONE: readonly Effect[] = [];

/** The fields of an accepted payout that its claim must repeat. */
function claimed({ payoutId, poolAccountId, licenceId, asset, amount, address, txid, outputIndex, paidAt }: PayoutAccepted): Effect {
  return { key: `claim ${payoutId}`, content: JSON.stringify([poolAccountId, licenceId, asset, amount, address, txid, outputIndex ?? null, paidAt]) };
}

/** The fields that every way of reporting a payout states. What only some state may differ without a contradiction. */
function received(payoutId: string, { asset, amount, address, txid }: PayoutClaim): Effect {
  return { key: `payout ${payoutId}`, content: JSON.stringify([asset, amount, address, txid]) };
}

/** Of a body as the service takes it in: checked, and with its amounts as text. Undefined where it may not be taken in. */
function checked<Body>({ type, data }: Told): Body | undefined {
  const verdict = catalogueValidator.validate(type, data);
  return verdict.ok ? (verdict.value as Body) : undefined;
}

export const CONSUMERS: readonly ConsumerDuties[] = [
  {
    group: 'custody',
    topic: TOPICS.miningEvents,
    types: [ACCEPTED],
    duties: ({ data }) => [claimed(data as PayoutAccepted)],
    provenIn: ['claim-'],
    proofs: ({ type, data }) => (type === 'custody.claim-registered' ? [claimed(data as unknown as ClaimRegistered)] : NONE),
  },
  {
    group: 'custody',
    topic: TOPICS.intakeEvents,
    types: [STATE_PROPERTY, ...ASSET_EFFECTS.keys()],
    duties: ({ type, data }) => (type === STATE_PROPERTY ? [noted(data as CaseBecameStateProperty)] : assetEffect(type, data as AssetEffect)),
    provenIn: ['custody-case-'],
    proofs: ({ type, data }: RecordedEvent): readonly Effect[] => {
      if (type === 'custody.case-state-property-noted') return [noted(data as unknown as CaseBecameStateProperty)];
      return type === 'custody.case-effect-noted' ? [effectNoted(data as unknown as CaseEffectNoted)] : NONE;
    },
  },
  {
    group: 'custody-screening',
    topic: TOPICS.intakeEvents,
    types: [SCREENING_RECORDED, SCREENING_DECIDED],
    // A case's screening is none of custody's business.
    duties: ({ id, data }) => ((data as ScreeningRecorded).subjectId.startsWith('deposit.') ? [causedBy('screening told', id)] : NONE),
    provenIn: ['custody-screening-'],
    proofs: ({ type, metadata }) => (type === 'custody.screening-noted' ? [causedBy('screening told', metadata.causationId ?? '')] : NONE),
  },
  {
    group: 'intake',
    topic: TOPICS.custodyEvents,
    types: [DEPOSIT_SEEN],
    duties: ({ data }: Told): readonly Effect[] => {
      const { depositId, sources } = data as DepositSeen;
      return sources === undefined ? NONE : [{ key: `screening of deposit.${depositId}`, content: '' }];
    },
    provenIn: ['screening-subject-deposit.'],
    proofs: ({ type, data }) => (type === 'intake.screening-requested' ? [{ key: `screening of ${data['subjectId'] as string}`, content: '' }] : NONE),
  },
  {
    group: 'intake-screening',
    topic: TOPICS.intakeEvents,
    types: [ACT_APPLIED],
    // Whether addresses of cases are screened is a setting, which the streams do not tell.
    duties: () => NONE,
    provenIn: [],
    proofs: () => NONE,
  },
  {
    group: 'intake',
    topic: TOPICS.seizureFacts,
    types: [SEIZURE_FACT_TYPE],
    duties: (message: Told): readonly Effect[] | 'invalid' => {
      const fact = checked<SeizureFact>(message);
      if (fact === undefined) return 'invalid';
      const factId = uuidV5(FACT_NAMESPACE, `${message.source}\n${message.id}`);
      return [{ key: `fact ${factId}`, content: contentHash(fact) }, decided(factId)];
    },
    provenIn: ['seizure-fact-', 'case-'],
    proofs: ({ type, data }: RecordedEvent): readonly Effect[] => {
      if (type === 'intake.fact-received') {
        const { factId, contentHash: content } = data as unknown as FactReceived;
        return [{ key: `fact ${factId}`, content }];
      }
      if (type === 'intake.act-applied' || type === 'intake.act-held' || type === 'intake.fact-refused') return [decided((data as { readonly factId: string }).factId)];
      return NONE;
    },
  },
  {
    group: 'intake',
    topic: TOPICS.acquisitions,
    types: [ACQUISITION_FACT_TYPE],
    duties: (message: Told): readonly Effect[] | 'invalid' => {
      const fact = checked<AcquisitionFact>(message);
      return fact === undefined ? 'invalid' : [{ key: `acquisition ${contentHash(fact)}`, content: '' }];
    },
    provenIn: ['purchase-', 'campaign-', 'donation-'],
    proofs: ({ type, data }: RecordedEvent): readonly Effect[] => {
      const hash = type.startsWith('intake.') ? data['contentHash'] : undefined;
      return typeof hash === 'string' ? [{ key: `acquisition ${hash}`, content: '' }] : NONE;
    },
  },
  {
    group: 'mining-quotas',
    topic: TOPICS.miningEvents,
    types: [messageTypeOf('mining.energy-reading-recorded', 1), messageTypeOf('mining.farm-quota-set', 1)],
    // A look at a month that is within its quota leaves no trace.
    duties: () => NONE,
    provenIn: [],
    proofs: () => NONE,
  },
  {
    group: 'mining-registers',
    topic: TOPICS.regulatorMessages,
    types: [ENERGY_READING_TYPE, LICENCE_ACT_TYPE],
    duties: (message: Told): readonly Effect[] | 'invalid' => {
      if (message.type === LICENCE_ACT_TYPE) {
        const act = checked<LicenceAct>(message);
        return act === undefined ? 'invalid' : [licenceAct(act)];
      }
      const reading = checked<EnergyReading>(message);
      return reading === undefined ? 'invalid' : [energyReading(reading)];
    },
    provenIn: ['licence-', 'energy-'],
    proofs: ({ type, data }: RecordedEvent): readonly Effect[] => {
      if (type === 'mining.energy-reading-recorded') return [energyReading(data as unknown as EnergyReading)];
      return type.startsWith('mining.licence-') && typeof data['actId'] === 'string' ? [licenceAct(data as unknown as LicenceAct)] : NONE;
    },
  },
  {
    group: 'mining-earnings',
    topic: TOPICS.miningEarnings,
    types: [MINING_EARNINGS_TYPE],
    duties: (message: Told): readonly Effect[] | 'invalid' => {
      const claim = checked<EarningsClaim>(message);
      return claim === undefined ? 'invalid' : [earned({ ...claim, poolAccountId: poolAccountIdOf(claim.pool, claim.account) })];
    },
    provenIn: ['earnings-'],
    proofs: ({ type, data }: RecordedEvent): readonly Effect[] => (type === 'mining.earnings-reported' ? [earned(data as unknown as EarningsReported)] : NONE),
  },
  {
    group: 'mining-ingest',
    topic: TOPICS.miningPayouts,
    types: [MINING_PAYOUT_TYPE],
    duties: (message: Told): readonly Effect[] | 'invalid' => {
      const claim = checked<PayoutClaim>(message);
      return claim === undefined ? 'invalid' : [received(payoutIdOf(claim.pool, claim.account, claim.paymentId), claim)];
    },
    provenIn: ['payout-'],
    proofs: ({ type, data }: RecordedEvent): readonly Effect[] => {
      if (type !== 'mining.payout-received') return NONE;
      const { payoutId, claim } = data as unknown as PayoutReceived;
      return [received(payoutId, claim)];
    },
    cameOverTopic: ({ type, data }) => (type === 'mining.payout-received' && data['way'] === 'kafka' ? `payout ${data['payoutId'] as string}` : undefined),
  },
];

function noted({ caseId, decision, effectiveAt }: Pick<CaseBecameStateProperty, 'caseId' | 'decision' | 'effectiveAt'>): Effect {
  return { key: `custody-case ${caseId} ${decision.reference} ${effectiveAt}`, content: '' };
}

function licenceAct({ licenceId, actId }: Pick<LicenceAct, 'licenceId' | 'actId'>): Effect {
  return { key: `licence act ${licenceId} ${actId}`, content: '' };
}

/** By what was said of the day, so that rows of one day are told apart by their content. */
function earned({ poolAccountId, date, total, scheme, parts }: Pick<EarningsReported, 'poolAccountId' | 'date' | 'total' | 'scheme' | 'parts'>): Effect {
  return { key: `earnings ${poolAccountId} ${date} ${scheme} ${total} ${JSON.stringify(parts.map(({ part, amount }) => [part, amount]).sort())}`, content: '' };
}

function energyReading({ farmId, meterId, from, to, energyWh, revision }: EnergyReading): Effect {
  return { key: `reading ${farmId} ${meterId} ${new Date(from).toISOString()} ${revision ?? 0}`, content: JSON.stringify([new Date(to).toISOString(), energyWh]) };
}

/** What an event of one asset demands; what repeats for it an event of the whole case demands nothing. */
function assetEffect(type: string, { scope, caseId, assetId, factId, asset, share }: AssetEffect): readonly Effect[] {
  return scope === 'case' ? NONE : [effectNoted({ caseId, assetId, factId, asset, share, effect: ASSET_EFFECTS.get(type) ?? type })];
}

function effectNoted({ caseId, assetId, effect, factId, asset, share }: Pick<CaseEffectNoted, 'caseId' | 'assetId' | 'factId' | 'asset' | 'share'> & { readonly effect: string }): Effect {
  return { key: `custody-case ${caseId} ${assetId ?? ''} ${effect} ${factId}`, content: JSON.stringify([asset ?? null, share.numerator, share.denominator]) };
}

/** The case has had its say: the act applies, waits, or is refused. */
function decided(factId: string): Effect {
  return { key: `decided ${factId}`, content: '' };
}

/** What a message led to, found by the message it names as its cause. */
function causedBy(what: string, messageId: string): Effect {
  return { key: `${what} ${messageId}`, content: '' };
}

import { Inject, Injectable } from '@nestjs/common';
import { contentHash, poolAccountIdOf, streamOf, type EarningsClaim, type EarningsJudged, type EarningsReported, type PoolAccountRegistered, type SignedMessage } from '@qazyna/contracts';
import { conflictDecider } from '@qazyna/contracts/conflict';
import { handleCommand, loadState, type EventMetadata, type EventStore, type Refusal } from '@qazyna/event-store';
import { EVENT_STORE } from '@qazyna/service-kit';
import type { EarningsReport, EarningsReporter, EarningsResult } from '../earnings-reporter.token.js';
import { isDay } from '../plausibility/chain-day.js';
import { follows } from '../plausibility/judgement.js';
import { poolAccountDecider } from '../pools/pool-account.js';
import { differingFields, earningsDecider, earningsWindowDecider } from './earnings.js';
import { revisionOf } from './superseding.js';
import { EARNINGS_PARTS, sumOf, type EarningsPart, type EarningsParts } from './earnings-row.js';

type Metadata = Omit<EventMetadata, 'schemaVersion'>;

/** A day in our own format, by HTTP or Kafka. */
export interface OfferedEarnings {
  readonly claim: EarningsClaim;
  readonly way: 'http' | 'kafka';
  /** Who signed it, where it was signed. */
  readonly signed?: SignedMessage;
  readonly metadata: Metadata;
}

@Injectable()
export class EarningsService implements EarningsReporter {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  report({ account, rows, statementSha256, metadata }: EarningsReport): Promise<readonly EarningsResult[]> {
    return Promise.all(
      rows.map(({ date, hashRate, parts, total, scheme, reference }) => {
        const amounts = EARNINGS_PARTS.flatMap((part) => (parts[part] === undefined ? [] : [{ part, amount: parts[part] }]));
        return this.take({ ...identityOf(account, date, reference), date, ...(hashRate === undefined ? {} : { hashRate }), parts: amounts, total, scheme, statementSha256 }, 'statement', metadata);
      }),
    );
  }

  /** Results in the order of what was offered. @throws {StoreUnavailable | StoreTimeout} send the same again */
  receive(offered: readonly OfferedEarnings[]): Promise<EarningsResult[]> {
    const accounts = new Map<string, Promise<PoolAccountRegistered | undefined>>();
    return Promise.all(
      offered.map(async ({ claim, way, signed, metadata }): Promise<EarningsResult> => {
        const poolAccountId = poolAccountIdOf(claim.pool, claim.account);
        const loading = accounts.get(poolAccountId) ?? loadState(this.store, poolAccountDecider, streamOf.poolAccount(poolAccountId)).then(({ state }) => state);
        accounts.set(poolAccountId, loading);
        const account = await loading;
        if (account === undefined) return { status: 'refused', code: 'pool-account-unknown', field: 'account', message: `account ${claim.account} at ${claim.pool} is not registered` };
        const fault = faultOf(claim);
        if (fault !== undefined) return { status: 'refused', ...fault };
        return this.take({ ...claimedOf(claim, account), ...(signed === undefined ? {} : { signed }) }, way, metadata);
      }),
    );
  }

  /** Whether this very message was taken before: a signature that has ended since does not matter then. */
  async knows(claim: EarningsClaim): Promise<boolean> {
    const poolAccountId = poolAccountIdOf(claim.pool, claim.account);
    const { state } = await loadState(this.store, earningsDecider, streamOf.earnings(earningsIdOf(poolAccountId, claim.date, claim.reference)));
    return state.reported !== undefined && differingFields(state.reported, claimedOf(claim, state.reported)).length === 0;
  }

  /** One day by whatever way. @throws {StoreUnavailable | StoreTimeout} send it again */
  async take(reported: EarningsReported, way: string, metadata: Metadata): Promise<EarningsResult> {
    if (!isDay(reported.date)) return { status: 'refused', code: 'day-unknown', field: 'date', message: `${reported.date} is no day of the calendar` };
    const stream = streamOf.earnings(reported.earningsId);
    const hash = saidHash(reported);
    const outcome = await handleCommand(this.store, earningsDecider, { stream, command: { kind: 'report', reported }, commandId: `report:${hash}`, metadata, expectNew: true });
    if (outcome.kind === 'accepted') return { status: outcome.duplicate || outcome.events.length === 0 ? 'duplicate' : 'accepted' };
    await this.raiseConflict(reported, hash, way, metadata);
    return { status: 'refused', ...outcome.refusal };
  }

  /** Records a judgement of a reported day; the same again changes nothing. @returns whether it was news @throws {StoreUnavailable | StoreTimeout} */
  async judgeDay(judged: EarningsJudged, metadata: Metadata): Promise<boolean> {
    assertFollows(judged);
    const stream = streamOf.earnings(judged.subject);
    const { state } = await loadState(this.store, earningsDecider, stream);
    const outcome = await handleCommand(this.store, earningsDecider, { stream, command: { kind: 'judge', judged }, commandId: judgementId(judged, state.judged), metadata });
    if (outcome.kind === 'refused') throw new Error(`${outcome.refusal.code}: ${outcome.refusal.message}`);
    return !outcome.duplicate && outcome.events.length > 0;
  }

  /** Of days together. @throws {StoreUnavailable | StoreTimeout} */
  async judgeWindow(judged: EarningsJudged, metadata: Metadata): Promise<boolean> {
    assertFollows(judged);
    const stream = streamOf.earningsWindow(judged.subject);
    const { state } = await loadState(this.store, earningsWindowDecider, stream);
    const outcome = await handleCommand(this.store, earningsWindowDecider, { stream, command: judged, commandId: judgementId(judged, state), metadata });
    return outcome.kind === 'accepted' && !outcome.duplicate && outcome.events.length > 0;
  }

  private async raiseConflict(offered: EarningsReported, offeredHash: string, way: string, metadata: Metadata): Promise<void> {
    const { state } = await loadState(this.store, earningsDecider, streamOf.earnings(offered.earningsId));
    const knownHash = state.reported === undefined ? offeredHash : saidHash(state.reported);
    await handleCommand(this.store, conflictDecider('mining.conflict-raised'), {
      stream: streamOf.miningConflict(`earnings-${offered.earningsId}`),
      command: { subject: offered.earningsId, knownHash, offeredHash, way, offered: JSON.stringify(offered) },
      commandId: offeredHash,
      metadata,
    });
  }
}

function earningsIdOf(poolAccountId: string, date: string, reference: string | undefined): string {
  // "_" is in no day and no account, so two references never make one id.
  return `${poolAccountId}~${date}${reference === undefined ? '' : `~${reference.replaceAll(/[^A-Za-z0-9.-]/g, '_')}`}`;
}

function identityOf({ poolAccountId, asset }: Pick<EarningsReported, 'poolAccountId' | 'asset'>, date: string, reference: string | undefined): Pick<EarningsReported, 'earningsId' | 'poolAccountId' | 'asset'> {
  return { earningsId: earningsIdOf(poolAccountId, date, reference), poolAccountId, asset };
}

/** Parts in one order, so that equal parts are equal content. */
function claimedOf({ date, hashRate, parts, total, scheme, reference, revision = 1 }: EarningsClaim, account: Pick<EarningsReported, 'poolAccountId' | 'asset'>): EarningsReported {
  const amounts = EARNINGS_PARTS.flatMap((named) => parts.filter(({ part }) => part === named).map(({ part, amount }) => ({ part, amount })));
  return { ...identityOf(account, date, reference), date, ...(hashRate === undefined ? {} : { hashRate }), parts: amounts, total, scheme, ...(revision === 1 ? {} : { revision }) };
}

/** INV-51, before it is written. */
function assertFollows(judged: EarningsJudged): void {
  if (follows(judged, { canonical: contentHash }) === false) throw new Error(`INV-51: the judgement of ${judged.subject} is not what follows from its basis`);
}

/** The same facts may hold again after others did: which judgement it would be is part of its identity. */
function judgementId({ basisSha256, chainSha256 }: EarningsJudged, before: EarningsJudged | undefined): string {
  return `judge:${before === undefined ? 1 : revisionOf(before) + 1}:${basisSha256 ?? chainSha256}`;
}

/** What is said, whoever says it: the same day by another way is the same. */
function saidHash({ earningsId, poolAccountId, asset, date, hashRate, parts, total, scheme, revision = 1 }: EarningsReported): string {
  return contentHash({ earningsId, poolAccountId, asset, date, ...(hashRate === undefined ? {} : { hashRate }), parts, total, scheme, ...(revision === 1 ? {} : { revision }) });
}

/** What our own format's rules refuse beyond the fields' own. */
function faultOf({ date, parts, total }: EarningsClaim): Refusal | undefined {
  if (!isDay(date)) return { code: 'day-unknown', field: 'date', message: `${date} is no day of the calendar` };
  const unknown = parts.findIndex(({ part }) => !EARNINGS_PARTS.includes(part as EarningsPart));
  if (unknown >= 0) return { code: 'part-unknown', field: `parts.${unknown}.part`, message: `a part is one of ${EARNINGS_PARTS.join(', ')}` };
  const amounts: EarningsParts = Object.fromEntries(parts.map(({ part, amount }) => [part, amount]));
  if (Object.keys(amounts).length < parts.length) return { code: 'part-repeated', field: 'parts', message: 'each part is named once' };
  const credited = parts.some(({ part }) => part !== 'poolFees');
  if (credited && sumOf(amounts) !== BigInt(total)) return { code: 'parts-do-not-add-up', field: 'total', message: `the parts make ${sumOf(amounts)}, the total is ${total}` };
  return undefined;
}

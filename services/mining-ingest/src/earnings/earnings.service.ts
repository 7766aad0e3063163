import { Inject, Injectable } from '@nestjs/common';
import { contentHash, streamOf, type EarningsJudged, type EarningsReported } from '@qazyna/contracts';
import { conflictDecider } from '@qazyna/contracts/conflict';
import { handleCommand, loadState, type EventMetadata, type EventStore } from '@qazyna/event-store';
import { EVENT_STORE } from '@qazyna/service-kit';
import type { EarningsReport, EarningsReporter, EarningsResult } from '../earnings-reporter.token.js';
import { isDay } from '../plausibility/chain-day.js';
import { earningsDecider, earningsWindowDecider } from './earnings.js';
import { EARNINGS_PARTS, type EarningsRow } from './earnings-row.js';

type Metadata = Omit<EventMetadata, 'schemaVersion'>;

@Injectable()
export class EarningsService implements EarningsReporter {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  report({ account, rows, statementSha256, metadata }: EarningsReport): Promise<readonly EarningsResult[]> {
    const { poolAccountId, asset } = account;
    return Promise.all(rows.map((row) => this.take(reportedOf(row, poolAccountId, asset, statementSha256), 'statement', metadata)));
  }

  /** One day by whatever way. @throws {StoreUnavailable | StoreTimeout} send it again */
  async take(reported: EarningsReported, way: string, metadata: Metadata): Promise<EarningsResult> {
    if (!isDay(reported.date)) return { status: 'refused', code: 'day-unknown', field: 'date', message: `${reported.date} is no day of the calendar` };
    const stream = streamOf.earnings(reported.earningsId);
    const hash = contentHash({ ...reported, statementSha256: '' });
    const outcome = await handleCommand(this.store, earningsDecider, { stream, command: { kind: 'report', reported }, commandId: `report:${hash}`, metadata, expectNew: true });
    if (outcome.kind === 'accepted') return { status: outcome.duplicate || outcome.events.length === 0 ? 'duplicate' : 'accepted' };
    await this.raiseConflict(reported, hash, way, metadata);
    return { status: 'refused', ...outcome.refusal };
  }

  /** Records a judgement of a reported day; the same again changes nothing. @throws {StoreUnavailable | StoreTimeout} */
  async judgeDay(judged: EarningsJudged, metadata: Metadata): Promise<void> {
    const stream = streamOf.earnings(judged.subject);
    const outcome = await handleCommand(this.store, earningsDecider, { stream, command: { kind: 'judge', judged }, commandId: `judge:${judged.chainSha256}`, metadata });
    if (outcome.kind === 'refused') throw new Error(`${outcome.refusal.code}: ${outcome.refusal.message}`);
  }

  /** Of days together. @throws {StoreUnavailable | StoreTimeout} */
  async judgeWindow(judged: EarningsJudged, metadata: Metadata): Promise<void> {
    await handleCommand(this.store, earningsWindowDecider, { stream: streamOf.earningsWindow(judged.subject), command: judged, commandId: `judge:${judged.chainSha256}`, metadata });
  }

  private async raiseConflict(offered: EarningsReported, offeredHash: string, way: string, metadata: Metadata): Promise<void> {
    const { state } = await loadState(this.store, earningsDecider, streamOf.earnings(offered.earningsId));
    const knownHash = state.reported === undefined ? offeredHash : contentHash({ ...state.reported, statementSha256: '' });
    await handleCommand(this.store, conflictDecider('mining.conflict-raised'), {
      stream: streamOf.miningConflict(`earnings-${offered.earningsId}`),
      command: { subject: offered.earningsId, knownHash, offeredHash, way, offered: JSON.stringify(offered) },
      commandId: offeredHash,
      metadata,
    });
  }
}

function reportedOf({ date, hashRate, parts, total, scheme, reference }: EarningsRow, poolAccountId: string, asset: string, statementSha256: string): EarningsReported {
  return {
    // "_" is in no day and no account, so two references never make one id.
    earningsId: `${poolAccountId}~${date}${reference === undefined ? '' : `~${reference.replaceAll(/[^A-Za-z0-9.-]/g, '_')}`}`,
    poolAccountId,
    asset,
    date,
    ...(hashRate === undefined ? {} : { hashRate }),
    parts: EARNINGS_PARTS.flatMap((part) => (parts[part] === undefined ? [] : [{ part, amount: parts[part] }])),
    total,
    scheme,
    statementSha256,
  };
}

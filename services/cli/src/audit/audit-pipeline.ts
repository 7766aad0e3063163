import type { DatabaseSync } from 'node:sqlite';
import type { EventStore, Position, RecordedEvent } from '@qazyna/event-store';
import { auditSnapshot, type SnapshotVerdict } from '@qazyna/custody';
import { InvariantViolation } from '@qazyna/ledger';
import type { ReadModelDefinition } from '@qazyna/service-kit';
import { FileShelf } from '../sources/file-shelf.js';
import type { System } from '../sources/system.js';
import { auditDeadLetters, type DeadLetterFigures } from './dead-letters.js';
import { CONSUMERS } from './duties.js';
import { Findings, type Finding, type FindingCount } from './findings.js';
import { auditGaps, type GapFigures } from './gaps.js';
import { foldJournal } from './journal-fold.js';
import { checkpointOf, consumersOf, DEAD_LETTERS, RELAYED, UPSTREAM, VIEWS } from './pipeline.js';
import { collectProofs } from './proofs.js';
import { auditReadModel, type ReadModelFigures } from './read-model-audit.js';
import { auditRelayedTopic, type RelayedFigures } from './relayed-topic.js';
import type { KnownDeposit, KnownPayout } from './settlement.js';
import { auditSettlement, type SettlementFigures } from './settlement-audit.js';
import { Settlement } from './settlement.js';
import type { Committed, TopicSnapshot } from './topic.js';
import { auditUpstreamTopic, type UpstreamFigures } from './upstream-topic.js';

const LETTER_STREAMS = 'dead-letter-';
const GAP_STREAMS = 'pipeline-gap-';

export interface AuditOptions {
  readonly now: Date;
  readonly graceMs: number;
  /** Findings listed of each kind and place. */
  readonly listedMax: number;
  /** Told of each page: what is walked, and how much of it so far. May throw to end the audit. */
  readonly onProgress: (step: string, walked: number) => void;
}

export interface AuditReport {
  readonly clean: boolean;
  readonly relayed: readonly RelayedFigures[];
  readonly upstream: readonly UpstreamFigures[];
  readonly deadLetters: DeadLetterFigures;
  /** What consumers themselves met between the log and their topics. */
  readonly gaps: GapFigures;
  readonly views: readonly (ReadModelFigures & { readonly folder: string })[];
  /** Views whose file is in none of the folders given. */
  readonly viewsNotFound: readonly string[];
  readonly journal: SettlementFigures & { readonly entries: number };
  /** What each snapshot of the journal's state is worth; none where no folder has one. */
  readonly snapshots: readonly { readonly folder: string; readonly kind: SnapshotVerdict['kind'] }[];
  readonly counts: readonly FindingCount[];
  readonly findings: readonly Finding[];
}

interface Topics {
  readonly snapshots: ReadonlyMap<string, TopicSnapshot>;
  readonly committed: ReadonlyMap<string, Committed>;
  readonly checkpoints: ReadonlyMap<string, Position>;
}

/** Every step of the audit, one after the other, over a system that may be running. */
export async function auditPipeline(system: System, options: AuditOptions): Promise<AuditReport> {
  const findings = new Findings(options.listedMax);
  const { now, graceMs } = options;
  const step = (name: string): ((count: number) => void) => {
    let walked = 0;
    return (count) => options.onProgress(name, (walked += count));
  };
  const topics = await openTopics(system);
  const views = VIEWS.map((definition) => ({ definition, found: system.views(definition.name) }));
  const log = await system.log();
  const walk = (streamPrefixes: readonly string[]): AsyncIterable<readonly RecordedEvent[]> => log.readAll({ filter: { streamPrefixes } });

  const settledBefore = new Date(now.getTime() - graceMs);
  const { letters: deadLetters, figures: letters } = await auditDeadLetters(topics.snapshots.get(DEAD_LETTERS) as TopicSnapshot, walk([LETTER_STREAMS]), settledBefore, findings);
  const proofs = await collectProofs(walk([...new Set(CONSUMERS.flatMap(({ provenIn }) => provenIn))]), CONSUMERS, settledBefore, step('effects of consumers'));
  const withPlace = (topic: string): { consumer: (typeof CONSUMERS)[number]; committed: Committed }[] =>
    consumersOf(topic).map((consumer) => ({ consumer, committed: topics.committed.get(`${consumer.group} ${topic}`) ?? new Map() }));

  const relayed: RelayedFigures[] = [];
  for (const { topic, streamPrefixes } of RELAYED) {
    const snapshot = topics.snapshots.get(topic) as TopicSnapshot;
    relayed.push(await auditRelayedTopic({ snapshot, events: () => walk(streamPrefixes), checkpoint: topics.checkpoints.get(checkpointOf(topic)), consumers: withPlace(topic), proofs, deadLetters }, findings, step(topic)));
  }
  const upstream: UpstreamFigures[] = [];
  for (const { topic } of UPSTREAM) {
    for (const consumer of withPlace(topic)) upstream.push(await auditUpstreamTopic({ snapshot: topics.snapshots.get(topic) as TopicSnapshot, consumer, proofs, deadLetters }, findings, step(topic)));
  }
  const gaps = await auditGaps(walk([GAP_STREAMS]), findings);
  const journal = await auditJournal(system, log, options, findings, step);
  const snapshots: { folder: string; kind: SnapshotVerdict['kind'] }[] = [];
  for (const folder of system.folders) snapshots.push({ folder, kind: (await snapshotVerdict(folder, log, findings, options)).kind });
  const compared: (ReadModelFigures & { folder: string })[] = [];
  for (const { definition, found } of views) {
    for (const { folder, open } of found) compared.push({ folder, ...(await compareView(definition, open, system, walk(definition.streamPrefixes), findings, step(`view ${definition.name}`))) });
  }
  return {
    clean: findings.isClean,
    relayed,
    upstream,
    deadLetters: letters,
    gaps,
    views: compared,
    viewsNotFound: views.filter(({ found }) => found.length === 0).map(({ definition: { name } }) => name),
    journal,
    snapshots: snapshots.filter(({ kind }) => kind !== 'none'),
    counts: findings.summary(),
    findings: findings.listed(),
  };
}

async function openTopics(system: System): Promise<Topics> {
  // In this order: what is before a checkpoint or an offset is then on its topic, unless it was lost.
  const checkpoints = system.checkpoints();
  const source = await system.topics();
  const committed = new Map<string, Committed>();
  for (const { group, topic } of CONSUMERS) committed.set(`${group} ${topic}`, await source.committed(group, topic));
  const snapshots = new Map<string, TopicSnapshot>();
  for (const topic of new Set([...RELAYED.map((each) => each.topic), ...UPSTREAM.map((each) => each.topic)])) snapshots.set(topic, await source.snapshot(topic));
  // Last: a letter is written before the offset of its message is committed.
  snapshots.set(DEAD_LETTERS, await source.snapshot(DEAD_LETTERS));
  return { checkpoints, committed, snapshots };
}

async function auditJournal(system: System, log: EventStore, { now, graceMs }: AuditOptions, findings: Findings, step: (name: string) => (count: number) => void): Promise<AuditReport['journal']> {
  const { entries } = await foldJournal(log.readStream('journal'), (revision) => eventAt(log, revision), findings, step('journal'));
  const scratch = system.scratchDatabase();
  scratch.exec('BEGIN');
  const figures = await auditSettlement(
    {
      events: log.readAll({ filter: { streamPrefixes: Settlement.STREAMS } }),
      deposits: new FileShelf<KnownDeposit>(scratch, 'deposits'),
      payouts: new FileShelf<KnownPayout>(scratch, 'payouts'),
      now,
      graceMs,
    },
    findings,
    step('deposits and payouts'),
  );
  return { entries, ...figures };
}

/** A snapshot is a cache: one that its own checks refuse is thrown away at the next start. One that passes them and is wrong is not. */
async function snapshotVerdict(folder: string, log: EventStore, findings: Findings, { onProgress }: AuditOptions): Promise<SnapshotVerdict> {
  let verdict: SnapshotVerdict;
  try {
    verdict = await auditSnapshot(folder, log, (entries) => onProgress('snapshot of the journal', entries));
  } catch (error) {
    // The journal's own fold has told of it.
    if (error instanceof InvariantViolation) return { kind: 'unusable', reason: 'the journal breaks a rule of the ledger' };
    throw error;
  }
  const where = `snapshot in ${folder}`;
  if (verdict.kind === 'unusable') findings.add('notice', 'snapshot-unusable', where, `it is not believed, and the journal is folded from its start: ${verdict.reason}`);
  if (verdict.kind === 'different') for (const difference of verdict.differences) findings.add('wrong', 'snapshot-differs', where, difference);
  return verdict;
}

async function eventAt(log: EventStore, revision: bigint): Promise<RecordedEvent | undefined> {
  for await (const [event] of log.readStream('journal', { from: revision, limit: 1 })) return event;
  return undefined;
}

async function compareView(definition: ReadModelDefinition, open: () => DatabaseSync, system: System, events: AsyncIterable<readonly RecordedEvent[]>, findings: Findings, onProgress: (events: number) => void): Promise<ReadModelFigures> {
  try {
    return await auditReadModel(definition, open(), system.scratchDatabase(), events, findings, onProgress);
  } catch (error) {
    // SQLite says so of a damaged file, and of an event that cannot be applied; anything else is a fault of ours.
    if ((error as { readonly code?: unknown } | null)?.code !== 'ERR_SQLITE_ERROR') throw error;
    findings.add('wrong', 'view-unreadable', `view ${definition.name}`, `it cannot be read or built anew: ${(error as Error).message}`);
    return { view: definition.name, position: undefined, events: 0, waiting: 0, rows: 0, differing: 0 };
  }
}

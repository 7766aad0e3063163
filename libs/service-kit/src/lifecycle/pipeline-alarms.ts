import { streamOf, type PipelineGapFound, type PipelineGapRepaired } from '@qazyna/contracts';
import { uuidV5, type Clock, type EventMetadata, type EventStore, type JsonObject } from '@qazyna/event-store';
import type { ChainBreak, ChainObserver } from '@qazyna/messaging';
import type { ComponentState } from '../health/readiness-registry.js';
import type { ServiceLogger } from '../logging/logger.js';
import type { PipelineMetrics } from '../metrics/messaging-metrics.js';

/** Version 5 namespace of gaps: the same gap of the same group has the same id, however often it is met. */
const NAMESPACE = '6b1d5a43-2f0c-5f7e-8a55-0f4f1f6e9c21';

/** A break that is not met again for so long is another member's, or was dealt with: tries come every minute at least. */
const FORGOTTEN_AFTER_MS = 300_000;

/** Puts what consumers find missing on record, and says which partitions stand still. */
export class PipelineAlarms implements ChainObserver {
  private readonly open = new Map<string, { readonly broken: ChainBreak; readonly at: number }>();

  constructor(private readonly parts: { readonly service: string; readonly store: EventStore; readonly clock: Clock; readonly logger: ServiceLogger; readonly metrics: PipelineMetrics }) {}

  async found(broken: ChainBreak): Promise<void> {
    const { store, logger, metrics } = this.parts;
    const { kind, topic, partition, group, place, found, foundPrevious } = broken;
    const gapId = idOf(broken);
    this.open.set(placeOf(broken), { broken, at: this.parts.clock.now().getTime() });
    const data: PipelineGapFound = { gapId, kind, topic, partition, group, expected: place, foundPrevious, found };
    const { duplicate } = await store.append(streamOf.pipelineGap(gapId), 'no-stream', [{ id: uuidV5(NAMESPACE, `${gapId} found`), type: 'pipeline.gap-found', data: { ...data }, metadata: this.metadata(gapId) }]);
    if (duplicate) return;
    metrics.gaps.inc({ topic, group, kind });
    logger.error({ ...data }, 'a message does not follow the one before it: reading the event store for what is missing');
  }

  async repaired(broken: ChainBreak, events: number): Promise<void> {
    const { store, logger, metrics } = this.parts;
    const { topic, partition, group } = broken;
    const gapId = idOf(broken);
    const data: PipelineGapRepaired = { gapId, events };
    const { duplicate } = await store.append(streamOf.pipelineGap(gapId), 0n, [{ id: uuidV5(NAMESPACE, `${gapId} repaired`), type: 'pipeline.gap-repaired', data: { ...data } satisfies JsonObject, metadata: this.metadata(gapId) }]);
    this.open.delete(placeOf(broken));
    if (duplicate) return;
    metrics.repairs.inc({ topic, group });
    metrics.repairedEvents.inc({ topic, group }, events);
    logger.warn({ ...data, topic, partition, group }, 'what was missing was read from the event store and handled');
  }

  stopped(broken: ChainBreak): void {
    this.parts.logger.error({ ...broken }, 'the event store does not have what is missing: this partition stands still');
  }

  /** Partitions that wait for a repair, for metrics. */
  waiting(): readonly ChainBreak[] {
    const since = this.parts.clock.now().getTime() - FORGOTTEN_AFTER_MS;
    return [...this.open.values()].filter(({ at }) => at >= since).map(({ broken }) => broken);
  }

  /** For readiness: the partitions that stand still. */
  health(): ComponentState {
    const waiting = this.waiting();
    if (waiting.length === 0) return { ok: true, detail: 'no message is missing' };
    return { ok: false, detail: waiting.map(({ kind, topic, partition, group }) => `${kind} in ${topic}/${partition} for ${group}`).join('; ') };
  }

  private metadata(gapId: string): EventMetadata {
    return { schemaVersion: 1, actor: { subject: `${this.parts.service}.pipeline`, organisation: 'qazyna' }, correlationId: gapId };
  }
}

function placeOf({ topic, partition, group }: ChainBreak): string {
  return `${topic}/${partition}/${group}`;
}

function idOf(broken: ChainBreak): string {
  return uuidV5(NAMESPACE, `${placeOf(broken)}/${broken.kind}/${broken.place}/${broken.found}`);
}

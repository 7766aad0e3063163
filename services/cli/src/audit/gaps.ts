import type { PipelineGapFound } from '@qazyna/contracts';
import type { RecordedEvent } from '@qazyna/event-store';
import type { Findings } from './findings.js';

export interface GapFigures {
  /** Gaps, steps back and forks that consumers met. */
  readonly found: number;
  readonly repaired: number;
}

/** What consumers themselves have recorded of gaps: one that nobody repaired has stopped its consumer. Gaps are few, and held in memory. */
export async function auditGaps(pages: AsyncIterable<readonly RecordedEvent[]>, findings: Findings): Promise<GapFigures> {
  const open = new Map<string, PipelineGapFound>();
  const figures = { found: 0, repaired: 0 };
  for await (const page of pages) {
    for (const { type, data } of page) {
      if (type === 'pipeline.gap-found') {
        figures.found += 1;
        const gap = data as unknown as PipelineGapFound;
        open.set(gap.gapId, gap);
      } else if (type === 'pipeline.gap-repaired') {
        figures.repaired += 1;
        open.delete(data['gapId'] as string);
      }
    }
  }
  for (const { kind, topic, partition, group, expected, found, foundPrevious } of open.values()) {
    findings.add('wrong', 'gap-open', `${topic} ${group}`, `a ${kind} in partition ${partition} is not repaired: after ${expected} came ${found}, which follows ${foundPrevious}; the group has stopped there`);
  }
  return figures;
}

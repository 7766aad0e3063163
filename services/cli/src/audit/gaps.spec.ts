import type { Position, RecordedEvent } from '@qazyna/event-store';
import { Findings } from './findings.js';
import { auditGaps } from './gaps.js';

const event = (type: string, gapId: string): RecordedEvent => ({
  id: gapId, type: `pipeline.${type}`, stream: `pipeline-gap-${gapId}`, revision: 0n, position: '1' as Position, recordedAt: new Date(0),
  data: { gapId, kind: 'gap', topic: 't', partition: 2, group: 'g', expected: '5', found: '9', foundPrevious: '8' }, metadata: { schemaVersion: 1, actor: { subject: 's', organisation: 'o' }, correlationId: 'c' },
});

async function audit(events: readonly RecordedEvent[]): Promise<unknown> {
  const findings = new Findings();
  const pages = async function* (): AsyncGenerator<readonly RecordedEvent[]> {
    await Promise.resolve();
    yield events;
  };
  return { ...(await auditGaps(pages(), findings)), said: findings.listed().map(({ code, where, message }) => `${code} ${where}: ${message}`) };
}

it('gaps that consumers found are counted, and those that nobody repaired are findings', async () => {
  expect(await audit([event('gap-found', 'a'), event('gap-found', 'b'), event('gap-repaired', 'a')])).toEqual({
    found: 2,
    repaired: 1,
    said: ['gap-open t g: a gap in partition 2 is not repaired: after 5 came 9, which follows 8; the group has stopped there'],
  });
  expect(await audit([event('gap-found', 'a'), event('gap-repaired', 'a')])).toEqual({ found: 1, repaired: 1, said: [] });
});

import type { Position, RecordedEvent } from '@qazyna/event-store';
import { readDeadLetter, toDeadLetter, type ReceivedRecord } from '@qazyna/messaging';
import { TOPICS } from '@qazyna/contracts';
import { auditDeadLetters, type DeadLetterFigures, type DeadLetters } from './dead-letters.js';
import { Findings } from './findings.js';

const original = (offset: bigint): ReceivedRecord => ({ topic: TOPICS.miningPayouts, partition: 1, offset, key: 'k', headers: {}, value: null, timestamp: new Date(0) });
const letter = (offset: bigint, at: number): ReceivedRecord => ({
  ...toDeadLetter(original(offset), { code: 'bad', message: 'bad' }, { group: 'mining-ingest', attempts: 1, time: new Date(0) }), topic: TOPICS.deadLetters, partition: 0, offset: BigInt(at), timestamp: new Date(0),
});
const idOf = (offset: bigint): string => readDeadLetter(letter(offset, 0))?.id ?? '';
const event = (type: string, offset: bigint): RecordedEvent => ({
  id: 'x', type: `operations.dead-letter-${type}`, stream: `dead-letter-${idOf(offset)}`, revision: 0n, position: '1' as Position, recordedAt: new Date(0), data: { letterId: idOf(offset) }, metadata: { schemaVersion: 1, actor: { subject: 's', organisation: 'o' }, correlationId: 'c' },
});

async function* once<T>(items: readonly T[]): AsyncGenerator<readonly T[]> {
  await Promise.resolve();
  yield items;
}

async function audit(records: readonly ReceivedRecord[], register: readonly RecordedEvent[], settledBefore = 1): Promise<{ figures: DeadLetterFigures; letters: DeadLetters; codes: string[] }> {
  const findings = new Findings();
  const snapshot = { topic: TOPICS.deadLetters, exists: true, partitions: [{ partition: 0, low: 0n, high: BigInt(records.length) }], records: () => once(records) };
  return { ...(await auditDeadLetters(snapshot, once(register), new Date(settledBefore), findings)), codes: findings.summary().map(({ code, count }) => `${code} ${count}`) };
}

describe('dead letters', () => {
  it('count once, in the state the register has them', async () => {
    const { figures, codes, letters } = await audit(
      [letter(1n, 0), letter(1n, 1), letter(2n, 2), letter(3n, 3), letter(4n, 4)],
      [event('noted', 1n), event('noted', 2n), event('noted', 3n), event('noted', 4n), event('replay-requested', 2n), event('replay-requested', 3n), event('replayed', 3n), event('discarded', 4n)],
    );
    expect(codes).toEqual([]);
    expect(figures).toEqual({ letters: 4, open: 1, replaying: 1, replayed: 1, discarded: 1, waiting: 0, missing: 0 });
    expect([1n, 2n, 3n, 4n, 5n].map((offset) => letters.has(original(offset), 'mining-ingest'))).toEqual([true, true, false, true, false]);
    expect(letters.has(original(1n), 'another')).toBe(false);
  });

  it('are missing when the register never noted them, or the topic has them no more', async () => {
    expect(await audit([letter(1n, 0)], [])).toMatchObject({ codes: ['letter-not-noted 1'], figures: { missing: 1 } });
    expect(await audit([letter(1n, 0)], [], 0)).toMatchObject({ codes: [], figures: { waiting: 1, missing: 0 } });
    expect(await audit([], [event('noted', 1n)])).toMatchObject({ codes: ['letter-gone 1'], figures: { missing: 1 } });
  });

  it('are found where they are none', async () => {
    expect((await audit([original(1n)], [])).codes).toEqual(['no-dead-letter 1']);
  });
});

import { describe, expect, it } from '@jest/globals';
import { ConcurrencyConflict, InvalidAppend, type NewEvent } from '../port.js';
import { all, contractEvent, count, numbered, numbers, type Bench } from './bench.js';

/** Conflicts, duplicates, concurrency and what is refused before it is sent. */
export function describeAppending(bench: Bench): void {
  describe('append', () => {
    it('starts a stream at revision 0 and gives back what was written', async () => {
      const event = { ...contractEvent({ text: 'қазына 🪙 \u2028', nested: [{ n: 1 }, null, true], amount: '2099999997690000' }), metadata: { ...contractEvent().metadata, causationId: 'c-1' } };
      expect(await bench.store.append(`${bench.own}a`, 'no-stream', [event])).toEqual({ revision: 0n, duplicate: false });
      const [recorded, ...rest] = await all(bench.store.readStream(`${bench.own}a`));
      expect(rest).toEqual([]);
      expect(recorded).toEqual({ ...event, stream: `${bench.own}a`, revision: 0n, position: expect.any(String), recordedAt: expect.any(Date) });
      expect(Math.abs(Date.now() - (recorded?.recordedAt.getTime() ?? 0))).toBeLessThan(60_000);
    });

    it('continues at the expected revision and answers with the last one', async () => {
      await bench.store.append(`${bench.own}a`, 'no-stream', numbered(0, 2));
      expect(await bench.store.append(`${bench.own}a`, 2n, numbered(3, 4))).toEqual({ revision: 4n, duplicate: false });
      expect(numbers(await all(bench.store.readStream(`${bench.own}a`)))).toEqual(count(0, 4));
    });

    it('refuses a wrong expectation with both revisions and writes nothing', async () => {
      await bench.store.append(`${bench.own}a`, 'no-stream', numbered(0, 1));
      const conflicts: [ConcurrencyConflict['expected'], string, ConcurrencyConflict['actual']][] = [
        ['no-stream', 'a', 1n],
        [0n, 'a', 1n],
        [2n, 'a', 1n],
        [0n, 'absent', 'no-stream'],
      ];
      for (const [expected, stream, actual] of conflicts) {
        const error = await bench.store.append(bench.own + stream, expected, [contractEvent()]).catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(ConcurrencyConflict);
        expect(error).toMatchObject({ stream: bench.own + stream, expected, actual, code: 'concurrency-conflict' });
      }
      expect(await all(bench.store.readStream(`${bench.own}a`))).toHaveLength(2);
      expect(await all(bench.store.readStream(`${bench.own}absent`))).toEqual([]);
    });

    it('recognises the same append, also when the stream has grown since', async () => {
      const first = numbered(0, 2);
      const second = numbered(3, 3);
      await bench.store.append(`${bench.own}a`, 'no-stream', first);
      expect(await bench.store.append(`${bench.own}a`, 'no-stream', first)).toEqual({ revision: 2n, duplicate: true });
      await bench.store.append(`${bench.own}a`, 2n, second);
      expect(await bench.store.append(`${bench.own}a`, 'no-stream', first)).toEqual({ revision: 2n, duplicate: true });
      expect(await bench.store.append(`${bench.own}a`, 2n, second)).toEqual({ revision: 3n, duplicate: true });
      expect(await all(bench.store.readStream(`${bench.own}a`))).toHaveLength(4);
    });

    it('recognises the same append after a restart', async () => {
      const events = numbered(0, 1);
      await bench.store.append(`${bench.own}a`, 'no-stream', events);
      bench.store = await bench.harness.reopen();
      expect(await bench.store.append(`${bench.own}a`, 'no-stream', events)).toEqual({ revision: 1n, duplicate: true });
    });

    it('calls the same first id with other events a conflict', async () => {
      const [a, b, c] = numbered(0, 2) as [NewEvent, NewEvent, NewEvent];
      await bench.store.append(`${bench.own}a`, 'no-stream', [a, b]);
      await expect(bench.store.append(`${bench.own}a`, 'no-stream', [a, c])).rejects.toBeInstanceOf(ConcurrencyConflict);
      await expect(bench.store.append(`${bench.own}a`, 'no-stream', [a, b, c])).rejects.toBeInstanceOf(ConcurrencyConflict);
      await expect(bench.store.append(`${bench.own}a`, 0n, [a])).rejects.toBeInstanceOf(ConcurrencyConflict);
      expect(await all(bench.store.readStream(`${bench.own}a`))).toHaveLength(2);
    });

    it('lets exactly one of many concurrent appends to one revision win', async () => {
      const outcomes = await Promise.allSettled(count(1, 50).map((n) => bench.store.append(`${bench.own}a`, 'no-stream', [contractEvent({ n })])));
      const won = outcomes.flatMap((outcome, i) => (outcome.status === 'fulfilled' ? [i + 1] : []));
      expect(won).toHaveLength(1);
      for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(ConcurrencyConflict);
      expect(numbers(await all(bench.store.readStream(`${bench.own}a`)))).toEqual(won);
    });

    it('writes once what is appended many times at once', async () => {
      const event = contractEvent({ n: 1 });
      const outcomes = await Promise.all(count(1, 20).map(() => bench.store.append(`${bench.own}a`, 'no-stream', [event])));
      expect(outcomes.filter((outcome) => !outcome.duplicate)).toHaveLength(1);
      expect(await all(bench.store.readStream(`${bench.own}a`))).toHaveLength(1);
    });

    it('takes a thousand concurrent appends to different streams', async () => {
      await Promise.all(count(1, 1000).map((n) => bench.store.append(`${bench.own}${n}`, 'no-stream', [contractEvent({ n })])));
      const landed = await all(bench.store.readAll({ filter: { streamPrefixes: [bench.own] } }));
      expect(new Set(numbers(landed))).toEqual(new Set(count(1, 1000)));
      expect(landed).toHaveLength(1000);
    });

    it('keeps a conflict from touching the appends around it', async () => {
      await bench.store.append(`${bench.own}taken`, 'no-stream', [contractEvent()]);
      const outcomes = await Promise.allSettled(
        ['x', 'taken', 'y'].map((stream) => bench.store.append(bench.own + stream, 'no-stream', [contractEvent({ n: 1 }), contractEvent({ n: 2 })])),
      );
      expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      for (const stream of ['x', 'y']) expect(await all(bench.store.readStream(bench.own + stream))).toHaveLength(2);
    });

    it.each<[string, () => readonly NewEvent[]]>([
      ['no event', () => []],
      ['a bigint in its data', () => [contractEvent({ coins: 1n as unknown as string })]],
      ['a fraction in its data', () => [contractEvent({ deep: [{ share: 0.1 }] })]],
      ['NaN in its data', () => [contractEvent({ share: Number.NaN })]],
      ['a Date in its data', () => [contractEvent({ at: new Date() as unknown as string })]],
      ['no UUID as id', () => [{ ...contractEvent(), id: 'one' }]],
      ['one id twice', () => { const event = contractEvent(); return [event, event]; }],
      ['a system type', () => [contractEvent({}, '$metadata')]],
      ['more than 1 MiB', () => [contractEvent({ text: 'x'.repeat(600_000) }), contractEvent({ text: 'y'.repeat(500_000) })]],
    ])('refuses an append with %s', async (_, events) => {
      await expect(bench.store.append(`${bench.own}a`, 'no-stream', events())).rejects.toBeInstanceOf(InvalidAppend);
      expect(await all(bench.store.readStream(`${bench.own}a`))).toEqual([]);
    });

    it.each(['', '$system', 'line\nbreak', 'x'.repeat(501), '\ud800'])('refuses the stream name %j', async (stream) => {
      await expect(bench.store.append(stream, 'no-stream', [contractEvent()])).rejects.toBeInstanceOf(InvalidAppend);
    });

    it('takes an append just below the size bound', async () => {
      const text = 'é'.repeat(500_000);
      await bench.store.append(`${bench.own}a`, 'no-stream', [contractEvent({ text })]);
      expect((await all(bench.store.readStream(`${bench.own}a`)))[0]?.data).toEqual({ text });
    });

    it('ends with the reason of an aborted signal', async () => {
      const reason = new Error('enough');
      await expect(bench.store.append(`${bench.own}a`, 'no-stream', [contractEvent()], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
      expect(await all(bench.store.readStream(`${bench.own}a`))).toEqual([]);
    });
  });
}

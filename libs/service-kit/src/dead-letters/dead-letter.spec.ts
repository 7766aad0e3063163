import type { DeadLetterNoted } from '@qazyna/contracts';
import { specification } from '@qazyna/testing';
import { deadLetterDecider, type DeadLetterEvent } from './dead-letter.js';

const letterId = '6f1c7a52-0d3e-5b94-8a6f-2c9d1e4b7a30';
const letter: DeadLetterNoted = {
  letterId,
  topic: 'qazyna.mining-payouts.v1',
  partition: 0,
  offset: '7',
  group: 'mining-ingest.payouts',
  code: 'pool-account-unknown',
  attempts: 1,
  deadLetteredAt: '2026-03-01T00:00:00.000Z',
  size: 2,
  sha256: '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
};
const noted: DeadLetterEvent = { type: 'operations.dead-letter-noted', data: letter };
const requested = (replay: number): DeadLetterEvent => ({ type: 'operations.dead-letter-replay-requested', data: { letterId, replay } });
const replayed = (replay: number): DeadLetterEvent => ({ type: 'operations.dead-letter-replayed', data: { letterId, replay } });
const refusedAgain = (replay: number): DeadLetterEvent => ({ type: 'operations.dead-letter-refused-again', data: { letterId, replay, code: 'still-unknown' } });
const discarded: DeadLetterEvent = { type: 'operations.dead-letter-discarded', data: { letterId, reason: 'sent by mistake' } };

const replay = { kind: 'replay', letterId } as const;
const discard = { kind: 'discard', discarded: { letterId, reason: 'sent by mistake' } } as const;
const confirm = (number: number) => ({ kind: 'confirm', replayed: { letterId, replay: number } }) as const;
const refuseAgain = (number: number) => ({ kind: 'refuse-again', refused: { letterId, replay: number, code: 'still-unknown' } }) as const;

const { given } = specification(deadLetterDecider);

describe('a dead letter', () => {
  it('is noted once, however often it is read', () => {
    given().when({ kind: 'note', letter }).then(noted);
    given(noted).when({ kind: 'note', letter }).thenNothing();
    given(noted, discarded).when({ kind: 'note', letter }).thenNothing();
  });

  it('goes back once at a time, and by number', () => {
    given(noted).when(replay).then(requested(1));
    given(noted, requested(1)).when(replay).thenRefused('already-replaying');
    given(noted, requested(1), refusedAgain(1)).when(replay).then(requested(2));
    given(noted, requested(1), replayed(1)).when(replay).thenRefused('already-replayed');
    given(noted, discarded).when(replay).thenRefused('already-discarded');
    given().when(replay).thenRefused('dead-letter-not-found');
  });

  it('is told the outcome once, and not by a replay that came late', () => {
    given(noted, requested(1)).when(confirm(1)).then(replayed(1));
    given(noted, requested(1), replayed(1)).when(confirm(1)).thenNothing();
    given(noted, requested(1)).when(refuseAgain(1)).then(refusedAgain(1));
    given(noted, requested(1), refusedAgain(1), requested(2)).when(confirm(1)).thenNothing();
    given(noted, requested(1), refusedAgain(1), requested(2)).when(refuseAgain(1)).thenNothing();
    given(noted, requested(1), replayed(1)).when(refuseAgain(1)).thenNothing();
  });

  it('is discarded only where nothing is under way', () => {
    given(noted).when(discard).then(discarded);
    given(noted, requested(1), refusedAgain(1)).when(discard).then(discarded);
    given(noted, requested(1)).when(discard).thenRefused('already-replaying');
    given(noted, requested(1), replayed(1)).when(discard).thenRefused('already-replayed');
    given(noted, discarded).when(discard).thenRefused('already-discarded');
    given().when(discard).thenRefused('dead-letter-not-found');
  });
});

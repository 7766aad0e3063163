import { isUuid, type RecordedEvent } from '@qazyna/event-store';
import { readDeadLetter, type ReceivedRecord } from '@qazyna/messaging';
import { DigestTable } from './digest-table.js';
import type { Findings } from './findings.js';
import { placeOf, type TopicSnapshot } from './topic.js';

export interface DeadLetterFigures {
  /** Different letters on the topic. */
  readonly letters: number;
  /** Of them, as the register has them: an officer must decide, on its way back, took effect after all, never will. */
  readonly open: number;
  readonly replaying: number;
  readonly replayed: number;
  readonly discarded: number;
  /** Not in the register yet. */
  readonly waiting: number;
  /** Not in the register though older than the grace, and letters of the register that are not on the topic. */
  readonly missing: number;
}

type Place = Pick<ReceivedRecord, 'topic' | 'partition' | 'offset'>;

const STATES = ['unknown', 'open', 'replaying', 'replayed', 'discarded'] as const;
type State = (typeof STATES)[number];
const STATE_AFTER: Readonly<Record<string, State>> = {
  'operations.dead-letter-noted': 'open',
  'operations.dead-letter-replay-requested': 'replaying',
  'operations.dead-letter-replayed': 'replayed',
  'operations.dead-letter-refused-again': 'open',
  'operations.dead-letter-discarded': 'discarded',
};
const STATE = 0;
const ON_TOPIC = 1;

/** Which records were put aside, by whom, and what became of them since. */
export class DeadLetters {
  private readonly places = new DigestTable(1);

  /** A letter that took effect after all accounts for nothing any more: its effect must be there. */
  has(record: Place, group: string): boolean {
    const slot = this.places.find(`${placeOf(record)} ${group}`);
    return slot !== -1 && STATES[this.places.get(slot, STATE)] !== 'replayed';
  }

  /** @returns whether it was not known before */
  add(record: Place, group: string, state: State): boolean {
    const key = `${placeOf(record)} ${group}`;
    if (this.places.find(key) !== -1) return false;
    this.places.set(this.places.insert(key), STATE, STATES.indexOf(state));
    return true;
  }
}

/**
 * Reads the topic of dead letters and holds it against the register in the streams. A letter that was written twice counts once.
 * @param register events of the letters' streams @param settledBefore younger letters may be on their way
 */
export async function auditDeadLetters(snapshot: TopicSnapshot, register: AsyncIterable<readonly RecordedEvent[]>, settledBefore: Date, findings: Findings): Promise<{ readonly letters: DeadLetters; readonly figures: DeadLetterFigures }> {
  const noted = new DigestTable(2);
  for await (const page of register) {
    for (const { type, data } of page) {
      const state = STATE_AFTER[type];
      if (state !== undefined) noted.set(noted.insert(data['letterId'] as string), STATE, STATES.indexOf(state));
    }
  }
  const letters = new DeadLetters();
  const figures = { letters: 0, open: 0, replaying: 0, replayed: 0, discarded: 0, waiting: 0, missing: 0 };
  const { topic } = snapshot;
  for await (const records of snapshot.records()) {
    for (const record of records) {
      const letter = readDeadLetter(record);
      if (letter === undefined || !isUuid(letter.id)) {
        findings.add('wrong', 'no-dead-letter', topic, `${placeOf(record)} is no dead letter`);
        continue;
      }
      const slot = noted.find(letter.id);
      const state = slot === -1 ? 'unknown' : (STATES[noted.get(slot, STATE)] ?? 'unknown');
      if (slot !== -1) noted.set(slot, ON_TOPIC, 1);
      if (!letters.add(letter, letter.group, state)) continue;
      figures.letters += 1;
      if (state !== 'unknown') figures[state] += 1;
      else if (letter.time >= settledBefore) figures.waiting += 1;
      else {
        figures.missing += 1;
        findings.add('missing', 'letter-not-noted', topic, `letter ${letter.id} at ${placeOf(record)} (${letter.code}, refused by ${letter.group}) is not in the register: no operator sees it`);
      }
    }
  }
  let gone = 0;
  for (const slot of noted.slots()) if (noted.get(slot, ON_TOPIC) === 0) gone += 1;
  findings.addMany('missing', 'letter-gone', topic, gone, `${gone} letters of the register are not on the topic: their bytes are gone with it, and a new copy of the register cannot show them`);
  return { letters, figures: { ...figures, missing: figures.missing + gone } };
}

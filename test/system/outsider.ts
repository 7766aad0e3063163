import { DEAD_LETTER_TOPIC, KafkaBus, readDeadLetter, type DeadLetter, type OutgoingRecord } from '@qazyna/messaging';
import { randomUUID } from 'node:crypto';
import { until } from './caller.js';

/** Publishes as an outsider does, and reads what the services put aside. */
export class Outsider {
  private readonly letters: DeadLetter[] = [];

  private constructor(readonly bus: KafkaBus) {}

  static async connect(brokers: readonly string[]): Promise<Outsider> {
    const outsider = new Outsider(await KafkaBus.connect({ brokers: [...brokers], clientId: 'outsider' }));
    await outsider.bus.ensureTopics([{ name: DEAD_LETTER_TOPIC, partitions: 1 }]);
    await outsider.bus.subscribe({
      topics: [DEAD_LETTER_TOPIC],
      // A group of its own: it reads the topic from its start.
      group: `outsider-${randomUUID()}`,
      handler: (records) => {
        for (const record of records) {
          const letter = readDeadLetter(record);
          if (letter === undefined) throw new Error(`a record of ${DEAD_LETTER_TOPIC} that is no dead letter: ${JSON.stringify(record.headers)}`);
          outsider.letters.push(letter);
        }
        return Promise.resolve();
      },
    });
    return outsider;
  }

  publish(topic: string, records: readonly OutgoingRecord[]): Promise<void> {
    return this.bus.publish(topic, records);
  }

  /** The dead letters of these keys, once there is one for each. A letter delivered twice has one id and counts once. */
  async deadLetters(keys: readonly string[], withinMs = 30_000): Promise<ReadonlyMap<string, DeadLetter>> {
    const found = (): Map<string, DeadLetter> => new Map(this.letters.filter(({ original }) => original.key !== null && keys.includes(original.key)).map((letter) => [letter.original.key ?? '', letter]));
    return until('every dead letter is there', found, (letters) => keys.every((key) => letters.has(key)), withinMs);
  }

  /** Dead letters of one key, each id once. */
  lettersOf(key: string): DeadLetter[] {
    return [...new Map(this.letters.filter(({ original }) => original.key === key).map((letter) => [letter.id, letter])).values()];
  }

  close(): Promise<void> {
    return this.bus.close();
  }
}

/** Kafka topics. Upstream topics are the doors for outsiders; the others carry what services tell one another. */
export const TOPICS = {
  seizureFacts: 'qazyna.seizure-facts.v1',
  miningPayouts: 'qazyna.mining-payouts.v1',
  intakeEvents: 'qazyna.intake-events.v1',
  miningEvents: 'qazyna.mining-events.v1',
  custodyEvents: 'qazyna.custody-events.v1',
  deadLetters: 'qazyna.dead-letters.v1',
} as const;

export type TopicName = (typeof TOPICS)[keyof typeof TOPICS];

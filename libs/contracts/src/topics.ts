/** Kafka topics. Upstream topics are the doors for outsiders; the others carry what services tell one another. */
export const TOPICS = {
  seizureFacts: 'qazyna.seizure-facts.v1',
  acquisitions: 'qazyna.acquisitions.v1',
  miningPayouts: 'qazyna.mining-payouts.v1',
  miningEarnings: 'qazyna.mining-earnings.v1',
  /** Energy readings and acts over licences, by the regulator. */
  regulatorMessages: 'qazyna.regulator-messages.v1',
  intakeEvents: 'qazyna.intake-events.v1',
  miningEvents: 'qazyna.mining-events.v1',
  custodyEvents: 'qazyna.custody-events.v1',
  operationsEvents: 'qazyna.operations-events.v1',
  deadLetters: 'qazyna.dead-letters.v1',
  /** Dead letters on their way back to the one group that refused them. */
  replays: 'qazyna.replays.v1',
} as const;

export type TopicName = (typeof TOPICS)[keyof typeof TOPICS];

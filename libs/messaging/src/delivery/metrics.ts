/** Figures of consumption; the service wires them to its metrics. */
export interface MessagingMetrics {
  /** Messages whose effect is durable. */
  processed(topic: string, group: string, messages: number): void;
  /** Messages of types the handler did not ask for. */
  skipped(topic: string, group: string, messages: number): void;
  deadLettered(topic: string, group: string, code: string): void;
  /** A delivery failed and will be repeated. */
  redelivered(topic: string, group: string): void;
  /** A batch was dealt with. */
  batch(topic: string, group: string, records: number, durationMs: number): void;
}

const nothing = (): void => undefined;

export const noMetrics: MessagingMetrics = { processed: nothing, skipped: nothing, deadLettered: nothing, redelivered: nothing, batch: nothing };

import type { EnergyReading } from '@qazyna/contracts';
import type { CloudEvent } from '@qazyna/messaging';
import type { UpstreamMessage } from '@qazyna/service-kit';

interface Offered {
  readonly event: CloudEvent | undefined;
  readonly reading: EnergyReading;
  readonly receivedAt?: Date | undefined;
}

/** A reading as the judge of signatures sees it. */
export function readingMessage({ event, reading, receivedAt }: Offered, memory: { knows(reading: EnergyReading): Promise<boolean> }): UpstreamMessage {
  return { event, spoken: { about: 'register', register: 'energy-readings', subject: `farm ${reading.farmId}` }, receivedAt, known: () => memory.knows(reading) };
}

import type { SeizureFact } from '@qazyna/contracts';
import type { CloudEvent } from '@qazyna/messaging';
import type { UpstreamMessage } from '@qazyna/service-kit';

interface Offered {
  readonly event: CloudEvent;
  readonly fact: SeizureFact;
  readonly receivedAt?: Date | undefined;
}

interface Memory {
  knows(published: { readonly source: string; readonly id: string; readonly fact: SeizureFact }): Promise<boolean>;
}

/** A fact as the judge of signatures sees it: what is said, and whether it was said before. */
export function factMessage({ event, fact, receivedAt }: Offered, memory: Memory): UpstreamMessage {
  const { agency, caseNumber, act } = fact;
  const { source, id } = event;
  return { event, spoken: { about: 'case', agency, caseNumber, act }, receivedAt, known: () => memory.knows({ source, id, fact }) };
}

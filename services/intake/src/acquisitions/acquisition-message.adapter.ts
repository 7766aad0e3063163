import type { AcquisitionFact } from '@qazyna/contracts';
import type { CloudEvent } from '@qazyna/messaging';
import type { UpstreamMessage } from '@qazyna/service-kit';
import { subjectOf } from './acquisition-fact.js';

interface Offered {
  readonly event: CloudEvent;
  readonly fact: AcquisitionFact;
  readonly receivedAt?: Date | undefined;
}

interface Memory {
  knows(fact: AcquisitionFact): Promise<boolean>;
}

/** A fact as the judge of signatures sees it: a remit names the body, its orders or campaigns by prefix, and the kinds it may say. */
export function acquisitionMessage({ event, fact, receivedAt }: Offered, memory: Memory): UpstreamMessage {
  return { event, spoken: { about: 'case', agency: fact.agency, caseNumber: subjectOf(fact), act: fact.kind }, receivedAt, known: () => memory.knows(fact) };
}

import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { messageTypeOf, TOPICS, type ScreeningDecided, type ScreeningNoted, type ScreeningRecorded } from '@qazyna/contracts';
import type { MessageBatch, Outcome } from '@qazyna/messaging';
import { ScreeningNotes } from './screening.service.js';

const RECORDED = messageTypeOf('intake.screening-recorded', 1);
const DECIDED = messageTypeOf('intake.screening-decided', 1);
const DEPOSIT = 'deposit.';

type Told = MessageBatch[number]['event'];

@Controller()
export class ScreeningConsumer {
  constructor(@Inject(ScreeningNotes) private readonly notes: ScreeningNotes) {}

  /** Findings and decisions over deposits, in the order of each deposit's own stream. */
  @EventPattern<string>(TOPICS.intakeEvents, { group: 'custody-screening', types: [RECORDED, DECIDED] })
  async take(@Payload() batch: MessageBatch): Promise<readonly Outcome[]> {
    const told = batch.flatMap(({ event }) => {
      const noted = notedOf(event);
      return noted === undefined ? [] : [{ noted, messageId: event.id, correlationId: event.extensions['correlationid'] ?? event.id }];
    });
    await this.notes.take(told);
    return batch.map(() => ({ kind: 'done' }));
  }
}

/** Undefined for the screening of a case, which is none of custody's business. */
function notedOf({ type, data, extensions }: Told): ScreeningNoted | undefined {
  const { subjectId } = data as ScreeningRecorded | ScreeningDecided;
  if (!subjectId.startsWith(DEPOSIT)) return undefined;
  const told = { depositId: subjectId.slice(DEPOSIT.length), number: Number(extensions['streamrevision']) };
  if (type === DECIDED) {
    const { decision } = data as ScreeningDecided;
    return { ...told, held: decision !== 'release', code: decision === 'release' ? 'released' : `decided-${decision}` };
  }
  const { verdict, reasons } = data as ScreeningRecorded;
  return { ...told, held: verdict === 'held', code: verdict === 'held' ? (reasons[0] ?? 'held') : 'clear' };
}

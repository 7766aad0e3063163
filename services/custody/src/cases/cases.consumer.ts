import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { messageTypeOf, TOPICS } from '@qazyna/contracts';
import type { MessageBatch, Outcome } from '@qazyna/messaging';
import { CASE_EVENT_TYPES, type CaseEvent } from './case-words.js';
import { CasesService, type ToldOfCase } from './cases.service.js';

const TYPES = new Map(CASE_EVENT_TYPES.map((type) => [messageTypeOf(type, 1), type]));

@Controller()
export class CasesConsumer {
  constructor(@Inject(CasesService) private readonly cases: CasesService) {}

  /** What the law did to a case or to one asset of it: what is held, and what still comes, is posted by it. */
  @EventPattern<string>(TOPICS.intakeEvents, { group: 'custody', types: [...TYPES.keys()] })
  async take(@Payload() batch: MessageBatch): Promise<readonly Outcome[]> {
    await this.cases.note(
      batch.flatMap(({ event }): ToldOfCase[] => {
        const type = TYPES.get(event.type);
        if (type === undefined) return [];
        const revision = Number(event.extensions['streamrevision'] ?? NaN);
        return [{ ...({ type, data: event.data } as CaseEvent), messageId: event.id, correlationId: event.extensions['correlationid'], caseRevision: Number.isSafeInteger(revision) ? revision : undefined }];
      }),
    );
    return batch.map(() => ({ kind: 'done' }));
  }
}

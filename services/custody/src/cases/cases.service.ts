import { Inject, Injectable } from '@nestjs/common';
import { streamOf } from '@qazyna/contracts';
import { handleCommand, type EventStore } from '@qazyna/event-store';
import { EVENT_STORE } from '@qazyna/service-kit';
import { commandOf, type CaseEvent } from './case-words.js';
import { custodyCaseDecider } from './custody-case.js';

const CUSTODY = { subject: 'custody', organisation: 'qazyna' };

/** An event of a case, as it was delivered. */
export type ToldOfCase = CaseEvent & {
  readonly messageId: string;
  readonly correlationId: string | undefined;
  /** Its place in the case's stream, where the message says it. */
  readonly caseRevision: number | undefined;
};

@Injectable()
export class CasesService {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  /** Notes each effect once, those of one case in their order. @throws {StoreUnavailable | StoreTimeout} deliver the same batch again */
  async note(told: readonly ToldOfCase[]): Promise<void> {
    const cases = Map.groupBy(told, ({ data }) => data.caseId);
    await Promise.all(
      [...cases.values()].map(async (events) => {
        for (const event of events) await this.noteOne(event);
      }),
    );
  }

  private async noteOne(told: ToldOfCase): Promise<void> {
    const { messageId, correlationId = messageId, caseRevision } = told;
    const command = commandOf(told, caseRevision);
    if (command === undefined) return;
    const { caseId, assetId } = command.kind === 'note' ? command.effect : command.undone;
    await handleCommand(this.store, custodyCaseDecider, {
      stream: assetId === undefined ? streamOf.custodyCase(caseId) : streamOf.custodyCaseAsset(caseId, assetId),
      command,
      commandId: `${command.kind}:${messageId}`,
      metadata: { actor: CUSTODY, correlationId, causationId: messageId },
    });
  }
}

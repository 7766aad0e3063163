import { Inject, Injectable } from '@nestjs/common';
import { streamOf, type ScreeningNoted } from '@qazyna/contracts';
import { handleCommand, type EventStore } from '@qazyna/event-store';
import { EVENT_STORE } from '@qazyna/service-kit';
import { custodyScreeningDecider } from './custody-screening.js';

const CUSTODY = { subject: 'custody', organisation: 'qazyna' };

export interface ToldScreening {
  readonly noted: ScreeningNoted;
  readonly messageId: string;
  readonly correlationId: string;
}

@Injectable()
export class ScreeningNotes {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  /** Notes each once; those of one deposit in their order. @throws {StoreUnavailable | StoreTimeout} deliver them again */
  async take(told: readonly ToldScreening[]): Promise<void> {
    const last = new Map<string, Promise<unknown>>();
    for (const each of told) {
      const { depositId } = each.noted;
      last.set(depositId, (last.get(depositId) ?? Promise.resolve()).then(() => this.note(each)));
    }
    await Promise.all(last.values());
  }

  private async note({ noted, messageId, correlationId }: ToldScreening): Promise<void> {
    await handleCommand(this.store, custodyScreeningDecider, {
      stream: streamOf.custodyScreening(noted.depositId),
      command: noted,
      commandId: `note:${noted.number}`,
      metadata: { actor: CUSTODY, correlationId, causationId: messageId },
    });
  }
}

import { Inject, Injectable } from '@nestjs/common';
import { contentHash, streamOf, type ChainDayFacts } from '@qazyna/contracts';
import { handleCommand, type EventMetadata, type EventStore } from '@qazyna/event-store';
import { EVENT_STORE } from '@qazyna/service-kit';
import { brokenRule, chainDayDecider } from './chain-day.js';

export type ChainDayResult =
  | { readonly status: 'accepted' | 'duplicate'; readonly date: string }
  | { readonly status: 'refused'; readonly date: string; readonly code: string; readonly field?: string; readonly message: string };

@Injectable()
export class ChainDaysService {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  /** Each day once. @throws {StoreUnavailable | StoreTimeout} send them again */
  record(days: readonly ChainDayFacts[], metadata: Omit<EventMetadata, 'schemaVersion'>): Promise<ChainDayResult[]> {
    return Promise.all(
      days.map(async (facts): Promise<ChainDayResult> => {
        const { network, date } = facts;
        const broken = brokenRule(facts);
        if (broken !== undefined) return { status: 'refused', date, ...broken };
        const stream = streamOf.chainDay(`${network}~${date}`);
        const outcome = await handleCommand(this.store, chainDayDecider, { stream, command: facts, commandId: `record:${contentHash(facts)}`, metadata, expectNew: true });
        if (outcome.kind === 'refused') return { status: 'refused', date, ...outcome.refusal };
        return { status: outcome.duplicate || outcome.events.length === 0 ? 'duplicate' : 'accepted', date };
      }),
    );
  }
}

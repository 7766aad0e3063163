import { Inject, Injectable } from '@nestjs/common';
import { contentHash, streamOf, type ChainDayFacts, type ChainDayRecorded, type EventsOf } from '@qazyna/contracts';
import { accept, handleCommand, refuse, type Decider, type EventMetadata, type EventStore } from '@qazyna/event-store';
import { EVENT_STORE } from '@qazyna/service-kit';
import { brokenRule } from './chain-day.js';

export type ChainDayResult =
  | { readonly status: 'accepted' | 'duplicate'; readonly date: string }
  | { readonly status: 'refused'; readonly date: string; readonly code: string; readonly field?: string; readonly message: string };

/** A day is brought in once: earnings may have been judged by it. */
export const chainDayDecider: Decider<ChainDayFacts | undefined, ChainDayFacts, EventsOf<{ 'mining.chain-day-recorded': ChainDayRecorded }>> = {
  initialState: () => undefined,
  decide(facts, known) {
    if (known === undefined) return accept({ type: 'mining.chain-day-recorded', data: facts });
    return contentHash(known) === contentHash(facts) ? accept() : refuse('chain-day-conflict', `${facts.date} is known with other figures, from ${known.source}`, 'date');
  },
  evolve: (_state, event) => event.data,
};

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

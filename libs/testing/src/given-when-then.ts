import { isDeepStrictEqual } from 'node:util';
import { AssertionError } from 'node:assert';
import type { Decider, Decision, DomainEvent } from '@qazyna/event-store/decider';

interface Outcome<Event extends DomainEvent> {
  /** Exactly these events, in this order. */
  then(...events: readonly Event[]): void;
  /** Nothing to record: done before, or no change. */
  thenNothing(): void;
  /** Refused with this code, on this field where one is named. */
  thenRefused(code: string, field?: string): void;
}

interface Given<Command, Event extends DomainEvent> {
  when(command: Command): Outcome<Event>;
}

/** Given events, when a command, then events or a refusal: how every decider's scenarios are written. */
export function specification<State, Command, Event extends DomainEvent>(
  decider: Decider<State, Command, Event>,
): { readonly given: (...events: readonly Event[]) => Given<Command, Event> } {
  return {
    given: (...events) => ({
      when: (command) => {
        const state = events.reduce((folded, event) => decider.evolve(folded, event), decider.initialState());
        return outcome(decider.decide(command, state));
      },
    }),
  };
}

function outcome<Event extends DomainEvent>(decision: Decision<Event>): Outcome<Event> {
  const expectSame = (actual: unknown, expected: unknown, message: string): void => {
    if (!isDeepStrictEqual(plain(actual), plain(expected))) throw new AssertionError({ actual, expected, operator: 'deepStrictEqual', message });
  };
  return {
    then: (...events) => expectSame(decision, { kind: 'accepted', events }, 'the decision differs from the events expected'),
    thenNothing: () => expectSame(decision, { kind: 'accepted', events: [] }, 'something was decided where nothing was expected'),
    thenRefused: (code, field) => {
      if (decision.kind !== 'refused') throw new AssertionError({ actual: decision, expected: code, message: `expected a refusal "${code}"` });
      const { refusal } = decision;
      expectSame({ code: refusal.code, ...(field === undefined ? {} : { field: refusal.field }) }, { code, ...(field === undefined ? {} : { field }) }, 'another refusal than expected');
    },
  };
}

/** Event data may be instances of message classes; what is recorded is their JSON. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? `${item}n` : item)));
}

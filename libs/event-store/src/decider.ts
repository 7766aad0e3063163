/**
 * What a feature's pure core looks like. No I/O, clock or random source may be reached from here or from a decider:
 * times and ids arrive inside the command.
 */

/** A fact before it is recorded: what `decide` returns and `evolve` takes. */
export interface DomainEvent<Type extends string = string, Data extends object = object> {
  readonly type: Type;
  readonly data: Data;
}

/** A command that the rules do not allow: an expected result, never an exception. */
export interface Refusal {
  /** Stable, kebab-case; part of the public contract. */
  readonly code: string;
  /** The rule in a sentence for people, with the offending value. */
  readonly message: string;
  /** Path of the field at fault, such as `assets.0.amount`. */
  readonly field?: string;
}

export type Decision<Event extends DomainEvent> =
  /** No event: the command was carried out before, or changes nothing. */
  | { readonly kind: 'accepted'; readonly events: readonly Event[] }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

export interface Decider<State, Command, Event extends DomainEvent> {
  initialState(): State;
  decide(command: Command, state: State): Decision<Event>;
  evolve(state: State, event: Event): State;
}

export function accept<Event extends DomainEvent>(...events: readonly Event[]): Decision<Event> {
  return { kind: 'accepted', events };
}

export function refuse(code: string, message: string, field?: string): { kind: 'refused'; refusal: Refusal } {
  return { kind: 'refused', refusal: field === undefined ? { code, message } : { code, message, field } };
}

import { isDeepStrictEqual } from 'node:util';
import type { Decider, DomainEvent, Refusal } from './decider.js';
import { uuidV5 } from './ids.js';
import {
  ConcurrencyConflict,
  EventStoreError,
  StoreTimeout,
  type AppendResult,
  type CallOptions,
  type EventMetadata,
  type EventStore,
  type ExpectedRevision,
  type JsonObject,
  type NewEvent,
} from './port.js';
import { Upcasters } from './upcasters.js';

/** Namespace of event ids, so that they meet no other version 5 UUID. Fixed for ever: ids in stores depend on it. */
const EVENT_ID_NAMESPACE = '2f1d3c58-8a0e-5b7c-9c1e-6d1f0a4b7e93';
const CONFLICT_RETRIES_MAX = 8;
const TIMEOUT_RETRIES_MAX = 3;

/** Others kept appending to the stream between each load and append. The command was not carried out. */
export class TooManyConflicts extends EventStoreError {
  readonly code = 'too-many-conflicts';
  constructor(
    readonly stream: string,
    readonly attempts: number,
    options?: ErrorOptions,
  ) {
    super(`${attempts} attempts to append to ${stream} met other writers`, options);
  }
}

export interface LoadedState<State> {
  readonly state: State;
  /** What an append after this load must expect. */
  readonly expected: ExpectedRevision;
}

export interface CommandRequest<Command> extends CallOptions {
  readonly stream: string;
  readonly command: Command;
  /**
   * Identity of the command: the same id is carried out once per stream, however often it arrives. Made of what is
   * commanded, never of what its sender may choose freely: another command under the same id would be taken for this one.
   */
  readonly commandId: string;
  /**
   * The same command may rightly come again later, as when something is set back to what it was: its identity is the id
   * at the revision it is decided on. Only for deciders that tell a repetition by the state alone.
   */
  readonly repeatable?: boolean;
  /** `schemaVersion` is by default the upcasters' current version of each event's type, else 1. */
  readonly metadata: Omit<EventMetadata, 'schemaVersion'> & { readonly schemaVersion?: number };
  readonly upcasters?: Upcasters;
  /** Appends repeated after a conflict. Default 8. */
  readonly retriesMax?: number;
  /** The caller expects the stream not to exist: it is loaded only when that turns out wrong. */
  readonly expectNew?: boolean;
}

export type CommandOutcome<State, Event extends DomainEvent> =
  | {
      readonly kind: 'accepted';
      /** What this command led to, now or when it was first carried out; empty when it changed nothing. */
      readonly events: readonly Event[];
      /** Revision of the stream's last event known here; undefined when the stream does not exist. */
      readonly revision: bigint | undefined;
      readonly state: State;
      /** True when the command had been carried out before and nothing was written. */
      readonly duplicate: boolean;
    }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** Id of the `index`-th event of a command on a stream: the same for each attempt, so that a repeated append is the same append. */
export function eventId(stream: string, commandId: string, index: number): string {
  return uuidV5(EVENT_ID_NAMESPACE, JSON.stringify([stream, commandId, index]));
}

/** Folds the whole stream. @throws {UnknownEventVersion} */
export async function loadState<State, Command, Event extends DomainEvent>(
  store: EventStore,
  decider: Decider<State, Command, Event>,
  stream: string,
  options: CallOptions & { readonly upcasters?: Upcasters } = {},
): Promise<LoadedState<State>> {
  const { state, expected } = await load(store, decider, stream, undefined, options.upcasters, options);
  return { state, expected };
}

/**
 * Loads, decides, appends; after a conflict all over again, a bounded number of times.
 *
 * A command id seen in the stream is not carried out again: deciding on the state it met then must give the events
 * it gave then (a duplicate), else the decider's answer on today's state counts, and where that would append anew
 * the id was used for something else, which is refused as `command-id-reused`.
 * @throws {TooManyConflicts} @throws {StoreTimeout} outcome unknown, repeat with the same command id
 * @throws {StoreUnavailable} @throws {InvalidAppend}
 */
export async function handleCommand<State, Command, Event extends DomainEvent>(
  store: EventStore,
  decider: Decider<State, Command, Event>,
  request: CommandRequest<Command>,
): Promise<CommandOutcome<State, Event>> {
  const { stream, command } = request;
  const calls = callOptions(request);
  const attemptsMax = (request.retriesMax ?? CONFLICT_RETRIES_MAX) + 1;
  let conflict: ConcurrencyConflict | undefined;
  // The look at an absent stream costs nothing and counts as no attempt. A repeatable command would meet its own first events there.
  for (let attempt = request.expectNew === true && request.repeatable !== true ? 0 : 1; attempt <= attemptsMax; attempt++) {
    const loaded: History<State, Event> =
      attempt === 0
        ? { state: decider.initialState(), expected: 'no-stream', earlier: undefined }
        : await load(store, decider, stream, request.repeatable === true ? undefined : request.commandId, request.upcasters, calls);
    if (loaded.earlier !== undefined) return repeated(decider, command, loaded, loaded.earlier);
    const decision = decider.decide(command, loaded.state);
    // On the state of a stream that was only assumed to be absent, nothing but an append proves the assumption.
    if (attempt === 0 && (decision.kind === 'refused' || decision.events.length === 0)) continue;
    if (decision.kind === 'refused') return decision;
    const { events } = decision;
    if (events.length === 0) {
      return { kind: 'accepted', events, revision: revisionOf(loaded.expected), state: loaded.state, duplicate: false };
    }
    const commandId = request.repeatable === true ? `${request.commandId}@${String(loaded.expected)}` : request.commandId;
    try {
      const result = await appendFirmly(store, stream, loaded.expected, toNewEvents({ ...request, commandId }, events), calls);
      if (result.duplicate) {
        // The ids were there, but maybe with other content under the same command id: look before answering.
        const seen = await load(store, decider, stream, commandId, request.upcasters, calls);
        if (seen.earlier !== undefined) return repeated(decider, command, seen, seen.earlier);
      }
      return { kind: 'accepted', events, revision: result.revision, state: events.reduce((s, e) => decider.evolve(s, e), loaded.state), duplicate: false };
    } catch (error) {
      if (!(error instanceof ConcurrencyConflict)) throw error;
      conflict = error;
    }
  }
  throw new TooManyConflicts(stream, attemptsMax, { cause: conflict });
}

interface History<State, Event> extends LoadedState<State> {
  /** Present when the command's events are in the stream already. */
  readonly earlier: { readonly before: State; readonly events: readonly Event[] } | undefined;
}

async function load<State, Command, Event extends DomainEvent>(
  store: EventStore,
  decider: Decider<State, Command, Event>,
  stream: string,
  commandId: string | undefined,
  upcasters: Upcasters = new Upcasters(),
  calls: CallOptions,
): Promise<History<State, Event>> {
  let state = decider.initialState();
  let expected: ExpectedRevision = 'no-stream';
  let before: State | undefined;
  const own: Event[] = [];
  let awaited = commandId === undefined ? undefined : eventId(stream, commandId, 0);
  for await (const page of store.readStream(stream, calls)) {
    for (const recorded of page) {
      const event = upcasters.apply(recorded) as unknown as Event;
      if (commandId !== undefined && recorded.id === awaited) {
        if (own.length === 0) before = state;
        own.push({ type: event.type, data: event.data } as Event);
        awaited = eventId(stream, commandId, own.length);
      }
      state = decider.evolve(state, event);
      expected = recorded.revision;
    }
  }
  return { state, expected, earlier: own.length === 0 ? undefined : { before: before as State, events: own } };
}

function repeated<State, Command, Event extends DomainEvent>(
  decider: Decider<State, Command, Event>,
  command: Command,
  now: LoadedState<State>,
  earlier: { readonly before: State; readonly events: readonly Event[] },
): CommandOutcome<State, Event> {
  const duplicate = { kind: 'accepted', events: earlier.events, revision: revisionOf(now.expected), state: now.state, duplicate: true } as const;
  const then = decider.decide(command, earlier.before);
  if (then.kind === 'accepted' && sameEvents(then.events, earlier.events)) return duplicate;
  const today = decider.decide(command, now.state);
  if (today.kind === 'refused') return today;
  if (today.events.length === 0) return duplicate;
  return {
    kind: 'refused',
    refusal: { code: 'command-id-reused', message: 'this command id was used before, for a command with other content' },
  };
}

function sameEvents(a: readonly DomainEvent[], b: readonly DomainEvent[]): boolean {
  return a.length === b.length && a.every((event, i) => event.type === b[i]?.type && isDeepStrictEqual(asJson(event.data), asJson(b[i]?.data)));
}

/** What a store gives back for this value: without properties that are undefined, without prototypes. */
function asJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

async function appendFirmly(
  store: EventStore,
  stream: string,
  expected: ExpectedRevision,
  events: readonly NewEvent[],
  calls: CallOptions,
): Promise<AppendResult> {
  for (let retry = 0; ; retry++) {
    try {
      return await store.append(stream, expected, events, calls);
    } catch (error) {
      if (!(error instanceof StoreTimeout) || retry >= TIMEOUT_RETRIES_MAX) throw error;
    }
  }
}

function toNewEvents<Command, Event extends DomainEvent>(request: CommandRequest<Command>, events: readonly Event[]): NewEvent[] {
  const { stream, commandId, metadata, upcasters } = request;
  return events.map((event, index) => ({
    id: eventId(stream, commandId, index),
    type: event.type,
    data: event.data as JsonObject,
    metadata: { ...metadata, schemaVersion: metadata.schemaVersion ?? upcasters?.currentVersion(event.type) ?? 1 },
  }));
}

function revisionOf(expected: ExpectedRevision): bigint | undefined {
  return expected === 'no-stream' ? undefined : expected;
}

function callOptions({ signal, timeoutMs }: CallOptions): CallOptions {
  return { ...(signal !== undefined && { signal }), ...(timeoutMs !== undefined && { timeoutMs }) };
}

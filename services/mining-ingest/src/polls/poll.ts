import type { EventsOf, PollAdvanced } from '@qazyna/contracts';
import { accept, type Decider } from '@qazyna/event-store/decider';

export type PollEvent = EventsOf<{ 'mining.poll-advanced': PollAdvanced }>;

/** How far a poll has got; undefined before its first complete run. */
export type PollState = { readonly through: string; readonly runs: number } | undefined;

/** A cursor only moves forward: a run that met nothing newer leaves it where it is. */
export const pollDecider: Decider<PollState, PollAdvanced, PollEvent> = {
  initialState: () => undefined,
  decide: (advance, state) => (state !== undefined && Date.parse(advance.through) <= Date.parse(state.through) ? accept() : accept({ type: 'mining.poll-advanced', data: advance })),
  evolve: (state, event) => ({ through: event.data.through, runs: (state?.runs ?? 0) + 1 }),
};

const DAY_MS = 86_400_000;

/** First moment a run asks for: the cursor less an overlap in which the pool may still add or change rows. */
export function beginningOf(state: PollState, { since, overlapDays }: { readonly since: string; readonly overlapDays: number }): Date {
  const start = Date.parse(since);
  return new Date(state === undefined ? start : Math.max(start, Date.parse(state.through) - overlapDays * DAY_MS));
}

export interface Window {
  readonly from: Date;
  readonly to: Date;
}

/** Splits a span into windows of at most so many days, oldest first; at least one. */
export function windowsOf(from: Date, to: Date, daysMax: number): readonly Window[] {
  const windows: Window[] = [];
  for (let start = from.getTime(); windows.length === 0 || start < to.getTime(); start += daysMax * DAY_MS) {
    windows.push({ from: new Date(start), to: new Date(Math.max(start, Math.min(to.getTime(), start + daysMax * DAY_MS))) });
  }
  return windows;
}

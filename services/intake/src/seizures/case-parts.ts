import type { CaseChangesOutstanding } from '@qazyna/contracts';
import { eventsOfChange, type Change } from './case-effects.js';
import type { CaseEvent, CaseState } from './case.js';
import { caseStanding } from './case-standing.js';

/**
 * A change over more assets than one append holds is told in parts. The first part names the change and how much
 * follows of it; what is still outstanding follows from the case before the change and after it, so whoever comes next
 * can go on with it wherever it stopped.
 */

export interface Outstanding {
  readonly mark: CaseChangesOutstanding;
  /** The case before the change. */
  readonly before: CaseState;
  /** Events that followed the mark. */
  readonly told: number;
}

/** What a command is answered with while a change is outstanding; never said to anybody outside. */
export const CHANGES_OUTSTANDING = 'case-changes-outstanding';

/** The store takes 1 MiB in one append: two bytes a character at most, metadata beside it. */
const PART_CHARACTERS_MAX = 400_000;
const PART_EVENTS_MAX = 500;
/** A fact that could be received in one append is told in one. */
const ACTS_BYTES_MAX = 1_000_000;

/**
 * @param acts events about acts and clocks, which stay in the first part
 * @returns the first part, or undefined where `acts` alone are more than an append holds
 */
export function firstPart(acts: readonly CaseEvent[], change: Change): CaseEvent[] | undefined {
  const changes = eventsOfChange(change);
  const events = [...acts, ...changes];
  if (fill(events, 0, 0) === events.length) return events;
  if (bytesOf(acts) > ACTS_BYTES_MAX) return undefined;
  const { caseId, factId, effectiveAt } = change;
  const mark: CaseEvent = { type: 'intake.case-changes-outstanding', data: { caseId, factId, effectiveAt, acts: acts.length, changes: changes.length } };
  const head = [mark, ...acts];
  return [...head, ...changes.slice(0, fill(changes, 0, charactersOf(head)))];
}

/** What is still to be told of the change that is outstanding, in its order. */
export function stillToTell({ outstanding, ...after }: CaseState): CaseEvent[] {
  if (outstanding === undefined) return [];
  const { mark, before, told } = outstanding;
  const { caseId, factId, effectiveAt, acts, changes } = mark;
  const events = eventsOfChange({
    caseId,
    before: caseStanding(before.facts.values(), before.lapsed, before.inherited),
    after: caseStanding(after.facts.values(), after.lapsed, after.inherited),
    factId,
    document: after.facts.get(factId)?.fact.document,
    effectiveAt,
    wholes: before.wholes,
  });
  if (events.length !== changes) throw new Error(`INV-53: ${String(events.length)} events follow of ${factId}, and ${String(changes)} were announced`);
  return events.slice(told - acts);
}

/** As many events from `start` as one append holds: at least one. */
export function partOf(events: readonly CaseEvent[], start: number): CaseEvent[] {
  return events.slice(start, Math.max(fill(events, start, 0), start + 1));
}

/** Up to where events fit an append of which some characters are taken. */
function fill(events: readonly CaseEvent[], start: number, taken: number): number {
  let characters = taken;
  for (let index = start; index < events.length; index++) {
    characters += charactersOf(events.slice(index, index + 1));
    if (index - start === PART_EVENTS_MAX || characters > PART_CHARACTERS_MAX) return index;
  }
  return events.length;
}

function charactersOf(events: readonly CaseEvent[]): number {
  return events.reduce((sum, event) => sum + JSON.stringify(event).length, 0);
}

function bytesOf(events: readonly CaseEvent[]): number {
  return new TextEncoder().encode(JSON.stringify(events)).length;
}

/** Counts an event that followed the mark; undefined once the last has. */
export function toldAnother({ mark, before, told }: Outstanding): Outstanding | undefined {
  return told + 1 < mark.acts + mark.changes ? { mark, before, told: told + 1 } : undefined;
}

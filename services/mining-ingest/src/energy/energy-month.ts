import type { EnergyReading, EnergyReadingRecorded, EventsOf, SignedMessage } from '@qazyna/contracts';
import { energyReadingIdOf } from '@qazyna/contracts/names';
import { accept, type Decider, type Decision, type Refusal } from '@qazyna/event-store/decider';

/** The readings of one farm in one of its months: each once, none over another of the same meter, corrected by name. */

export type EnergyEvent = EventsOf<{ 'mining.energy-reading-recorded': EnergyReadingRecorded }>;

export interface EnergyMonth {
  /** Per meter and day of its first moment: small enough to be copied with each reading, of which a month may hold thousands. */
  readonly meters: ReadonlyMap<string, ReadonlyMap<string, readonly EnergyReadingRecorded[]>>;
  /** By the id of a reading that is replaced: the id of the one that replaces it, known before or after it. */
  readonly replacedBy: ReadonlyMap<string, string>;
}

/** Several readings at once: those that may be are recorded, the others are left out and refused one by one. */
export interface RecordReadings {
  readonly month: string;
  readonly readings: readonly OfferedReading[];
}

export interface OfferedReading {
  readonly reading: EnergyReading;
  readonly signed?: SignedMessage;
}

export type ReadingAssessment = { readonly kind: 'new' } | { readonly kind: 'known' } | { readonly kind: 'refused'; readonly refusal: Refusal };

/** Seconds are the finest that meters' periods are given in. */
const WHOLE_SECOND = /:\d{2}(\.0{1,3})?Z$/;

/** What the reading alone gets wrong, or undefined. */
export function readingFault({ from, to, revision = 0, corrects }: EnergyReading): Refusal | undefined {
  const fault = (code: string, field: string, message: string): Refusal => ({ code, field, message });
  for (const [field, time] of [['from', from], ['to', to]] as const) {
    if (!WHOLE_SECOND.test(time)) return fault('reading-period', field, `${field} must be on a whole second`);
  }
  if (Date.parse(to) <= Date.parse(from)) return fault('reading-period', 'to', 'to must be after from');
  if (revision > 0 && corrects === undefined) return fault('reading-correction', 'corrects', 'a correction names the reading it replaces');
  if (revision === 0 && corrects !== undefined) return fault('reading-correction', 'revision', 'a reading that replaces another has a revision of 1 or more');
  return undefined;
}

export function assessReading(month: EnergyMonth, reading: EnergyReading): ReadingAssessment {
  const id = energyReadingIdOf(reading);
  const refused = (code: string, field: string, message: string): ReadingAssessment => ({ kind: 'refused', refusal: { code, field, message } });
  const known = readingsOf(month, reading.meterId, dayOf(reading.from)).find(({ readingId }) => readingId === id);
  if (known !== undefined) {
    const same = known.energyWh === reading.energyWh && known.corrects === reading.corrects;
    return same ? { kind: 'known' } : refused('reading-conflict', 'energyWh', `reading ${id} is known with other content; a correction has a revision of its own and names the one it replaces`);
  }
  const { corrects } = reading;
  if (corrects !== undefined) {
    if (corrects === id) return refused('reading-correction', 'corrects', 'a reading does not replace itself');
    if (!corrects.startsWith(`${reading.meterId}~`)) return refused('reading-correction', 'corrects', 'a correction is of the same meter');
    const other = month.replacedBy.get(corrects);
    if (other !== undefined) return refused('reading-already-corrected', 'corrects', `reading ${corrects} is replaced by ${other}: correct that one`);
    // A correction may overtake what it corrects: without this, two that name each other would both stand for nothing.
    if (isReplacedThrough(month, id, corrects)) return refused('reading-correction', 'corrects', `reading ${corrects} itself replaces ${id}, at once or through others: one of them must stand`);
  }
  // A reading that a correction overtook is recorded as replaced: it stands for nothing and lies over nothing.
  if (month.replacedBy.has(id)) return { kind: 'new' };
  const [from, to] = [Date.parse(reading.from), Date.parse(reading.to)];
  for (const other of standingReadings(month, reading.meterId)) {
    if (other.readingId !== corrects && from < Date.parse(other.to) && Date.parse(other.from) < to) {
      return refused('reading-overlap', 'from', `the period lies over that of reading ${other.readingId} of the same meter`);
    }
  }
  return { kind: 'new' };
}

/** Whether `other` stands in the place of a reading, however many corrections lie between: each has one at most, so it ends. */
function isReplacedThrough({ replacedBy }: EnergyMonth, readingId: string, other: string): boolean {
  for (let next = replacedBy.get(readingId); next !== undefined; next = replacedBy.get(next)) if (next === other) return true;
  return false;
}

function decide({ month, readings }: RecordReadings, state: EnergyMonth): Decision<EnergyEvent> {
  const events: EnergyEvent[] = [];
  let folded = state;
  for (const { reading, signed } of readings) {
    if (assessReading(folded, reading).kind !== 'new') continue;
    const { farmId, meterId, from, to, energyWh, revision, corrects } = reading;
    const event: EnergyEvent = {
      type: 'mining.energy-reading-recorded',
      data: {
        readingId: energyReadingIdOf(reading),
        farmId,
        meterId,
        from,
        to,
        energyWh,
        ...(revision === undefined ? {} : { revision }),
        ...(corrects === undefined ? {} : { corrects }),
        month,
        ...(signed === undefined ? {} : { signed }),
      },
    };
    folded = evolve(folded, event);
    events.push(event);
  }
  return accept(...events);
}

function evolve(state: EnergyMonth, { data }: EnergyEvent): EnergyMonth {
  const { readingId, meterId, from, corrects } = data;
  const day = dayOf(from);
  const days = new Map(state.meters.get(meterId) ?? []);
  days.set(day, [...(days.get(day) ?? []), data]);
  const meters = new Map(state.meters);
  meters.set(meterId, days);
  return { meters, replacedBy: corrects === undefined ? state.replacedBy : new Map([...state.replacedBy, [corrects, readingId]]) };
}

export const energyMonthDecider: Decider<EnergyMonth, RecordReadings, EnergyEvent> = {
  initialState: () => ({ meters: new Map(), replacedBy: new Map() }),
  decide,
  evolve,
};

/** Readings of a meter that nothing replaces, in no order. */
export function* standingReadings({ meters, replacedBy }: EnergyMonth, meterId: string): Generator<EnergyReadingRecorded> {
  for (const readings of meters.get(meterId)?.values() ?? []) {
    for (const reading of readings) if (!replacedBy.has(reading.readingId)) yield reading;
  }
}

/** Watt-hours of all the farm's meters in the month. */
export function energyDrawnWh(month: EnergyMonth): bigint {
  let total = 0n;
  for (const meterId of month.meters.keys()) {
    for (const { energyWh } of standingReadings(month, meterId)) total += BigInt(energyWh);
  }
  return total;
}

/** A stretch of time that no standing reading of a meter covers. */
export interface EnergyGap {
  readonly meterId: string;
  readonly from: string;
  readonly to: string;
}

/** Gaps between the first moment and the last one asked for, of each of these meters. */
export function energyGaps(month: EnergyMonth, meters: Iterable<string>, from: string, to: string): EnergyGap[] {
  const gaps: EnergyGap[] = [];
  const iso = (time: number): string => new Date(time).toISOString();
  for (const meterId of meters) {
    let covered = Date.parse(from);
    const end = Date.parse(to);
    for (const reading of [...standingReadings(month, meterId)].sort((a, b) => Date.parse(a.from) - Date.parse(b.from))) {
      if (Date.parse(reading.from) > covered) gaps.push({ meterId, from: iso(covered), to: iso(Math.min(Date.parse(reading.from), end)) });
      covered = Math.max(covered, Date.parse(reading.to));
    }
    if (covered < end) gaps.push({ meterId, from: iso(covered), to: iso(end) });
  }
  return gaps;
}

function readingsOf({ meters }: EnergyMonth, meterId: string, day: string): readonly EnergyReadingRecorded[] {
  return meters.get(meterId)?.get(day) ?? [];
}

function dayOf(time: string): string {
  return time.slice(0, 10);
}

import { Inject, Injectable } from '@nestjs/common';
import { contentHash, energyReadingIdOf, streamOf, type EnergyReading } from '@qazyna/contracts';
import { handleCommand, loadState, type Clock, type EventMetadata, type EventStore, type Refusal } from '@qazyna/event-store';
import { CLOCK, EVENT_STORE } from '@qazyna/service-kit';
import { farmAt, farmDecider, type Farm } from '../farms/farm.js';
import { farmMonthOf } from '../farms/farm-month.js';
import { assessReading, energyMonthDecider, readingFault, type OfferedReading } from './energy-month.js';

type Metadata = Omit<EventMetadata, 'schemaVersion'>;

/** What became of a reading. */
export interface ReadingResult {
  readonly status: 'accepted' | 'duplicate' | 'refused';
  readonly readingId: string;
  readonly code?: string;
  readonly message?: string;
  readonly field?: string;
}

interface Placed extends OfferedReading {
  readonly index: number;
}

/** Meters' clocks and ours differ a little; a period that ends later than this has not been measured. */
const AHEAD_MAX_MS = 300_000;

@Injectable()
export class EnergyService {
  /** The last of those who wait to append to a month, in this process: a farm's meters report at the same second. */
  private readonly waiting = new Map<string, Promise<unknown>>();

  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Records readings, each once, with a result for each in their order; those of one farm and month in one append.
   * @throws {StoreUnavailable | StoreTimeout | TooManyConflicts} some may be recorded: offer the same readings again
   */
  async record(offered: readonly OfferedReading[], metadata: Metadata): Promise<ReadingResult[]> {
    const results = new Array<ReadingResult>(offered.length);
    const farms = new Map<string, Farm>();
    const months = new Map<string, Placed[]>();
    for (const [index, { reading, signed }] of offered.entries()) {
      const { farmId } = reading;
      const farm = farms.get(farmId) ?? (await loadState(this.store, farmDecider, streamOf.farm(farmId))).state;
      farms.set(farmId, farm);
      const fault = this.faultOf(reading, farm);
      if (fault) {
        results[index] = { status: 'refused', readingId: energyReadingIdOf(reading), ...fault };
        continue;
      }
      const key = streamOf.energy(farmId, farmMonthOf(reading.from, farm.registered?.utcOffset).month);
      months.set(key, [...(months.get(key) ?? []), { index, reading, ...(signed === undefined ? {} : { signed }) }]);
    }
    for (const [stream, placed] of months) {
      for (const [at, result] of await this.inTurn(stream, () => this.recordMonth(stream, placed, metadata))) results[at] = result;
    }
    return results;
  }

  /** Whether this very reading was recorded before. @throws as `record` */
  async knows(reading: EnergyReading): Promise<boolean> {
    const { state: farm } = await loadState(this.store, farmDecider, streamOf.farm(reading.farmId));
    const { month } = farmMonthOf(reading.from, farm.registered?.utcOffset);
    const { state } = await loadState(this.store, energyMonthDecider, streamOf.energy(reading.farmId, month));
    return assessReading(state, reading).kind === 'known';
  }

  /** One after the other for each stream; another process meets us in the stream's revision. */
  private async inTurn<T>(stream: string, work: () => Promise<T>): Promise<T> {
    const before = this.waiting.get(stream);
    const mine = before === undefined ? work() : before.then(work, work);
    this.waiting.set(stream, mine);
    try {
      return await mine;
    } finally {
      if (this.waiting.get(stream) === mine) this.waiting.delete(stream);
    }
  }

  /** A reading that something stood in the way of is offered again where that went away meanwhile, as when a later one corrects it. */
  private async recordMonth(stream: string, placed: readonly Placed[], metadata: Metadata): Promise<[number, ReadingResult][]> {
    const results: [number, ReadingResult][] = [];
    let waiting = placed;
    while (waiting.length > 0) {
      const outcome = await handleCommand(this.store, energyMonthDecider, {
        stream,
        command: { month: stream.slice(-7), readings: waiting },
        commandId: `readings:${contentHash({ readings: waiting.map(({ reading }) => reading) })}`,
        // What was refused once is looked at anew when the same batch comes again.
        repeatable: true,
        metadata,
      });
      if (outcome.kind === 'refused') throw new Error(`${stream}: ${outcome.refusal.code}`);
      const taken = new Set(outcome.duplicate ? [] : outcome.events.map(({ data }) => data.readingId));
      const again: Placed[] = [];
      for (const each of waiting) {
        const readingId = energyReadingIdOf(each.reading);
        const assessment = assessReading(outcome.state, each.reading);
        if (assessment.kind === 'new') again.push(each);
        else if (assessment.kind === 'refused') results.push([each.index, { status: 'refused', readingId, ...assessment.refusal }]);
        else results.push([each.index, { status: taken.delete(readingId) ? 'accepted' : 'duplicate', readingId }]);
      }
      if (again.length === waiting.length) throw new Error(`${stream}: ${String(again.length)} readings were offered and none was looked at`);
      waiting = again;
    }
    return results;
  }

  private faultOf(reading: EnergyReading, farm: Farm): Refusal | undefined {
    const { farmId, meterId, from, to } = reading;
    const fault = readingFault(reading);
    if (fault) return fault;
    const standing = farmAt(farm, from);
    if (standing === undefined) return { code: 'farm-unknown', field: 'farmId', message: `farm ${farmId} is not registered` };
    if (!standing.meters.includes(meterId)) return { code: 'meter-unknown', field: 'meterId', message: `farm ${farmId} had no meter ${meterId} at ${from}` };
    const month = farmMonthOf(from, farm.registered?.utcOffset);
    if (Date.parse(to) > Date.parse(month.to)) return { code: 'reading-crosses-month', field: 'to', message: `the farm's month ${month.month} ends at ${month.to}: a reading lies within one month` };
    if (Date.parse(to) > this.clock.now().getTime() + AHEAD_MAX_MS) return { code: 'reading-in-future', field: 'to', message: 'the period is not over: energy is reported when it was drawn' };
    return undefined;
  }
}

import type { ChainDayFacts, ChainDayRecorded, ChainStretch, EventsOf } from '@qazyna/contracts';
import { accept, refuse, type Decider } from '@qazyna/event-store/decider';
import { difficultyOfBits, type ChainDay } from './expected-earnings.js';
import { fractions } from '@qazyna/ledger';

const DAY_S = 86_400;
/** Blocks after the day before its figures are taken as final. */
export const SETTLED_BLOCKS = 6;

/** A block of the best chain, as custody followed it. */
export interface FollowedBlock {
  readonly height: number;
  /** Seconds of the epoch that its header claims. */
  readonly time: number;
  readonly bits: string;
  readonly subsidy: bigint;
  readonly fees: bigint;
}

export function dayNumber(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / 1000 / DAY_S;
}

export function dateOf(day: number): string {
  return new Date(day * DAY_S * 1000).toISOString().slice(0, 10);
}

/** True for a day of the calendar, such as 2026-02-28 and not 2026-02-30. */
export function isDay(date: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().slice(0, 10) === date;
}

/**
 * What a day was like by the blocks around it: from the last one before the day to those after it, in order of height.
 * A block stands for the work since the one before it, so a retarget counts from the time of the last block of the old
 * difficulty. Headers' times may run backwards; a block is never earlier than the one before it here.
 * @returns undefined while the blocks do not cover the day or are not settled, or where none was found on it
 */
export function factsOfBlocks(network: ChainDayFacts['network'], date: string, blocks: readonly FollowedBlock[]): ChainDayFacts | undefined {
  const start = dayNumber(date) * DAY_S;
  const end = start + DAY_S;
  const [first] = blocks;
  if (first === undefined || first.time >= start || blocks.filter(({ time }) => time >= end).length < SETTLED_BLOCKS) return undefined;
  const stretches: ChainStretch[] = [];
  let at = start;
  let [subsidies, fees] = [0n, 0n];
  for (const { time, bits, subsidy, fees: paid } of blocks.slice(1)) {
    if (time >= start && time < end) [subsidies, fees] = [subsidies + subsidy, fees + paid];
    const until = Math.min(Math.max(time, at), end);
    if (until === at) continue;
    const last = stretches.at(-1);
    if (last?.bits === bits && last.subsidy === String(subsidy)) stretches[stretches.length - 1] = { ...last, seconds: last.seconds + until - at };
    else stretches.push({ seconds: until - at, bits, subsidy: String(subsidy) });
    at = until;
  }
  if (at !== end || subsidies === 0n) return undefined;
  return { network, date, stretches, subsidies: String(subsidies), fees: String(fees), source: `blocks ${first.height + 1} to ${blocks.at(-1)?.height ?? 0}` };
}

/** Which rule the facts break; undefined for sound ones. */
export function brokenRule({ date, stretches, subsidies }: ChainDayFacts): { readonly code: string; readonly field: string; readonly message: string } | undefined {
  if (!isDay(date)) return { code: 'day-unknown', field: 'date', message: `${date} is no day of the calendar` };
  const seconds = stretches.reduce((sum, each) => sum + each.seconds, 0);
  if (seconds !== DAY_S) return { code: 'day-incomplete', field: 'stretches', message: `the stretches are ${seconds} seconds long; a day has 86,400` };
  if (subsidies === '0') return { code: 'day-without-blocks', field: 'subsidies', message: 'without subsidies there is nothing to take the share of fees from' };
  for (const [index, { difficulty, bits }] of stretches.entries()) {
    const field = `stretches.${index}`;
    if ((difficulty === undefined) === (bits === undefined)) return { code: 'difficulty-ambiguous', field, message: 'a stretch names either its difficulty or its compact target' };
    if (difficulty !== undefined && fractions.decimal(difficulty).n === 0n) return { code: 'difficulty-zero', field: `${field}.difficulty`, message: 'a difficulty is above 0' };
    if (bits !== undefined && !hasTarget(bits)) return { code: 'bits-empty', field: `${field}.bits`, message: 'no hash can meet this target' };
  }
  return undefined;
}

function hasTarget(bits: string): boolean {
  try {
    return difficultyOfBits(bits).d > 0n;
  } catch {
    return false;
  }
}

/** Sound facts, ready to reckon with. */
export function chainDayOf({ stretches, subsidies, fees }: ChainDayFacts): ChainDay {
  return {
    stretches: stretches.map(({ seconds, difficulty, bits, subsidy }) => ({
      seconds,
      difficulty: bits === undefined ? fractions.decimal(difficulty ?? '') : difficultyOfBits(bits),
      subsidy: BigInt(subsidy),
    })),
    subsidies: BigInt(subsidies),
    fees: BigInt(fees),
  };
}

/** A day is brought in once, and corrected by a higher revision: earnings judged by it are judged again. */
export const chainDayDecider: Decider<ChainDayFacts | undefined, ChainDayFacts, EventsOf<{ 'mining.chain-day-recorded': ChainDayRecorded }>> = {
  initialState: () => undefined,
  decide(facts, known) {
    if (known === undefined) return accept({ type: 'mining.chain-day-recorded', data: facts });
    if (!sameFacts(known, facts) && (facts.revision ?? 1) > (known.revision ?? 1)) return accept({ type: 'mining.chain-day-recorded', data: facts });
    return sameFacts(known, facts) ? accept() : refuse('chain-day-conflict', `${facts.date} is known with other figures, from ${known.source}`, 'date');
  },
  evolve: (_state, event) => event.data,
};

function sameFacts(a: ChainDayFacts, b: ChainDayFacts): boolean {
  const told = ({ network, date, stretches, subsidies, fees, source }: ChainDayFacts): string =>
    JSON.stringify([network, date, stretches.map(({ seconds, difficulty, bits, subsidy }) => [seconds, difficulty ?? null, bits ?? null, subsidy]), subsidies, fees, source]);
  return told(a) === told(b);
}

import { createHash } from 'node:crypto';
import type { ListVersion, ScreenedAddress, ScreeningRecorded, ScreeningResult } from '@qazyna/contracts';

/** What a level means for the coins. */
export type LevelMeaning = 'clear' | 'hold' | 'unknown';

export interface FindingsInput {
  readonly subjectId: string;
  readonly addresses: readonly ScreenedAddress[];
  readonly unknownSources: number;
  /** Of every provider asked, for every address: an answer that is missing holds. */
  readonly results: readonly ScreeningResult[];
  /** Providers that have to answer for each address. */
  readonly providers: readonly string[];
  readonly lists: readonly ListVersion[];
  /** Lists are compared, and there is none. */
  readonly listMissing: boolean;
  readonly meaningOf: (result: ScreeningResult) => LevelMeaning;
}

/** Most results that a record names; a deposit with more hits is held by the first as well as by all. */
const RESULTS_MAX = 1_000;

/** In this order the reasons are named. */
const REASONS = ['listed', 'level-held', 'source-unknown', 'list-missing', 'level-unknown', 'provider-pending', 'provider-unavailable'] as const;
type Reason = (typeof REASONS)[number];

/**
 * What the answers say together. Only what every provider answered, with a level that is known to be clear, passes;
 * pending, failed, unknown and missing answers hold. The basis leaves out times, request numbers and versions of lists:
 * the same findings against a new list are the same.
 */
export function findingsOf({ subjectId, addresses, unknownSources, results, providers, lists, listMissing, meaningOf }: FindingsInput): ScreeningRecorded {
  const found = new Set<Reason>();
  if (unknownSources > 0) found.add('source-unknown');
  if (listMissing && addresses.length > 0) found.add('list-missing');
  const answered = new Set<string>();
  const holding: ScreeningResult[] = [];
  for (const result of results) {
    answered.add(`${result.provider} ${result.chain} ${result.address}`);
    const reason = reasonOf(result, meaningOf);
    if (reason === undefined) continue;
    found.add(reason);
    holding.push(result);
  }
  if (addresses.some(({ chain, address }) => providers.some((provider) => !answered.has(`${provider} ${chain} ${address}`)))) found.add('provider-unavailable');
  const reasons = REASONS.filter((reason) => found.has(reason));
  const kept = [...holding, ...results.filter((result) => !result.provider.startsWith('list:') && !holding.includes(result))];
  return {
    subjectId,
    verdict: reasons.length === 0 ? 'clear' : 'held',
    reasons,
    results: kept.slice(0, RESULTS_MAX),
    lists: [...lists],
    basis: basisOf(subjectId, unknownSources, reasons, holding),
  };
}

function reasonOf(result: ScreeningResult, meaningOf: FindingsInput['meaningOf']): Reason | undefined {
  if (result.status === 'pending') return 'provider-pending';
  if (result.status === 'error') return 'provider-unavailable';
  const meaning = meaningOf(result);
  if (meaning === 'clear') return undefined;
  if (meaning === 'unknown') return 'level-unknown';
  return result.provider.startsWith('list:') ? 'listed' : 'level-held';
}

function basisOf(subjectId: string, unknownSources: number, reasons: readonly string[], holding: readonly ScreeningResult[]): string {
  const lines = holding.map(({ provider, chain, address, status, level, categories }) => JSON.stringify([provider, chain, address, status, level, [...categories].sort()]));
  return createHash('sha256').update(JSON.stringify([subjectId, unknownSources, reasons, lines.sort()])).digest('hex');
}

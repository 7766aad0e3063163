import type { ScreenedAddress, ScreeningResult } from '@qazyna/contracts';
import type { Clock } from '@qazyna/event-store';
import type { LevelMeaning } from './findings.js';
import type { ListEntry } from './list-entries.adapter.js';
import { addressKey } from './screened-address.adapter.js';
import { LISTED, NOT_LISTED, UNKNOWN, type ScreeningProvider } from './screening-provider.js';

/** One version of one list, ready to be looked up. */
export interface LoadedList {
  readonly list: string;
  readonly version: string;
  readonly contentSha256: string;
  readonly entries: ReadonlyMap<string, ListEntry>;
}

const CATEGORIES_MAX = 50;

/** Answers from a list in memory. While the list is not there, nothing is known of any address. */
export class ListProvider implements ScreeningProvider {
  readonly name: string;

  constructor(
    list: string,
    private readonly loaded: () => LoadedList | undefined,
    private readonly clock: Clock,
  ) {
    this.name = `list:${list}`;
  }

  screen(addresses: readonly ScreenedAddress[]): Promise<readonly ScreeningResult[]> {
    return Promise.resolve(this.compare(addresses));
  }

  /** As `screen`, at once: a hundred thousand addresses are compared without a promise for each. */
  compare(addresses: readonly ScreenedAddress[]): readonly ScreeningResult[] {
    const list = this.loaded();
    const screenedAt = this.clock.now().toISOString();
    return addresses.map(({ address, chain }) => {
      const asked = { address, chain, provider: this.name, requestId: '-', screenedAt };
      if (list === undefined) return { ...asked, status: 'error', level: UNKNOWN, categories: [], listVersion: '-', rawHash: '0'.repeat(64) };
      const entry = list.entries.get(addressKey({ chain, address }));
      const answer = { ...asked, status: 'complete' as const, listVersion: list.version, rawHash: list.contentSha256 };
      return entry === undefined ? { ...answer, level: NOT_LISTED, categories: [] } : { ...answer, requestId: entry.entry, level: LISTED, categories: entry.categories.slice(0, CATEGORIES_MAX) };
    });
  }

  meaningOf(level: string): LevelMeaning {
    if (level === NOT_LISTED) return 'clear';
    return level === LISTED ? 'hold' : 'unknown';
  }
}

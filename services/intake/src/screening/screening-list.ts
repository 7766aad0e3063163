import type { EventsOf, ScreeningFormat, ScreeningListUpdated, ScreeningRescreened, ScreeningTypeUnknown } from '@qazyna/contracts';
import { accept, refuse, type Decider } from '@qazyna/event-store/decider';

export type ScreeningListEvent = EventsOf<{
  'intake.screening-list-updated': ScreeningListUpdated;
  'intake.screening-type-unknown': ScreeningTypeUnknown;
  'intake.screening-rescreened': ScreeningRescreened;
}>;

export interface UpdateList {
  readonly update: Omit<ScreeningListUpdated, 'previousVersion' | 'previousContentSha256'>;
  /** Entries of each type. */
  readonly perType: Readonly<Record<string, number>>;
  /** The entries that `added` and `removed` were counted against. */
  readonly comparedWith: string | undefined;
  /** An officer says that a list less than half as long is right. */
  readonly mayShrink: boolean;
}

export interface ScreeningListState {
  readonly current: ScreeningListUpdated | undefined;
  readonly types: ReadonlySet<string>;
}

/**
 * Types of address that the sanctions lists have carried up to now. A list's first version is held against these, its
 * later ones against what it had before as well.
 */
export const KNOWN_TYPES: ReadonlySet<string> = new Set(['XBT', 'ETH', 'XMR', 'LTC', 'ZEC', 'DASH', 'BTG', 'ETC', 'BSV', 'BCH', 'XVG', 'USDC', 'USDT', 'XRP', 'TRX', 'ARB', 'BSC', 'BTC', 'SOL']);

const TYPED_FORMATS: ReadonlySet<ScreeningFormat> = new Set(['ofac-sdn', 'ofac-sdn-advanced', 'opensanctions']);

/** The versions of one list. A list that lost most of its entries is more likely a broken file than good news. */
export const screeningListDecider: Decider<ScreeningListState, UpdateList, ScreeningListEvent> = {
  initialState: () => ({ current: undefined, types: new Set() }),
  decide({ update, perType, comparedWith, mayShrink }, { current, types }) {
    if (current?.sha256 === update.sha256) return accept();
    if (current?.contentSha256 !== comparedWith) return refuse('list-conflict', 'the list was updated by somebody else: send the file again', 'list');
    if (current !== undefined && update.entries * 2 < current.entries && !mayShrink) {
      return refuse('list-shrinks', `the file has ${update.entries} entries and version ${current.version} has ${current.entries}: say mayShrink=true if that is right`, 'mayShrink');
    }
    const unknown = TYPED_FORMATS.has(update.format) ? update.types.filter((type) => !KNOWN_TYPES.has(type) && !types.has(type)) : [];
    return accept(
      {
        type: 'intake.screening-list-updated',
        data: { ...update, ...(current === undefined ? {} : { previousVersion: current.version, previousContentSha256: current.contentSha256 }) },
      },
      ...unknown.map((addressType): ScreeningListEvent => ({
        type: 'intake.screening-type-unknown',
        data: { list: update.list, version: update.version, addressType, entries: perType[addressType] ?? 1 },
      })),
    );
  },
  evolve(state, event) {
    if (event.type === 'intake.screening-rescreened') return state;
    if (event.type === 'intake.screening-type-unknown') return { ...state, types: new Set([...state.types, event.data.addressType]) };
    return { current: event.data, types: new Set([...state.types, ...event.data.types]) };
  },
};

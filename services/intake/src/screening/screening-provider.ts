import type { ScreenedAddress, ScreeningResult } from '@qazyna/contracts';
import type { LevelMeaning } from './findings.js';

/**
 * Somebody who says where an address has been. Never throws for what the other side does: an answer that does not come,
 * comes late, or makes no sense is a result with status `error` or `pending`, and holds.
 */
export interface ScreeningProvider {
  /** `list:<name>`, or the vendor's. */
  readonly name: string;
  /** One result for each address, in their order. */
  screen(addresses: readonly ScreenedAddress[], options?: { readonly signal?: AbortSignal }): Promise<readonly ScreeningResult[]>;
  /** What a level of this provider means; one that it never named before is unknown. */
  meaningOf(level: string): LevelMeaning;
}

/** Levels of our own: of lists, and of answers that are not there. */
export const LISTED = 'listed';
export const NOT_LISTED = 'not-listed';
export const UNKNOWN = 'unknown';

/**
 * The ledger's invariants by number. `docs/invariants.md` says where each is asserted and which test breaks it on
 * purpose; numbers are never reused.
 */
export const LEDGER_INVARIANTS = {
  'INV-01': 'Every entry balances to zero for each asset within each class.',
  'INV-02': 'No custody account goes below zero.',
  'INV-03': 'For each asset, what custody accounts hold is what came from sources less what was spent.',
  'INV-04': 'An entry that touches a due account, and so crosses classes, names the act that authorises it.',
  'INV-05': 'What one class is owed by another is what the other owes: due pairs net to zero in every entry and over the ledger.',
  'INV-06': 'Sources and dues never stand on the wrong side, and what was spent never goes below zero.',
  'INV-07': 'Every posting is to an account of the chart of accounts.',
  'INV-08': 'An entry has 2 to 1,000 postings, each a non-zero whole amount within bounds, one for each account and asset.',
  'INV-09': 'Every posting is in an asset of the registry.',
  'INV-10': 'A compensation names the entry it corrects and negates it exactly, what classes owe each other counted net, and an entry is compensated at most once.',
  'INV-11': 'An entry id is a UUID and occurs once.',
  'INV-12': 'An entry takes effect at a valid time, in UTC to the millisecond, not after it was recorded by more than the tolerance.',
  'INV-13': 'The act fits what it authorises: the case it names is the case moved, a disbursement names its resolution, a release its case.',
  'INV-14': 'An entry touches only the accounts that its kind allows, on the side its kind allows.',
  'INV-15': 'An entry names its cause.',
} as const;

export type InvariantNumber = keyof typeof LEDGER_INVARIANTS;

export interface Violation {
  readonly invariant: InvariantNumber;
  /** What broke it, with the offending values. */
  readonly message: string;
}

/** A rule of the ledger would not hold. Nothing was changed. */
export class InvariantViolation extends Error {
  readonly code = 'invariant-violated';
  override readonly name = 'InvariantViolation';
  /** The first rule broken. */
  readonly invariant: InvariantNumber;

  constructor(
    readonly violations: readonly [Violation, ...Violation[]],
    /** The entry at fault; absent when the whole ledger was verified. */
    readonly entryId?: string,
  ) {
    const where = entryId === undefined ? 'ledger' : `entry ${String(entryId).slice(0, 64)}`;
    super(`${where}: ${violations.map(({ invariant, message }) => `${invariant}: ${message}`).join('; ')}`);
    this.invariant = violations[0].invariant;
  }
}

/** @throws {InvariantViolation} when there is any violation */
export function throwIfViolated(violations: readonly Violation[], entryId?: string): void {
  const [first, ...rest] = violations;
  if (first) throw new InvariantViolation([first, ...rest], entryId);
}

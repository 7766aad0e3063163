import type { PoolAccountAct, PoolAccountRegistered, PoolAccountTerms, WalletChangeConfirmed, WalletChangeProposed } from '@qazyna/contracts';

/** A pool account with every wallet it ever had and every act over it. */
export interface PoolAccount extends PoolAccountRegistered {
  /** Proposed and neither confirmed nor withdrawn. */
  readonly proposed: WalletChangeProposed | undefined;
  /** Confirmed and not withdrawn, in order of effect. */
  readonly changes: readonly WalletChangeConfirmed[];
  /** Every change that was ever proposed, by its id. */
  readonly known: ReadonlyMap<string, { readonly proposal: WalletChangeProposed; readonly status: 'proposed' | 'confirmed' | 'withdrawn' }>;
  readonly acts: ReadonlyMap<string, PoolAccountAct>;
  /** Terms in the order they were recorded. */
  readonly terms: readonly PoolAccountTerms[];
}

/** When payouts may go to a wallet: from the first moment (always, for the wallet of the registration) until the last excluded one. */
export interface WalletPeriod {
  readonly payoutAddress: string;
  readonly from?: string;
  readonly until?: string;
  readonly changeId?: string;
}

export function walletPeriods({ payoutAddress, changes }: PoolAccount): WalletPeriod[] {
  const starts: WalletPeriod[] = [{ payoutAddress }, ...changes.map(({ payoutAddress: to, effectiveFrom, changeId }) => ({ payoutAddress: to, from: effectiveFrom, changeId }))];
  return starts.map((period, index) => {
    const until = starts[index + 1]?.from;
    return until === undefined ? period : { ...period, until };
  });
}

export type WalletStanding =
  | { readonly kind: 'current' }
  /** It takes effect later: the change is confirmed and cools off. */
  | { readonly kind: 'cooling'; readonly from: string }
  /** Another wallet has taken its place. */
  | { readonly kind: 'retired'; readonly until: string }
  | { readonly kind: 'unknown' };

/** How a wallet stands to an account at a moment. */
export function walletAt(account: PoolAccount, address: string, moment: string): WalletStanding {
  const at = Date.parse(moment);
  const own = walletPeriods(account).filter(({ payoutAddress }) => payoutAddress === address);
  if (own.length === 0) return { kind: 'unknown' };
  if (own.some(({ from, until }) => (from === undefined || at >= Date.parse(from)) && (until === undefined || at < Date.parse(until)))) return { kind: 'current' };
  const ahead = own.find(({ from }) => from !== undefined && at < Date.parse(from));
  if (ahead?.from !== undefined) return { kind: 'cooling', from: ahead.from };
  return { kind: 'retired', until: own.at(-1)?.until ?? moment };
}

/** The act that suspends the account at a moment, or undefined: effective times decide, never the order of arrival. */
export function suspensionAt({ acts }: PoolAccount, moment: string): PoolAccountAct | undefined {
  const at = Date.parse(moment);
  const last = [...acts.values()]
    .filter(({ effectiveAt }) => Date.parse(effectiveAt) <= at)
    .sort((a, b) => Date.parse(a.effectiveAt) - Date.parse(b.effectiveAt) || (a.act === b.act ? (a.actId < b.actId ? -1 : 1) : a.act === 'resume' ? -1 : 1))
    .at(-1);
  return last?.act === 'suspend' ? last : undefined;
}

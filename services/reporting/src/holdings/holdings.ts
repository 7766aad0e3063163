import { formatAmount, parseAccount, UnknownAsset, type AccountClass, type Asset } from '@qazyna/ledger';
import { namedAsset, seizureClaims, type ClaimedAsset, type ControlledCoins, type FindAsset, type NamedAsset, type Quantity, type SeizureClaims } from './claims.js';

/**
 * The public figures, computed from balances alone. Deterministic: no clock, no position, sorted throughout, so that
 * the same events give the same bytes wherever they were stored and in whatever order independent things happened.
 */

export interface BalanceRow {
  readonly account: string;
  readonly asset: string;
  /** Debit positive. */
  readonly amount: bigint;
}

export interface HoldingsInput {
  readonly balances: readonly BalanceRow[];
  readonly assets: FindAsset;
  readonly legalStatusOf: (caseId: string) => string | undefined;
  readonly tierOf: (vaultId: string) => string | undefined;
  readonly claimedAssets: readonly ClaimedAsset[];
  /** Coins that the journal holds for cases. */
  readonly controlled: readonly ControlledCoins[];
  readonly payoutClaims: readonly { readonly asset: string; readonly status: string; readonly payouts: number; readonly amount: bigint }[];
}

export type SourceFigure = Quantity & { readonly source: string; readonly id: string; readonly legalStatus: string };
export type CustodyFigure = Quantity & { readonly status: 'in-vault' | 'in-transit' | 'off-chain' | 'due'; readonly place: string; readonly tier?: string };

export interface AssetFigure extends Quantity {
  readonly asset: string;
  readonly symbol: string;
  readonly kind: string;
  /** Coins of a test network: worth nothing. */
  readonly test: boolean;
  /** Fees, disbursements and releases: what came from the sources and is gone. */
  readonly spent: Quantity;
  readonly sources: readonly SourceFigure[];
  readonly byLegalStatus: readonly (Quantity & { readonly legalStatus: string })[];
  readonly custody: readonly CustodyFigure[];
  /** Coins in this class's vaults that belong to another class until they are swept. */
  readonly owedToOtherClasses: readonly (Quantity & { readonly class: string })[];
}

export interface PayoutClaimFigure extends Quantity {
  readonly asset: string;
  readonly symbol: string;
  readonly test: boolean;
  readonly status: string;
  readonly payouts: number;
}

export interface Figures {
  readonly classes: readonly { readonly class: AccountClass; readonly assets: readonly AssetFigure[] }[];
  /** Announced, not controlled: never part of a holding. */
  readonly claims: SeizureClaims & { readonly payouts: readonly PayoutClaimFigure[] };
}

/** Up to where the figures know. */
export interface AsOf {
  readonly network: string;
  /** The time that was asked about, where one was. */
  readonly at?: string;
  /** Null while no block was followed. */
  readonly blockHeight: number | null;
  readonly blockHash: string | null;
  readonly blockTime: string | null;
  /** Number of the journal's last entry in the figures; null while there is none. */
  readonly journalRevision: string | null;
  /** Place in the event log, opaque; null for an earlier time. */
  readonly logPosition: string | null;
}

/** Version of the shape below: raised when a field changes its meaning or goes away. */
export const HOLDINGS_VERSION = 2;

export interface Holdings {
  readonly version: typeof HOLDINGS_VERSION;
  readonly asOf: AsOf;
  readonly figures: Figures;
}

/** A figure that would contradict the ledger's rules is never published. */
export class FiguresContradict extends Error {
  override readonly name = 'FiguresContradict';
  constructor(
    readonly invariant: string,
    message: string,
  ) {
    super(`${invariant}: ${message}`);
  }
}

const CLASSES: readonly AccountClass[] = ['reserve', 'held-in-trust', 'operational'];
/** Where from says what it is. Of a case only what a decision made the state's is ever credited to the reserve. */
const STATUS_OF_SOURCE: Readonly<Record<string, string>> = { seizure: 'state-property', mining: 'state-mining', purchase: 'purchased', donation: 'donated', unidentified: 'unidentified', 'screening-hold': 'held-for-screening' };
const CUSTODY_STATUS: Readonly<Record<string, CustodyFigure['status']>> = { 'vault': 'in-vault', 'in-transit': 'in-transit', 'off-chain': 'off-chain' };

type Row = BalanceRow & { readonly parsed: ReturnType<typeof parseAccount> };

/** @throws {FiguresContradict} the balances break an invariant */
export function figuresOf(input: HoldingsInput): Figures {
  const rows = input.balances.filter(({ amount }) => amount !== 0n).map((row): Row => ({ ...row, parsed: parseAccount(row.account) }));
  checkDuePairs(rows);
  return {
    classes: CLASSES.map((accountClass) => ({
      class: accountClass,
      assets: groupBy(rows.filter(({ parsed }) => parsed.class === accountClass), ({ asset }) => asset).map(([asset, group]) => assetFigure(accountClass, registered(asset, input), group, input)),
    })),
    claims: { ...seizureClaims(input.claimedAssets, input.controlled, input.assets), payouts: payoutClaims(input) },
  };
}

function assetFigure(accountClass: AccountClass, asset: Asset, rows: readonly Row[], input: HoldingsInput): AssetFigure {
  const total = sum(rows.map(({ amount }) => amount));
  if (total !== 0n) throw new FiguresContradict('INV-01', `${accountClass} is out of balance by ${total} base units of ${asset.id}`);
  const negative = rows.find(({ parsed, amount }) => parsed.custody && amount < 0n);
  if (negative) throw new FiguresContradict('INV-02', `${negative.account} is below zero`);
  const wrongSide = rows.find(({ parsed, amount }) => !parsed.custody && amount > 0n !== (parsed.side === 'debit'));
  if (wrongSide) throw new FiguresContradict('INV-06', `${wrongSide.account} stands on the wrong side`);

  const quantity = quantityIn(asset);
  const sources = rows
    .filter(({ parsed }) => parsed.group === 'source')
    .map(({ parsed, amount }): SourceFigure => {
      const id = parsed.id ?? '';
      return { source: parsed.kind, id, legalStatus: STATUS_OF_SOURCE[parsed.kind] ?? heldStatus(id, asset.id, input), ...quantity(-amount) };
    });
  const custody = rows
    .filter(({ parsed, amount }) => parsed.custody || (parsed.group === 'due' && amount > 0n))
    .map(({ parsed, amount }): CustodyFigure => {
      const place = parsed.id ?? parsed.counterpart ?? '';
      const tier = parsed.kind === 'vault' ? input.tierOf(place) : undefined;
      return { status: CUSTODY_STATUS[parsed.kind] ?? 'due', place, ...(tier === undefined ? {} : { tier }), ...quantity(amount) };
    });
  const spent = sum(rows.filter(({ parsed }) => parsed.group === 'spent').map(({ amount }) => amount));
  const owed = rows.filter(({ parsed, amount }) => parsed.group === 'due' && amount < 0n);
  const holding = unitsOf(sources) - spent;
  // The figure is counted twice from the rows as published: by where it came from, and by where it is.
  const found = unitsOf(custody) + sum(owed.map(({ amount }) => amount));
  if (found !== holding) throw new FiguresContradict('INV-03', `${accountClass} shows ${holding} base units of ${asset.id} by source and ${found} by place`);
  return {
    asset: asset.id,
    symbol: asset.symbol,
    kind: asset.kind,
    test: asset.test,
    ...quantity(holding),
    spent: quantity(spent),
    sources: sorted(sources, ({ source, id }) => `${source} ${id}`),
    byLegalStatus: groupBy(sources, ({ legalStatus }) => legalStatus).map(([legalStatus, group]) => ({ legalStatus, ...quantity(unitsOf(group)) })),
    custody: sorted(custody, ({ status, place }) => `${status} ${place}`),
    owedToOtherClasses: sorted(owed.map(({ parsed, amount }) => ({ class: parsed.counterpart ?? '', ...quantity(-amount) })), (row) => row.class),
  };
}

/** What a case's coins are that are held in trust: not what of them became the state's, which is held in the reserve. */
function heldStatus(caseId: string, asset: string, { claimedAssets, legalStatusOf }: HoldingsInput): string {
  const parts = claimedAssets.filter((each) => each.caseId === caseId && each.asset === asset).flatMap((each) => each.parts);
  const [first, ...others] = new Set(parts.map(({ legalStatus }) => legalStatus).filter((status) => status !== 'state-property'));
  return (others.length > 0 ? 'mixed' : first) ?? legalStatusOf(caseId) ?? 'unknown';
}

/** INV-05: between two classes, what one is owed the other owes. */
function checkDuePairs(rows: readonly Row[]): void {
  for (const [asset, group] of groupBy(rows.filter(({ parsed }) => parsed.group === 'due'), ({ asset }) => asset)) {
    const net = sum(group.map(({ amount }) => amount));
    if (net !== 0n) throw new FiguresContradict('INV-05', `what classes owe one another in ${asset} differs by ${net} base units`);
  }
}

function payoutClaims({ payoutClaims: claims, assets }: HoldingsInput): PayoutClaimFigure[] {
  const figures = claims
    // What an officer rejected is a claim no longer.
    .filter(({ payouts, status }) => payouts > 0 && status !== 'rejected')
    .map(({ asset: id, status, payouts, amount }): PayoutClaimFigure => {
      const asset = namedAsset(id, assets);
      return { asset: id, symbol: asset.symbol, test: asset.test, status, payouts, ...quantityIn(asset)(amount) };
    });
  return sorted(figures, ({ asset, status }) => `${asset} ${status}`);
}

/** The journal holds no other. @throws {UnknownAsset} it does */
function registered(id: string, { assets }: HoldingsInput): Asset {
  const asset = assets(id);
  if (asset === undefined) throw new UnknownAsset(id);
  return asset;
}

function quantityIn(asset: NamedAsset): (units: bigint) => Quantity {
  return (units) => ({ baseUnits: units.toString(), coins: formatAmount(units, asset.decimals) });
}

function unitsOf(quantities: readonly Quantity[]): bigint {
  return sum(quantities.map(({ baseUnits }) => BigInt(baseUnits)));
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}

function sorted<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  return [...items].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** Groups in the order of their keys. */
function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return sorted([...groups], ([key]) => key);
}

import { formatAmount, type Asset } from '@qazyna/ledger';

/**
 * What seizures claim and custody does not hold, each kind of thing apart: coins at addresses, balances at exchanges,
 * devices, machines, fund units and money are never added to one another, nor to what is held.
 */

export interface Quantity {
  /** Decimal string of base units. */
  readonly baseUnits: string;
  /** The same in coins or pieces, exact. */
  readonly coins: string;
}

export interface ClaimedPart {
  readonly legalStatus: string;
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** One asset of a case as it stands. */
export interface ClaimedAsset {
  readonly caseId: string;
  readonly assetId: string;
  readonly asset: string;
  readonly amount: bigint;
  readonly location: { readonly kind: string; readonly exchange?: string; readonly make?: string; readonly model?: string; readonly fund?: string };
  /** Together they are the whole. */
  readonly parts: readonly ClaimedPart[];
  readonly frozenByIssuer: boolean;
  readonly inherited: boolean;
}

/** What the journal holds for a case. */
export interface ControlledCoins {
  readonly caseId: string;
  /** Absent: it was received for the case and no one asset of it. */
  readonly assetId: string | undefined;
  readonly asset: string;
  readonly amount: bigint;
}

export interface ClaimFigure {
  readonly asset: string;
  readonly symbol: string;
  readonly kind: string;
  readonly test: boolean;
  readonly legalStatus: string;
  readonly cases: number;
  /** How many accounts, devices, addresses or lots they are. */
  readonly items: number;
  readonly claimed: Quantity;
  /** Announced and not under control: no balance. */
  readonly outstanding: Quantity;
  /** The part of what is outstanding that its issuer has frozen: nobody can move it, whatever the law says. */
  readonly frozenByIssuer: Quantity;
  /** The part of what is claimed that was found at a case's address and reported by nobody: forks, airdrops, dust. */
  readonly inherited: Quantity;
}

export interface SeizureClaims {
  /** Coins and tokens at addresses that somebody else's keys control. */
  readonly tokens: readonly ClaimFigure[];
  readonly exchangeAccounts: readonly (ClaimFigure & { readonly exchange: string })[];
  /** Coins whose keys are on a seized device, until they are swept to ours. */
  readonly devices: readonly ClaimFigure[];
  readonly equipment: readonly (ClaimFigure & { readonly make: string | null; readonly model: string | null })[];
  readonly fundUnits: readonly (ClaimFigure & { readonly fund: string | null })[];
  /** Proceeds of sales before a verdict, on accounts at banks. */
  readonly money: readonly ClaimFigure[];
}

export type ClaimKind = keyof SeizureClaims;

/** The asset is the case's no more. */
const GONE: ReadonlySet<string> = new Set(['released', 'returned-to-victim', 'withdrawn']);
const MONEY = 'qazyna:local/iso4217:';
const KIND_OF_PLACE: Readonly<Record<string, ClaimKind>> = {
  'exchange': 'exchangeAccounts', 'exchange-account': 'exchangeAccounts', 'device': 'devices', 'store': 'devices', 'equipment': 'equipment', 'fund-units': 'fundUnits', 'bank-account': 'money',
};

/** An asset as a claim names it: registered, money, or one that nobody has registered. */
export type NamedAsset = Omit<Asset, 'kind'> & { readonly kind: string };

/** Finds a registered asset. */
export type FindAsset = (id: string) => Asset | undefined;

const UNREGISTERED = 'unregistered';

interface Share {
  readonly item: ClaimedAsset;
  readonly asset: NamedAsset;
  readonly legalStatus: string;
  readonly claimed: bigint;
  readonly outstanding: bigint;
}

export function seizureClaims(claimed: readonly ClaimedAsset[], controlled: readonly ControlledCoins[], assets: FindAsset): SeizureClaims {
  const shares = outstandingOf(claimed, controlled).flatMap(({ item, outstanding }) => sharesOf(item, outstanding, assets));
  const rows = <Named extends object>(kind: ClaimKind, named: (item: ClaimedAsset) => Named): (ClaimFigure & Named)[] =>
    grouped(
      shares.filter((share) => kindOf(share) === kind),
      ({ item, asset, legalStatus }) => JSON.stringify([Object.values(named(item)), asset.id, legalStatus]),
    ).map((group) => ({ ...named((group[0] as Share).item), ...figureOf(group) }));
  return {
    tokens: rows('tokens', () => ({})),
    exchangeAccounts: rows('exchangeAccounts', ({ location }) => ({ exchange: location.exchange ?? 'unknown' })),
    devices: rows('devices', () => ({})),
    equipment: rows('equipment', ({ location }) => ({ make: location.make ?? null, model: location.model ?? null })),
    fundUnits: rows('fundUnits', ({ location }) => ({ fund: location.fund ?? null })),
    money: rows('money', () => ({})),
  };
}

/** What a thing is decides before where it is: a machine in a store is a machine. */
function kindOf({ asset, item }: Share): ClaimKind {
  if (asset.kind === 'equipment') return 'equipment';
  if (asset.kind === 'fund-unit') return 'fundUnits';
  if (asset.kind === 'money') return 'money';
  return KIND_OF_PLACE[item.location.kind] ?? 'tokens';
}

/** What is held for an asset is claimed no longer; what is held for the case alone counts for its assets in their order. */
function outstandingOf(claimed: readonly ClaimedAsset[], controlled: readonly ControlledCoins[]): { readonly item: ClaimedAsset; readonly outstanding: bigint }[] {
  const keyOf = (caseId: string, assetId: string | undefined, asset: string): string => JSON.stringify([caseId, assetId ?? null, asset]);
  const held = new Map<string, bigint>();
  for (const { caseId, assetId, asset, amount } of controlled) held.set(keyOf(caseId, assetId, asset), (held.get(keyOf(caseId, assetId, asset)) ?? 0n) + amount);
  const take = (key: string, most: bigint): bigint => {
    const there = held.get(key) ?? 0n;
    const taken = there < most ? there : most;
    held.set(key, there - taken);
    return taken;
  };
  const order = [...claimed].sort((a, b) => (keyOf(a.caseId, a.assetId, a.asset) < keyOf(b.caseId, b.assetId, b.asset) ? -1 : 1));
  const own = order.map((item) => ({ item, outstanding: item.amount - take(keyOf(item.caseId, item.assetId, item.asset), item.amount) }));
  return own.map(({ item, outstanding }) => ({ item, outstanding: outstanding - take(keyOf(item.caseId, undefined, item.asset), outstanding) }));
}

function sharesOf(item: ClaimedAsset, outstanding: bigint, assets: FindAsset): Share[] {
  const asset = namedAsset(item.asset, assets);
  const claimed = divided(item.amount, item.parts);
  const open = divided(outstanding, item.parts);
  return item.parts
    .map(({ legalStatus }, index) => ({ item, asset, legalStatus, claimed: claimed[index] ?? 0n, outstanding: open[index] ?? 0n }))
    .filter((share) => !GONE.has(share.legalStatus) && share.claimed > 0n);
}

/** Each part rounded down, and what is left with the last: the parts are the whole. */
function divided(amount: bigint, parts: readonly ClaimedPart[]): bigint[] {
  let left = amount;
  return parts.map(({ numerator, denominator }, index) => {
    const part = index === parts.length - 1 ? left : (amount * numerator) / denominator;
    left -= part;
    return part;
  });
}

/**
 * Whoever seizes or pays may name an asset that this system does not know. What it says is shown as it was said, in base
 * units, because nobody knows how many of them are one: a claim must never keep the figures from being shown.
 */
export function namedAsset(id: string, assets: FindAsset): NamedAsset {
  const known = assets(id);
  if (known !== undefined) return known;
  const isMoney = id.startsWith(MONEY);
  const symbol = isMoney ? id.slice(MONEY.length) : id.slice(id.lastIndexOf(':') + 1);
  return { id: id as Asset['id'], symbol, name: symbol, decimals: isMoney ? minorUnits(symbol) : 0, kind: isMoney ? 'money' : UNREGISTERED, test: false };
}

/** Digits of a currency's minor unit, by ISO 4217 as the platform knows it; two where it does not. */
function minorUnits(currency: string): number {
  return /^[A-Z]{3}$/.test(currency) ? (new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2) : 2;
}

function figureOf(group: readonly Share[]): ClaimFigure {
  const [{ asset, legalStatus }] = group as readonly [Share, ...Share[]];
  const quantity = (units: bigint): Quantity => ({ baseUnits: units.toString(), coins: formatAmount(units, asset.decimals) });
  const sum = (of: (share: Share) => bigint): Quantity => quantity(group.reduce((total, share) => total + of(share), 0n));
  return {
    asset: asset.id,
    symbol: asset.symbol,
    kind: asset.kind,
    test: asset.test,
    legalStatus,
    cases: new Set(group.map(({ item }) => item.caseId)).size,
    items: group.length,
    claimed: sum((share) => share.claimed),
    outstanding: sum((share) => share.outstanding),
    frozenByIssuer: sum(({ item, outstanding }) => (item.frozenByIssuer ? outstanding : 0n)),
    inherited: sum(({ item, claimed }) => (item.inherited ? claimed : 0n)),
  };
}

/** Groups in the order of their keys. */
function grouped<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  return [...Map.groupBy(items, keyOf)].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}

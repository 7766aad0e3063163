import type { Finding, RawEvent, Testimony } from './testimony.js';

/** The law of a case of several assets, told as plainly as it can be: every act of it has its effect, in the order of effect. */

export const MANY_CASE = 'afm.2026_many';

/** Exact; both parts of it are positive, or the numerator 0. */
interface Share {
  readonly n: bigint;
  readonly d: bigint;
}

export interface PlainAsset {
  /** When it was reported first. */
  readonly reportedAt: number;
  /** When a decision took all of it in kind, be it sold since. */
  readonly takenWholeAt: string | undefined;
  readonly parts: ReadonlyMap<string, Share>;
  /** What of each coin of it is the state's, in kind, and since when. */
  readonly stateProperty: { readonly share: Share; readonly effectiveAt: string } | undefined;
}

type Act = Readonly<Record<string, unknown>>;

const WHOLE: Share = { n: 1n, d: 1n };
const NOTHING: Share = { n: 0n, d: 1n };
const plus = (a: Share, b: Share): Share => ({ n: a.n * b.d + b.n * a.d, d: a.d * b.d });
const minus = (a: Share, b: Share): Share => plus(a, { n: -b.n, d: b.d });
const isNothing = ({ n }: Share): boolean => n === 0n;
const equal = (a: Share, b: Share): boolean => a.n * b.d === b.n * a.d;

/** Acts of the case that were received, without what was annulled, in the order of their effect. */
function actsOf(told: Testimony): readonly Act[] {
  const received = told.events.filter(({ type, data }) => type === 'intake.fact-received' && data['caseId'] === MANY_CASE);
  const annulled = new Set(received.flatMap(({ data }) => ((data['fact'] as Act)['annuls'] === true ? [(data['fact'] as Act)['corrects']] : [])));
  return received
    .filter(({ data }) => !annulled.has(data['factId']))
    .map(({ data }) => data['fact'] as Act)
    .filter(({ act }) => act !== 'correction')
    .sort((a, b) => Date.parse(a['effectiveAt'] as string) - Date.parse(b['effectiveAt'] as string));
}

/** Each asset as its acts leave it. */
export function plainAssets(told: Testimony): Map<string, PlainAsset> {
  const acts = actsOf(told);
  const ids = acts.flatMap(({ act, assets }) => (act === 'reported' ? (assets as readonly { assetId: string }[]).map(({ assetId }) => assetId) : []));
  const assets = new Map(ids.map((assetId) => [assetId, lifeOf(assetId, acts)]));
  // What was found at an asset's place shares its fate.
  for (const { type, data } of told.events) {
    const parent = type === 'intake.coins-inherited' && data['caseId'] === MANY_CASE ? assets.get(data['parentAssetId'] as string) : undefined;
    if (parent !== undefined) assets.set(data['assetId'] as string, parent);
  }
  return assets;
}

/** What belongs to none of the assets follows a decision that took everything that was reported by then. */
export function stateOfUnassigned(assets: ReadonlyMap<string, PlainAsset>): PlainAsset['stateProperty'] {
  const all = [...assets.values()];
  const at = all.map(({ takenWholeAt }) => takenWholeAt).find((each) => each !== undefined && all.every(({ reportedAt, takenWholeAt }) => reportedAt > Date.parse(each) || takenWholeAt === each));
  return at === undefined ? undefined : { share: WHOLE, effectiveAt: at };
}

function lifeOf(assetId: string, acts: readonly Act[]): PlainAsset {
  const names = ({ act, assets }: Act): boolean => act === 'reported' && (assets as readonly { assetId: string }[]).some((each) => each.assetId === assetId);
  const report = acts.find(names);
  const reportedAt = Date.parse((report?.['effectiveAt'] as string | undefined) ?? '');
  const isFirst = report === acts.find(({ act }) => act === 'reported');
  let main = { status: 'none', share: WHOLE };
  let order: { status: string; share: Share; restGoes: boolean; inKind: boolean; effectiveAt: string } | undefined;
  let sold = false;
  const gone = new Map<string, Share>();
  const leave = (where: string, share: Share): void => void gone.set(where, plus(gone.get(where) ?? NOTHING, share));
  for (const told of acts) {
    const { act, assetIds, share, rest, substituteValue, effectiveAt } = told;
    // An act that names none is about what was reported by then.
    const concerned = act === 'reported' ? names(told) : assetIds === undefined ? isFirst || reportedAt <= Date.parse(effectiveAt as string) : (assetIds as readonly string[]).includes(assetId);
    if (!concerned) continue;
    const part = share === undefined ? undefined : { n: BigInt((share as { numerator: string }).numerator), d: BigInt((share as { denominator: string }).denominator) };
    if (act === 'reported') main = { status: 'reported', share: WHOLE };
    else if (act === 'restriction') main = { ...main, status: 'restricted' };
    else if (act === 'arrest') main = { ...main, status: 'arrested' };
    else if (act === 'evidence') main = { ...main, status: 'evidence' };
    else if (act === 'pre-verdict-sale') sold = true;
    else if (act === 'confiscation-order') {
      order = { status: 'confiscation-ordered', share: part ?? main.share, restGoes: rest === 'released', inKind: substituteValue === undefined, effectiveAt: '' };
      main = { ...main, share: minus(main.share, order.share) };
    } else if (act === 'finality' && order !== undefined) {
      order.status = 'final';
      if (order.restGoes) {
        leave('released', main.share);
        main = { ...main, share: NOTHING };
      }
    } else if (act === 'state-property-decision' && order !== undefined) Object.assign(order, { status: 'state-property', effectiveAt });
    else if (act === 'reversal' && order !== undefined) {
      main = { status: isNothing(main.share) ? 'reversed' : main.status, share: plus(main.share, order.share) };
      order = undefined;
    } else if (act === 'return-to-victim') {
      leave('returned-to-victim', part ?? main.share);
      main = { ...main, share: minus(main.share, part ?? main.share) };
    } else if (act === 'release-to-owner') {
      leave('released', main.share);
      main = { ...main, share: NOTHING };
    } else throw new Error(`the plain law knows no ${String(act)} here`);
  }
  const parts = new Map<string, Share>([...(order === undefined ? [] : [[order.status, order.share] as const]), [main.status, main.share], ...gone]);
  const isTaken = order?.status === 'state-property' && order.inKind;
  return {
    reportedAt,
    takenWholeAt: isTaken && order !== undefined && equal(order.share, WHOLE) ? order.effectiveAt : undefined,
    parts: new Map([...parts].filter(([, each]) => !isNothing(each))),
    stateProperty: order?.status === 'state-property' && order.inKind && !sold ? { share: order.share, effectiveAt: order.effectiveAt } : undefined,
  };
}

/** None of its acts is refused, all have had their effect, and every asset is shown as the law leaves it. */
export function judgeCaseOfMany(told: Testimony): Finding[] {
  const findings: Finding[] = [];
  const find = (rule: string, message: string): void => void findings.push({ rule, message });
  for (const { type, data } of told.events) {
    if (type === 'intake.fact-refused' && data['caseId'] === MANY_CASE) find('law', `an act of ${MANY_CASE} was refused (${String(data['code'])}): its story is one that the law allows, in whatever order it arrives`);
  }
  const events = told.events.filter(({ stream }) => stream === `case-${MANY_CASE}`);
  const outcome = new Map<string, string>();
  for (const { type, data } of events) if (['intake.act-applied', 'intake.act-held', 'intake.act-overtaken'].includes(type)) outcome.set(data['factId'] as string, type);
  const annulled = new Set(told.events.flatMap(({ type, data }) => (type === 'intake.fact-received' && (data['fact'] as Act)['annuls'] === true ? [(data['fact'] as Act)['corrects'] as string] : [])));
  for (const [factId, type] of outcome) {
    if (type !== (annulled.has(factId) ? 'intake.act-overtaken' : 'intake.act-applied')) find('law', `of act ${factId} of ${MANY_CASE} the last that was told is ${type}`);
  }
  const plain = plainAssets(told);
  const streamed = lastStatuses(events);
  const page = (told.pages[`/v1/cases/${MANY_CASE}/assets`] as { items?: readonly Shown[] }).items ?? [];
  for (const [where, shown] of [['the stream', streamed], ['the list', new Map(page.map((each) => [each.assetId, each]))]] as const) {
    for (const [assetId, { parts }] of plain) {
      const found = shown.get(assetId);
      if (found === undefined) find('law', `${where} does not know asset ${assetId} of ${MANY_CASE}`);
      else if (!sameParts(parts, found)) find('INV-49', `${where} shows asset ${assetId} of ${MANY_CASE} as ${JSON.stringify(found.parts)}; by the law it is ${[...parts].map(([status, { n, d }]) => `${status} ${n}/${d}`).join(', ')}`);
    }
    for (const { assetId, legalStatus } of shown.values()) if (!plain.has(assetId) && legalStatus !== 'withdrawn') find('law', `${where} shows asset ${assetId} of ${MANY_CASE}, which no report names, as ${legalStatus}`);
  }
  return findings;
}

interface Shown {
  readonly assetId: string;
  readonly legalStatus: string;
  readonly parts: readonly { readonly legalStatus: string; readonly share: { readonly numerator: string; readonly denominator: string } }[];
}

function lastStatuses(events: readonly RawEvent[]): Map<string, Shown> {
  const statuses = new Map<string, Shown>();
  for (const { type, data } of events) if (type === 'intake.asset-status-changed') statuses.set(data['assetId'] as string, data as unknown as Shown);
  return statuses;
}

function sameParts(parts: ReadonlyMap<string, Share>, { parts: shown }: Shown): boolean {
  const told = shown.filter(({ share }) => share.numerator !== '0');
  return told.length === parts.size && told.every(({ legalStatus, share }) => equal(parts.get(legalStatus) ?? NOTHING, { n: BigInt(share.numerator), d: BigInt(share.denominator) }));
}

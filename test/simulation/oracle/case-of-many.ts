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
  readonly parts: ReadonlyMap<string, Share>;
  /** What of each coin of it is the state's, in kind. */
  readonly stateProperty: readonly StateTime[];
  /** Decisions that took all of it in kind, be it sold since. */
  readonly taken: readonly StateTime[];
}

/** Which part is the state's since when, and until when; without an end it is so still. */
export interface StateTime {
  readonly share: Share;
  readonly from: number;
  readonly until: number;
}

type Act = Readonly<Record<string, unknown>>;

const WHOLE: Share = { n: 1n, d: 1n };
const NOTHING: Share = { n: 0n, d: 1n };
const plus = (a: Share, b: Share): Share => ({ n: a.n * b.d + b.n * a.d, d: a.d * b.d });
const minus = (a: Share, b: Share): Share => plus(a, { n: -b.n, d: b.d });
const isNothing = ({ n }: Share): boolean => n === 0n;
const equal = (a: Share, b: Share): boolean => a.n * b.d === b.n * a.d;

/** Facts of the case that were received: of two that say the same under two ids, one. */
function factsOf(told: Testimony): readonly { readonly factId: string; readonly fact: Act; readonly isRepeated: boolean }[] {
  const seen = new Set<string>();
  return told.events
    .filter(({ type, data }) => type === 'intake.fact-received' && data['caseId'] === MANY_CASE)
    .map(({ data }) => {
      const fact = data['fact'] as Act;
      const content = textOf(fact);
      const isRepeated = seen.has(content) || String(data['messageId']).endsWith('-scanned');
      seen.add(content);
      return { factId: data['factId'] as string, fact, isRepeated };
    });
}

/** Acts of the case as they count: without what was annulled or repeated, with what corrections say, in the order of their effect. */
function actsOf(told: Testimony): readonly Act[] {
  const facts = factsOf(told);
  const corrections = facts.map(({ fact }) => fact).filter(({ act }) => act === 'correction').sort(byEffect);
  return facts
    .filter(({ isRepeated, fact }) => !isRepeated && fact['act'] !== 'correction')
    .flatMap(({ factId, fact }) => {
      const own = corrections.filter(({ corrects }) => corrects === factId);
      return own.at(-1)?.['annuls'] === true ? [] : [own.reduce((terms, { corrected }) => ({ ...terms, ...(corrected as Act | undefined) }), fact)];
    })
    .sort(byEffect);
}

function byEffect(a: Act, b: Act): number {
  return Date.parse(a['effectiveAt'] as string) - Date.parse(b['effectiveAt'] as string);
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

/** What belongs to none of the assets follows a decision that took everything that was reported by then, until the first of it was given back. */
export function stateOfUnassigned(assets: ReadonlyMap<string, PlainAsset>): readonly StateTime[] {
  const all = [...assets.values()];
  const moments = [...new Set(all.flatMap(({ taken }) => taken.map(({ from }) => from)))];
  return moments.flatMap((from) => {
    const covered = all.filter(({ reportedAt }) => reportedAt <= from).map(({ taken }) => taken.find((each) => each.from === from));
    return covered.every((each) => each !== undefined) ? [{ share: WHOLE, from, until: Math.min(...covered.map((each) => each?.until ?? 0)) }] : [];
  });
}

function lifeOf(assetId: string, acts: readonly Act[]): PlainAsset {
  const names = ({ act, assets }: Act): boolean => act === 'reported' && (assets as readonly { assetId: string }[]).some((each) => each.assetId === assetId);
  const report = acts.find(names);
  const reportedAt = Date.parse((report?.['effectiveAt'] as string | undefined) ?? '');
  const isFirst = report === acts.find(({ act }) => act === 'reported');
  let main = { status: 'none', share: WHOLE };
  let order: { status: string; share: Share; restGoes: boolean; inKind: boolean } | undefined;
  let sold = false;
  const times: (StateTime & { readonly isSold: boolean })[] = [];
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
      order = { status: 'confiscation-ordered', share: part ?? main.share, restGoes: rest === 'released', inKind: substituteValue === undefined };
      main = { ...main, share: minus(main.share, order.share) };
    } else if (act === 'finality' && order !== undefined) {
      order.status = 'final';
      if (order.restGoes) {
        leave('released', main.share);
        main = { ...main, share: NOTHING };
      }
    } else if (act === 'state-property-decision' && order !== undefined) {
      order.status = 'state-property';
      if (order.inKind) times.push({ share: order.share, from: Date.parse(effectiveAt as string), until: Infinity, isSold: sold });
    }
    else if (act === 'reversal' && order !== undefined) {
      main = { status: isNothing(main.share) ? 'reversed' : main.status, share: plus(main.share, order.share) };
      const open = times.at(-1);
      if (open?.until === Infinity) times.splice(-1, 1, { ...open, until: Date.parse(effectiveAt as string) });
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
  return {
    reportedAt,
    parts: new Map([...parts].filter(([, each]) => !isNothing(each))),
    stateProperty: times.filter(({ isSold }) => !isSold),
    taken: times.filter((each) => equal(each.share, WHOLE)),
  };
}

/** None of its acts is refused, all have had their effect, and every asset is shown as the law leaves it. */
export function judgeCaseOfMany(told: Testimony): Finding[] {
  const findings: Finding[] = [];
  const find = (rule: string, message: string): void => void findings.push({ rule, message });
  const facts = factsOf(told);
  const refused = new Map(told.events.filter(({ type, data }) => type === 'intake.fact-refused' && data['caseId'] === MANY_CASE).map(({ data }) => [data['factId'] as string, String(data['code'])]));
  // Of two that say the same, one is refused, whichever it is; what another scan of the paper repeats may wait, or be refused.
  const isSameKnown = (fact: Act): boolean => facts.filter((each) => textOf(each.fact) === textOf(fact)).length > 1;
  for (const { factId, fact } of facts) {
    const code = refused.get(factId);
    if (code === 'act-repeated' ? !isSameKnown(fact) : code !== undefined && !isScanned(told, factId)) find('law', `an act of ${MANY_CASE} was refused (${String(code)}): its story is one that the law allows, in whatever order it arrives`);
  }
  const events = told.events.filter(({ stream }) => stream === `case-${MANY_CASE}`);
  const outcome = new Map<string, string>();
  for (const { type, data } of events) if (['intake.act-applied', 'intake.act-held', 'intake.act-overtaken'].includes(type)) outcome.set(data['factId'] as string, type);
  const annulled = new Set(facts.flatMap(({ fact }) => (fact['annuls'] === true ? [fact['corrects'] as string] : [])));
  for (const [factId, type] of outcome) {
    if (isScanned(told, factId)) continue;
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

function textOf(act: Act): string {
  return JSON.stringify(Object.entries(act).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A repetition of an act from another scan of its paper, which the law does not know. */
function isScanned(told: Testimony, factId: string): boolean {
  return told.events.some(({ type, data }) => type === 'intake.fact-received' && data['factId'] === factId && String(data['messageId']).endsWith('-scanned'));
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

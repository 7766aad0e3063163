import type { CoinsInherited, LegalStatus, SeizureAct } from '@qazyna/contracts';
import type { AssetLife, Holding } from './asset-effects.js';
import { assetLife } from './asset-life.js';
import { actsOnRecord, type ActOnRecord, type ApplyFact } from './law.js';

/** What became of a fact: it had its effect, waits for another act, or the law has passed it by. */
export type FactOutcome =
  | { readonly kind: 'applied' }
  | { readonly kind: 'waiting'; readonly waitsFor: SeizureAct }
  | { readonly kind: 'overtaken'; readonly code: string; readonly message: string };

/** A whole case as its facts tell it, whatever the order in which they arrived. */
export interface CaseStanding {
  /** By asset id, in the order they were reported; inherited coins after those. */
  readonly lives: ReadonlyMap<string, AssetLife>;
  /** When the first report of each took effect, ms since 1970. */
  readonly reportedAt: ReadonlyMap<string, number>;
  readonly outcomes: ReadonlyMap<string, FactOutcome>;
  /** Undefined while nothing is reported. */
  readonly legalStatus: LegalStatus | undefined;
}

const WAITS_FOR_A_REPORT: FactOutcome = { kind: 'waiting', waitsFor: 'reported' };
const ANNULLED: FactOutcome = { kind: 'overtaken', code: 'act-annulled', message: 'a correction says that this act should not have been published' };

interface Reported {
  readonly holding: Holding;
  /** When its first report took effect. */
  readonly at: number;
  readonly isFirstReport: boolean;
}

/**
 * @param facts every fact of the case that was not refused
 * @param lapsed restrictions that the clock saw lapse, with the moment
 * @param inherited coins found at its assets, which share their fate
 */
export function caseStanding(facts: Iterable<ApplyFact>, lapsed: ReadonlyMap<string, string>, inherited: readonly CoinsInherited[]): CaseStanding {
  const all = [...facts];
  const { acts, corrections } = actsOnRecord(all);
  const reported = reportedAssets(acts);
  const lives = new Map<string, AssetLife>();
  const reportedAt = new Map([...reported].map(([assetId, { at }]) => [assetId, at]));
  const outcomes = new Map<string, FactOutcome>();
  const concerning = actsByAsset(acts);
  for (const [assetId, each] of reported) lives.set(assetId, assetLife(each.holding, concerning(assetId, each), lapsed));
  const rootOf = new Map<string, string>();
  for (const { assetId, parentAssetId, asset, amount, location } of inherited) {
    // What was found at coins that were found there before belongs where those do.
    const root = rootOf.get(parentAssetId) ?? parentAssetId;
    const parent = reported.get(root);
    rootOf.set(assetId, root);
    if (parent === undefined || lives.has(assetId)) continue;
    // A sale is of the asset it names: what was found there is still there.
    const shared = concerning(root, parent).filter(({ act }) => act !== 'pre-verdict-sale');
    lives.set(assetId, assetLife({ asset, amount, location }, shared, lapsed));
    reportedAt.set(assetId, parent.at);
  }
  for (const { factId } of acts) outcomes.set(factId, WAITS_FOR_A_REPORT);
  for (const life of lives.values()) noteOutcomes(life, outcomes);
  for (const [factId, state] of corrections) outcomes.set(factId, state === 'applied' ? { kind: 'applied' } : WAITS_FOR_A_REPORT);
  for (const { factId } of all) if (!outcomes.has(factId)) outcomes.set(factId, ANNULLED);
  const statuses = new Set([...lives.values()].map(({ legalStatus }) => legalStatus));
  const [only] = statuses;
  return { lives, reportedAt, outcomes, legalStatus: statuses.size > 1 ? 'mixed' : only };
}

/** An act that applied to one of its assets has applied; one that can still apply to one of them waits. */
function noteOutcomes({ applied, waiting, overtaken }: AssetLife, outcomes: Map<string, FactOutcome>): void {
  for (const factId of applied) outcomes.set(factId, { kind: 'applied' });
  for (const { factId, waitsFor } of waiting) if (outcomes.get(factId)?.kind !== 'applied') outcomes.set(factId, { kind: 'waiting', waitsFor });
  for (const { factId, code, message } of overtaken) {
    const known = outcomes.get(factId);
    if (known === WAITS_FOR_A_REPORT || known?.kind === 'overtaken') outcomes.set(factId, { kind: 'overtaken', code, message });
  }
}

/** The first report that names an asset says what it is. Messages of the first version number their assets by place. */
function reportedAssets(acts: readonly ActOnRecord[]): Map<string, Reported> {
  const assets = new Map<string, Reported>();
  let first: string | undefined;
  for (const { act, factId, at, terms } of acts) {
    if (act !== 'reported') continue;
    first ??= factId;
    for (const [index, { assetId, asset, amount, location }] of (terms.assets ?? []).entries()) {
      const id = assetId ?? String(index + 1);
      if (!assets.has(id)) assets.set(id, { holding: { asset, amount, location }, at, isFirstReport: factId === first });
    }
  }
  return assets;
}

/**
 * Which acts are about an asset, in their order; found through the assets they name, so that thousands of assets with
 * acts of their own cost no more than what each act names. An act that names none is about all that were reported by
 * then; what came with the first report always was.
 */
function actsByAsset(acts: readonly ActOnRecord[]): (assetId: string, asset: Reported) => ActOnRecord[] {
  const named = new Map<string, number[]>();
  const general: number[] = [];
  for (const [index, { act, terms }] of acts.entries()) {
    const names = act === 'reported' ? (terms.assets ?? []).map((each, place) => each.assetId ?? String(place + 1)) : terms.assetIds;
    if (names === undefined) general.push(index);
    for (const name of new Set(names)) {
      const known = named.get(name);
      if (known === undefined) named.set(name, [index]);
      else known.push(index);
    }
  }
  return (assetId, asset) => {
    const about = general.filter((index) => asset.isFirstReport || asset.at <= (acts[index]?.at ?? 0));
    return [...about, ...(named.get(assetId) ?? [])].sort((a, b) => a - b).flatMap((index) => acts[index] ?? []);
  };
}

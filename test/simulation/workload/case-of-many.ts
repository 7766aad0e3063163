import type { Chance } from '../engine/chance.js';
import { AGENCY, eventHeaders, eventRecord, fact, FACT_TYPE, FACTS_TOPIC, REGTEST, type FactContent } from './messages.js';
import { LATE_ASSET, MANY, MANY_CASE, type Registers } from './registers.js';
import { linger, type Stage } from './stage.js';

/**
 * One case of several assets, of which the court says different things: each asset has a story of its own that the law
 * allows, and its acts arrive in an order that the law does not know. Whatever the order, the story must come out.
 */

const SOURCE = `urn:qazyna:agency:${AGENCY}`;
/** What came before the world began, and what takes effect while coins come in: only then has a past day something of it. */
const LONG_AGO = { began: Date.UTC(2026, 0, 1), stepMs: 60_000 };
const STEP_MS_NOW = 300;

/** An act of a story, before it has its moment. */
interface Told {
  readonly act: string;
  readonly more?: Readonly<Record<string, unknown>>;
}

const share = (numerator: number, denominator: number): object => ({ numerator: String(numerator), denominator: String(denominator) });

/** What becomes of one asset: each list of acts can follow an arrest. */
const STORIES: Readonly<Record<string, (chance: Chance) => readonly Told[]>> = {
  'stays-arrested': () => [],
  'state-property': (chance) => [...perhaps(chance, { act: 'evidence' }), { act: 'confiscation-order' }, { act: 'finality' }, { act: 'state-property-decision' }],
  'in-part': (chance) => [
    { act: 'confiscation-order', more: { share: share(chance.between(1, 6), 7), rest: chance.oneOf(['stays', 'released']) } },
    { act: 'finality' },
    { act: 'state-property-decision' },
  ],
  'reversed': () => [{ act: 'confiscation-order' }, { act: 'finality' }, { act: 'state-property-decision' }, { act: 'reversal' }],
  'confiscated-again': () => [
    { act: 'confiscation-order', more: { share: share(1, 2) } }, { act: 'finality' }, { act: 'state-property-decision' }, { act: 'reversal' },
    { act: 'confiscation-order', more: { share: share(1, 3) } }, { act: 'finality' }, { act: 'state-property-decision' },
  ],
  'value-only': () => [{ act: 'confiscation-order', more: { substituteValue: { currency: 'KZT', amount: '250000000', datedAt: '2026-01-01T00:00:00Z' } } }, { act: 'finality' }, { act: 'state-property-decision' }],
  'released': () => [{ act: 'release-to-owner' }],
  'returned': (chance) => [
    { act: 'return-to-victim', more: { share: share(1, 4), victim: { reference: 'V-1', manner: 'in-kind' } } },
    ...perhaps(chance, { act: 'release-to-owner' }),
  ],
  'sold': (chance) => [
    { act: 'pre-verdict-sale', more: { proceeds: { asset: 'qazyna:local/iso4217:KZT', amount: '4200000000', location: { kind: 'bank-account', reference: 'treasury-1' } } } },
    ...(chance.happens(0.5) ? [{ act: 'confiscation-order' }, { act: 'finality' }, { act: 'state-property-decision' }] : []),
  ],
};

const WHOLE_STORY: readonly Told[] = [{ act: 'confiscation-order' }, { act: 'finality' }, { act: 'state-property-decision' }];

function perhaps(chance: Chance, act: Told): Told[] {
  return chance.happens(0.5) ? [act] : [];
}

interface Moment {
  readonly id: string;
  readonly content: FactContent;
}

/** When things happen in this case: the moment of a step, be it between two. */
type At = (step: number) => string;

export async function caseOfMany(stage: Stage, { many }: Registers): Promise<void> {
  const { chance, chain } = stage;
  const named = many.flatMap(({ assetId }) => assetId ?? []);
  const assets = named.filter((assetId) => assetId !== LATE_ASSET);
  const payments = Promise.all(
    many.map(async ({ address }) => {
      await linger(stage, 3_000);
      if (chance.happens(0.8)) chain.pay([{ address, amount: BigInt(chance.between(1_000, 9_000_000)) }]);
    }),
  );
  const { began, stepMs } = chance.happens(0.5) ? LONG_AGO : { began: Math.floor(stage.faults.time.nowMs), stepMs: STEP_MS_NOW };
  const at: At = (step) => new Date(began + Math.round(step * stepMs)).toISOString();
  const all = moments(chance, at, assets, named.includes(LATE_ASSET));
  const corrections = chance.happens(0.6) ? mistakesOf(chance, at, all) : [];
  const known = new Map<string, string>();
  const repeated = repetitions(chance, at, all, corrections);
  for (const { id, content } of afterTheirOriginals(outOfOrder(chance, [...all, ...repeated]))) {
    await linger(stage, 250);
    const factId = await publish(stage, id, content, corrections.some(({ of }) => of === id) || repeated.some((each) => each.id === `${id}${SCANNED}`));
    if (factId !== undefined) known.set(id, factId);
  }
  for (const { of, id, content } of corrections) {
    await linger(stage, 500);
    const corrects = known.get(of);
    if (corrects !== undefined) await publish(stage, id, { ...content, corrects });
  }
  if (chance.happens(0.5)) await findings(stage, at(assets.length), assets[0] ?? 'a');
  if (chance.happens(0.5)) await mistakenReport(stage, at, assets[0] ?? 'a');
  await payments;
}

/** Everything in the order in which it took effect. */
function moments(chance: Chance, timeOf: At, assets: readonly string[], isOneLate: boolean): Moment[] {
  let step = 0;
  const moment = (act: string, more: Readonly<Record<string, unknown>>): Moment => {
    step += 1;
    return { id: `many-${step}-${act}`, content: { ...fact(chance, MANY, act, timeOf(step)), ...more } };
  };
  const assetOf = (assetId: string): object => ({ assetId, asset: REGTEST, amount: String(chance.between(1, 9_000_000)), location: { kind: 'device', reference: `evidence-${assetId}` } });
  const reported = assets.map(assetOf);
  const together = chance.happens(0.5) ? [reported] : reported.map((each) => [each]);
  const all = [...together.map((list) => moment('reported', { assets: list }))];
  if (chance.happens(0.5)) all.push(moment('restriction', {}));
  all.push(moment('arrest', {}));
  // The court speaks of everything at once, or of each asset by itself.
  const atOnce = chance.happens(0.3) ? [WHOLE_STORY] : undefined;
  const stories = atOnce?.map((story) => [...story]) ?? assets.map((assetId) => chance.oneOf(Object.values(STORIES))(chance).map(({ act, more = {} }) => ({ act, more: { ...more, assetIds: [assetId] } })));
  while (stories.some((story) => story.length > 0)) {
    const next = chance.oneOf(stories.filter((story) => story.length > 0)).shift();
    if (next !== undefined) all.push(moment(next.act, next.more ?? {}));
  }
  if (!isOneLate) return all;
  all.push(moment('reported', { assets: [assetOf(LATE_ASSET)] }));
  const ofLate = chance.happens(0.5) ? ['arrest', 'confiscation-order', 'finality', 'state-property-decision'] : [];
  for (const act of ofLate) all.push(moment(act, { assetIds: [LATE_ASSET] }));
  return all;
}

/** Of an act and its other scan nobody could tell which is which: the act itself comes first. */
const SCANNED = '-scanned';

function afterTheirOriginals(all: readonly Moment[]): Moment[] {
  const order = [...all];
  for (const scan of all.filter(({ id }) => id.endsWith(SCANNED))) {
    const [at, of] = [order.indexOf(scan), order.findIndex(({ id }) => `${id}${SCANNED}` === scan.id)];
    if (at < of) [order[at], order[of]] = [order[of] as Moment, scan];
  }
  return order;
}

interface Correction extends Moment {
  /** The act it corrects. */
  readonly of: string;
}

/** Acts that were published with another share or moment than they have, and one that should not have been published. */
function mistakesOf(chance: Chance, at: At, all: readonly Moment[]): Correction[] {
  const end = all.length + 10;
  const corrections: Correction[] = [];
  const correct = (of: Moment, more: object): void => {
    const content = { ...fact(chance, MANY, 'correction', at(end + corrections.length)), ...more };
    corrections.push({ of: of.id, id: `${of.id}-corrected`, content });
  };
  const isLast = ({ content }: Moment, index: number): boolean => !all.slice(index + 1).some((later) => String(later.content['assetIds']) === String(content['assetIds']) || later.content['assetIds'] === undefined);
  const ends = all.filter((each, index) => ['reversal', 'state-property-decision'].includes(each.content.act) && isLast(each, index));
  const annulled = ends.length > 0 && chance.happens(0.5) ? chance.oneOf(ends) : undefined;
  if (annulled !== undefined) correct(annulled, { annuls: true });
  for (const [index, moment] of all.entries()) {
    const { act } = moment.content;
    if (moment === annulled || !['confiscation-order', 'state-property-decision', 'reversal'].includes(act) || !chance.happens(0.3)) continue;
    if (act === 'confiscation-order' && moment.content['share'] !== undefined) correct(moment, { corrected: { share: share(chance.between(1, 10), 11) } });
    else correct(moment, { corrected: { effectiveAt: at(index + 1.5) } });
  }
  return corrections;
}

/** What is published once more under another id: the very same, or from another scan of the paper. None of it counts. */
function repetitions(chance: Chance, at: At, all: readonly Moment[], corrections: readonly Correction[]): Moment[] {
  const about = ['confiscation-order', 'finality', 'state-property-decision', 'reversal'];
  const again: Moment[] = [];
  for (const [index, { id, content }] of all.entries()) {
    if (corrections.some(({ of }) => of === id) || again.length > 2 || !chance.happens(0.1)) continue;
    const isScan = about.includes(content.act) && chance.happens(0.5);
    again.push(isScan ? { id: `${id}${SCANNED}`, content: { ...content, document: fact(chance, MANY, content.act, content.effectiveAt)['document'], effectiveAt: at(index + 1.25), actAt: at(index + 1.25) } } : { id: `${id}-again`, content });
  }
  return again;
}

/** As registries send them: some acts overtake those before them. */
function outOfOrder(chance: Chance, all: readonly Moment[]): readonly Moment[] {
  if (chance.happens(0.4)) return all;
  if (chance.happens(0.2)) return chance.shuffled(all);
  const order = [...all];
  for (let n = 0; n + 1 < order.length; n += 1) {
    if (chance.happens(0.3)) order.splice(n, 2, order[n + 1] as Moment, order[n] as Moment);
  }
  return order;
}

/** @returns its id, where the sender heard of it */
async function publish(stage: Stage, id: string, content: FactContent, isAnswered = false): Promise<string | undefined> {
  const { chance, client, intake } = stage;
  const message = { command: 'publish-fact', key: id, content };
  if (!isAnswered && chance.happens(0.3)) {
    client.publish(message, FACTS_TOPIC, eventRecord(FACT_TYPE, id, SOURCE, chance.happens(0.1) ? 'wrong-key' : `${AGENCY}.${MANY}`, content));
    return undefined;
  }
  const { body } = await client.send({ ...message, to: intake, path: '/v1/seizure-facts', role: 'law-enforcement', body: JSON.stringify(content), headers: eventHeaders(FACT_TYPE, id, SOURCE) });
  if (chance.happens(0.15)) client.publish(message, FACTS_TOPIC, eventRecord(FACT_TYPE, id, SOURCE, `${AGENCY}.${MANY}`, content));
  return (body as { readonly factId?: string }).factId;
}

/** Coins of a fork at an asset's place, which share its fate; and an issuer that freezes a token, and lifts that. */
async function findings(stage: Stage, effectiveAt: string, assetId: string): Promise<void> {
  const { client, intake } = stage;
  const send = async (command: string, door: string, key: string, content: Readonly<Record<string, unknown>>): Promise<void> => {
    await linger(stage, 300);
    await client.send({ command, key: `${MANY_CASE} ${key}`, content, to: intake, path: `/v1/cases/${MANY_CASE}/${door}`, role: 'custodian', body: JSON.stringify(content) });
  };
  await send('find-coins', 'findings', 'fork-1', { findingId: 'fork-1', kind: 'fork', assetId: `${assetId}-fork`, parentAssetId: assetId, asset: REGTEST, amount: '7', location: { kind: 'device', reference: 'evidence-fork' }, effectiveAt });
  const freeze = { assetId, freezeId: 'freeze-1', issuer: 'tether', reference: 'tether-2026-118', effectiveAt };
  await send('freeze-token', 'freezes', 'freeze-1', freeze);
  if (stage.chance.happens(0.5)) await send('lift-freeze', 'freezes/lifts', 'freeze-1', freeze);
}

/** A report that should never have been sent: what it named is withdrawn, or never comes to be. */
async function mistakenReport(stage: Stage, timeOf: At, assetId: string): Promise<void> {
  const { chance, client, intake } = stage;
  const at = timeOf(60);
  const mistaken = { ...fact(chance, MANY, 'reported', at), assets: [{ assetId: `${assetId}-mistaken`, asset: REGTEST, amount: '1', location: { kind: 'device', reference: 'evidence-0' } }] };
  const send = async (id: string, content: FactContent): Promise<{ readonly factId?: string }> =>
    (await client.send({ command: 'publish-fact', key: id, content, to: intake, path: '/v1/seizure-facts', role: 'law-enforcement', body: JSON.stringify(content), headers: eventHeaders(FACT_TYPE, id, SOURCE) })).body as { readonly factId?: string };
  const { factId } = await send('many-mistaken', mistaken);
  if (factId === undefined) throw new Error('an act was taken without an id');
  const correction = { ...fact(chance, MANY, 'correction', timeOf(61)), corrects: factId, annuls: true };
  await linger(stage, 500);
  await send('many-annulled', correction);
}

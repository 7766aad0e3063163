import { CASE_EVENT_TYPES, commandOf, custodyCaseDecider, effectWordOf, statePropertyTerms, type CaseEvent, type CustodyCaseState, type EffectWord } from '@qazyna/custody/telling';
import type { SeizureAct, SeizureFact } from '@qazyna/contracts';
import { caseDecider, type ApplyFact, type CaseCommand, type CaseState } from '@qazyna/intake/telling';
import { Chance } from '../simulation/engine/chance.js';

/** Cases of several assets, as courts may have them, told from the first act to what custody posts by. */

const BTC = 'bip122:0f9188f13cb7b2c71f2a335e3a4fc328/slip44:1';
const CASE = 'afm.1';
const HOUR_MS = 3_600_000;
/** Whatever was told by then. */
const END = '2030-01-01T00:00:00.000Z';
const LATE = 'z';
const FOUND = 'a-found';
/** Assets that coins are assigned to; undefined: to none. */
export const ASSIGNED = ['a', 'b', 'c', LATE, FOUND, undefined] as const;

type Act = readonly [SeizureAct, Partial<SeizureFact>];

const at = (hour: number): string => new Date(Date.UTC(2026, 2, 1) + Math.round(hour * HOUR_MS)).toISOString();
const asset = (assetId: string): NonNullable<SeizureFact['assets']>[number] => ({ assetId, asset: BTC, amount: '100', location: { kind: 'device', reference: `evidence-${assetId}` } });

/** Facts that the law allows, in the order of their effect, with corrections of some and an annulled end. */
export function toldCase(seed: number): CaseCommand[] {
  const chance = new Chance(seed);
  const facts: ApplyFact[] = [];
  const tell = (act: SeizureAct, hour: number, more: Partial<SeizureFact> = {}): void => {
    const name = `${String(facts.length).padStart(3, '0')}-${act}`;
    facts.push({ factId: name, caseId: CASE, fact: { agency: 'afm', caseNumber: '1', act, document: { reference: name, authority: 'court', sha256: 'ab'.repeat(32) }, actAt: at(hour), effectiveAt: at(hour), ...more } });
  };
  const ids = chance.oneOf([['a'], ['a', 'b'], ['a', 'b', 'c']]);
  tell('reported', 1, { assets: ids.map(asset) });
  tell('arrest', 2);
  const stories = chance.happens(0.6) ? [ofAll(chance, ids)] : ids.map((id) => story(chance, [id]));
  let hour = 3;
  for (; stories.some((acts) => acts.length > 0); hour += 1) {
    const [act, more] = chance.oneOf(stories.filter((acts) => acts.length > 0)).shift() as Act;
    tell(act, hour, more);
  }
  const acts = [...facts];
  if (chance.happens(0.4)) tell('reported', chance.between(1, hour) + 0.5, { assets: [asset(LATE)] });
  for (const { factId, fact } of acts) {
    if (fact.act === 'reported' || !chance.happens(0.2)) continue;
    const when = hour + 10 + chance.next() * 10;
    if (factId === acts.at(-1)?.factId && chance.happens(0.5)) tell('correction', when, { corrects: factId, annuls: true });
    else if (fact.share !== undefined && fact.act === 'confiscation-order' && chance.happens(0.5)) tell('correction', when, { corrects: factId, corrected: { share: { numerator: '2', denominator: '5' } } });
    else tell('correction', when, { corrects: factId, corrected: { effectiveAt: new Date(Date.parse(fact.effectiveAt) + HOUR_MS / 4).toISOString() } });
  }
  const found: CaseCommand[] = chance.happens(0.3) ? [{ kind: 'inherit', found: { ...asset(FOUND), assetId: FOUND, caseId: CASE, findingId: 'f-1', parentAssetId: 'a', kind: 'fork', effectiveAt: at(2) } }] : [];
  return [...[...facts].sort((x, y) => Date.parse(x.fact.effectiveAt) - Date.parse(y.fact.effectiveAt)), ...found];
}

function ofAll(chance: Chance, ids: readonly string[]): Act[] {
  const acts = story(chance, undefined);
  const isDecided = acts.at(-1)?.[0] === 'state-property-decision';
  return isDecided && chance.happens(0.5) ? [...acts, ...ids.filter(() => chance.happens(0.5)).map((id): Act => ['reversal', { assetIds: [id] }])] : acts;
}

function story(chance: Chance, assetIds: string[] | undefined): Act[] {
  const over = assetIds === undefined ? {} : { assetIds };
  const before: Act[] = [];
  if (chance.happens(0.2)) before.push(['evidence', over]);
  if (chance.happens(0.2)) before.push(['return-to-victim', { ...over, share: { numerator: '1', denominator: '4' }, victim: { reference: 'V-1', manner: 'in-kind' } }]);
  if (assetIds !== undefined && chance.happens(0.15)) before.push(['pre-verdict-sale', { assetIds, proceeds: { asset: chance.oneOf(['qazyna:local/iso4217:KZT', BTC]), amount: '42', location: { kind: 'bank-account', reference: 'treasury-1' } } }]);
  const part: Partial<SeizureFact> = chance.happens(0.3) ? { share: { numerator: '1', denominator: chance.oneOf(['5', '7']) }, rest: chance.oneOf(['released', 'stays']) } : {};
  const value: Partial<SeizureFact> = chance.happens(0.1) ? { substituteValue: { currency: 'KZT', amount: '5', datedAt: at(0) } } : {};
  const road: Act[] = [['confiscation-order', { ...over, ...part, ...value }], ['finality', over], ['state-property-decision', over]];
  const reversed: Act[] = chance.happens(0.5) ? [['reversal', over], ...(chance.happens(0.5) ? ([['confiscation-order', over], ['finality', over], ['state-property-decision', over]] satisfies Act[]) : [])] : [];
  const acts = [...road, ...reversed];
  return [...before, ...acts.slice(0, chance.between(1, acts.length))];
}

/** Tells a case in an order of arrival; what could not apply when it came is published again by its agency. */
export class Telling {
  private state: CaseState = caseDecider.initialState();
  private revision = -1;
  private readonly words: EffectWord[] = [];
  private readonly streams = new Map<string, { readonly state: CustodyCaseState; readonly revision: number }>();
  /** What was refused to the end. */
  readonly left: readonly CaseCommand[];

  constructor(arrived: readonly CaseCommand[]) {
    let left = arrived;
    for (let round = 0; round < arrived.length && left.length > 0; round += 1) left = left.filter((each) => !this.takes(each));
    this.left = left;
  }

  /** For each kind of coins, what of 3,000 units becomes the state's or ceases to be, and when. */
  get timeline(): readonly string[] {
    return ASSIGNED.map((assetId) => {
      const steps = new Map<string, bigint>();
      const step = (moment: string, units: bigint): void => void steps.set(moment, (steps.get(moment) ?? 0n) + units);
      for (const { from, until, amount } of statePropertyTerms({ assetId, asset: BTC, amount: 3_000n, heldSince: at(0) }, this.words, END)) {
        step(from, amount);
        if (until !== undefined) step(until.at, -amount);
      }
      const changes = [...steps].filter(([, units]) => units !== 0n).sort(([a], [b]) => (a < b ? -1 : 1));
      return `${assetId ?? 'none'}: ${changes.map(([moment, units]) => `${moment} ${String(units)}`).join(', ')}`;
    });
  }

  private takes(command: CaseCommand): boolean {
    const decision = caseDecider.decide(command, this.state);
    if (decision.kind === 'refused') return false;
    for (const event of decision.events) {
      this.state = caseDecider.evolve(this.state, event);
      this.revision += 1;
      if ((CASE_EVENT_TYPES as readonly string[]).includes(event.type)) this.hear(event as CaseEvent);
    }
    return true;
  }

  private hear(event: CaseEvent): void {
    const command = commandOf(event, this.revision);
    if (command === undefined) return;
    const stream = (command.kind === 'note' ? command.effect : command.undone).assetId ?? '';
    let { state, revision } = this.streams.get(stream) ?? { state: custodyCaseDecider.initialState(), revision: 0 };
    const decision = custodyCaseDecider.decide(command, state);
    for (const noted of decision.kind === 'accepted' ? decision.events : []) {
      this.words.push(effectWordOf(noted, `custody-case-${CASE}~${stream}@${String(revision)}`));
      state = custodyCaseDecider.evolve(state, noted);
      revision += 1;
    }
    this.streams.set(stream, { state, revision });
  }
}

/** What is refused because its annulment came first never applies, in whatever order. */
export function isAnnulled(command: CaseCommand, all: readonly CaseCommand[]): boolean {
  return 'factId' in command && all.some((each) => 'fact' in each && each.fact.annuls === true && each.fact.corrects === command.factId);
}

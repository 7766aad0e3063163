import fc from 'fast-check';
import { ShownStory } from '../spec-support/shown-story.js';
import { ASSET, interleaved, MINED, STORY, type ToldEvent } from '../spec-support/told-story.js';
import type { Holdings } from './holdings.js';

const START = Date.UTC(2026, 2, 20);
const second = (of: number): string => new Date(START + of * 1000).toISOString();

describe('the figures as of an earlier time', () => {
  let now: number;
  let shown: ShownStory;
  beforeEach(() => {
    now = 0;
    shown = new ShownStory({ now: () => new Date(START + now * 1000) });
  });
  afterEach(() => shown.remove());

  /** One event a second, the first at second 1. */
  async function tellEach(events: readonly ToldEvent[]): Promise<Holdings[]> {
    const answers: Holdings[] = [];
    for (const event of events) {
      now += 1;
      answers.push(await shown.tell([event]));
    }
    return answers;
  }
  const asAnsweredThen = ({ version, asOf, figures }: Holdings, at: string): Holdings => ({ version, asOf: { ...asOf, at, logPosition: null }, figures });
  const minedAt = async (time: number): Promise<string | undefined> => (await shown.past.at(second(time))).figures.classes[0]?.assets.flatMap(({ sources }) => sources).find(({ source }) => source === 'mining')?.baseUnits;

  it('are what was answered then, after every single event and in whatever order independent things happened', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(), { minLength: STORY.length, maxLength: STORY.length }), fc.nat({ max: 999 }), async (choices, millis) => {
        const order = [...choices];
        let [seconds, answers]: [number, Holdings[]] = [0, []];
        const story = new ShownStory({ now: () => new Date(START + seconds * 1000) });
        try {
          for (const event of interleaved((among) => (order.pop() ?? 0) % Math.max(among, 1))) {
            seconds += 1;
            answers = [...answers, await story.tell([event])];
          }
          expect(await story.past.at(second(seconds))).toEqual(asAnsweredThen(story.holdings.current(), second(seconds)));
          seconds += 1;
          for (const [index, answer] of answers.entries()) {
            const at = new Date(START + (index + 1) * 1000 + millis).toISOString();
            expect(await story.past.at(at)).toEqual(asAnsweredThen(answer, at));
          }
        } finally {
          await story.remove();
        }
      }),
      { numRuns: 5, endOnFailure: true },
    );
  }, 30_000);

  it('show a credit before the reorganisation took it back, not after, and again once it was posted anew', async () => {
    await tellEach(STORY);
    const at = (wanted: (event: ToldEvent) => boolean): number => STORY.findIndex(wanted) + 1;
    const entries = (kind: string): number => at(({ type, data }) => type === 'custody.journal-entry-posted' && data['kind'] === kind);
    const [credited, compensated] = [entries('deposit'), entries('compensation')];
    expect([credited, compensated].every((time) => time > 0)).toBe(true);
    expect([await minedAt(credited - 1), await minedAt(credited), await minedAt(compensated - 1), await minedAt(compensated), await minedAt(now)]).toEqual([undefined, MINED, MINED, undefined, MINED]);
  });

  it('show an asset as state property before the decision over it was reversed, and what an issuer froze until it was lifted', async () => {
    await tellEach(STORY);
    const [decided, reversed] = [now + 1, now + 3];
    const wallet = { caseId: 'afm.3', assetId: '1', asset: ASSET, amount: '77', location: { kind: 'address' } };
    const changed = (legalStatus: string): ToldEvent => ({ stream: 'case-afm.3', type: 'intake.asset-status-changed', data: { ...wallet, legalStatus, parts: [{ legalStatus, share: { numerator: '1', denominator: '1' } }], waiting: [], factId: 'f' }, after: [] });
    const freeze = (type: string): ToldEvent => ({ stream: 'case-afm.3', type, data: { caseId: 'afm.3', assetId: '1', freezeId: 'f-1', issuer: 'tether', reference: 'tx', effectiveAt: second(0) }, after: [] });
    await tellEach([changed('state-property'), freeze('intake.token-frozen-by-issuer'), changed('arrested'), freeze('intake.token-freeze-lifted')]);
    const tokensAt = async (time: number): Promise<unknown> => (await shown.past.at(second(time))).figures.claims.tokens.map(({ legalStatus, claimed, frozenByIssuer }) => [legalStatus, claimed.baseUnits, frozenByIssuer.baseUnits]);
    expect(await tokensAt(decided - 1)).toEqual([]);
    expect(await tokensAt(decided)).toEqual([['state-property', '77', '0']]);
    expect(await tokensAt(decided + 1)).toEqual([['state-property', '77', '77']]);
    expect(await tokensAt(reversed)).toEqual([['arrested', '77', '77']]);
    expect(await tokensAt(reversed + 1)).toEqual([['arrested', '77', '0']]);
  });

  it('stay what they were where a clock goes back: what is recorded later is never earlier', async () => {
    const answers = await tellEach(STORY.slice(0, -1));
    const before = now;
    now = 3;
    await shown.tell(STORY.slice(-1));
    now = before + 1;
    expect((await shown.past.at(second(3))).figures).toEqual(answers[2]?.figures);
    expect((await shown.past.at(second(before))).figures).toEqual(shown.holdings.current().figures);
  });

  it('are the same from a view that was built anew', async () => {
    const answers = await tellEach(STORY);
    const half = Math.floor(STORY.length / 2);
    const before = await shown.past.at(second(half));
    await shown.model.rebuild(() => undefined);
    expect(await shown.past.at(second(half))).toEqual(before);
    expect(before.figures).toEqual(answers[half - 1]?.figures);
  });

  it('are answered where the log ends with what no figure is made of', async () => {
    await tellEach(STORY);
    now += 1;
    await shown.store.append('publisher-afm', 'no-stream', [{ id: crypto.randomUUID(), type: 'operations.publisher-registered', data: { publisherId: 'afm' }, metadata: { schemaVersion: 1, actor: { subject: 's', organisation: 'o' }, correlationId: 'c' } }]);
    expect((await shown.past.at(second(now))).figures).toEqual(shown.holdings.current().figures);
  });

  it('are refused for a time of which nothing is known', async () => {
    const refused = (at: string): Promise<void> => expect(shown.past.at(at)).rejects.toMatchObject({ status: 400, code: 'as-of-unknown' });
    shown.model.start();
    await refused(second(0));
    await tellEach(STORY.slice(0, 3));
    await refused(new Date(START + now * 1000 + 1).toISOString());
    await refused(new Date(START + 999).toISOString());
    expect((await shown.past.at(second(1))).asOf).toMatchObject({ at: second(1), journalRevision: null, blockHeight: null });
  });
});

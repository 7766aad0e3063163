import { playStory } from '@qazyna/standalone';
import { describeWith, OWN_KAFKA, type RunningKafka } from '@qazyna/testing';
import { Apart, type ServiceName } from '../system/apart.js';
import { allItems, call, until } from '../system/caller.js';
import { balancesOf, expectBalanced, figuresText, holdings, journal } from '../system/ledger-view.js';
import { ASSET } from '../system/messages.js';
import { PatientDoor } from '../system/patient-door.js';
import { PoolRun } from '../system/pool-run.js';
import { mine, type PoolAccount, type World } from '../system/sandbox-world.js';
import { Seeded } from '../system/seeded.js';
import { Standalone } from '../system/standalone.js';

const SERVICES: readonly ServiceName[] = ['intake', 'mining', 'custody', 'reporting'];
/** Beside what the story has registered. */
const SECOND_POOL: PoolAccount = { account: 'reserve-02', licenceId: 'KZ-CM-0002' };
const PAYOUTS = 2_000;
const WAIT_MS_MAX = 90_000;
const SETTLED_MS_MAX = 30_000;

type Doors = Parameters<typeof playStory>[0];

async function figuresAt(url: string): Promise<string> {
  const answer = await call(url, '/v1/holdings');
  if (answer.status !== 200) throw new Error(`/v1/holdings answered ${answer.status}: ${answer.text}`);
  return figuresText(answer.text);
}

await describeWith(OWN_KAFKA, 'the four services as four processes, on a real Kafka', (source) => {
  let kafka: RunningKafka;
  let apart: Apart;
  let expected: string;
  let opened: readonly PatientDoor[] = [];

  /** What the same story gives in one process on the embedded parts. */
  beforeAll(async () => {
    const standalone = await Standalone.start({ story: true });
    expected = await figuresAt(standalone.url);
    await standalone.remove();
  }, 180_000);

  beforeEach(async () => {
    // A broker of its own for each world: what one world said must not be heard in the next.
    kafka = await source.start();
    // The shortest that brokers allow: what a killed consumer held waits that long for the next.
    apart = await Apart.start(kafka, SERVICES, { KAFKA_SESSION_MS: '6000' });
  }, 180_000);
  afterEach(async () => {
    await Promise.all(opened.map((door) => door.close()));
    opened = [];
    await apart?.stop();
    await kafka?.stop();
  }, 60_000);

  it('give the same figures, byte for byte, as standalone after the same story', async () => {
    const doors: Doors = { intake: apart.url('intake'), mining: apart.url('mining'), custody: apart.url('custody'), reporting: apart.url('reporting') };
    await playStory(doors, { patienceMs: WAIT_MS_MAX });
    await figuresAsExpected();
    expectBalanced(await journal(apart.url('custody')));
  }, 180_000);

  it('give them too when each service is killed while the story is played, and lose or double nothing of a run of payouts', async () => {
    const random = Seeded.announced('moments and order of the kills');
    const doors = Object.fromEntries(await Promise.all(SERVICES.map(async (name) => [name, await PatientDoor.open(() => apart.url(name))] as const))) as Record<ServiceName, PatientDoor>;
    opened = Object.values(doors);
    const urls = Object.fromEntries(SERVICES.map((name) => [name, doors[name].url])) as unknown as Doors;
    const story = playStory(urls, { patienceMs: WAIT_MS_MAX });
    let told = false;
    story.then(
      () => (told = true),
      () => (told = true),
    );
    let killedWhileTold = 0;
    await killEach(random, (name, work) => {
      if (!told) killedWhileTold += 1;
      return doors[name].undisturbed(work);
    });
    await story;
    await figuresAsExpected();
    // Whether a request was under way at that moment is luck; that the story was is not.
    expect(killedWhileTold).toBeGreaterThan(0);

    const world: World = { custody: apart.url('custody'), mining: apart.url('mining') };
    const run = await PoolRun.paid(world, PAYOUTS, SECOND_POOL);
    const claiming = run.claimAll(WAIT_MS_MAX);
    claiming.catch(() => undefined);
    await mine(world, 2);
    await killEach(random, (_name, work) => work());
    await claiming;

    const credited = { source: 'mining', id: SECOND_POOL.licenceId, baseUnits: run.total.toString() };
    const isCredited = async (): Promise<boolean> => (await holdings(apart.url('reporting'))).figures.classes.some(({ assets }) => assets.some(({ sources }) => sources.some((each) => each.id === credited.id && each.baseUnits === credited.baseUnits)));
    await until('every payout is credited', isCredited, (is) => is, WAIT_MS_MAX);

    const entries = await journal(apart.url('custody'));
    expectBalanced(entries);
    expect(balancesOf(entries).get(`reserve:mining:${SECOND_POOL.licenceId} ${ASSET}`)).toBe(-run.total);
    const listed = await allItems<{ payoutId: string; status: string }>(apart.url('mining'), `/v1/payouts?account=${SECOND_POOL.account}`, { role: 'auditor' });
    expect(listed.map(({ payoutId }) => payoutId).sort()).toEqual(run.payoutIds().sort());
    expect(listed.filter(({ status }) => status !== 'accepted')).toEqual([]);
    const creditsOf = new Map<string, number>();
    for (const { payoutId, postings } of entries) {
      if (postings.some(({ account }) => account === `reserve:mining:${SECOND_POOL.licenceId}`)) creditsOf.set(payoutId ?? '', (creditsOf.get(payoutId ?? '') ?? 0) + 1);
    }
    expect(run.payoutIds().filter((id) => creditsOf.get(id) !== 1)).toEqual([]);
    expect(creditsOf.size).toBe(PAYOUTS);
  }, 420_000);

  /** The last effects of a story may still be on their way. */
  async function figuresAsExpected(): Promise<void> {
    let last = '';
    const ask = async (): Promise<string> => (last = await figuresAt(apart.url('reporting')));
    await until('the figures of standalone', ask, (figures) => figures === expected, SETTLED_MS_MAX).catch(() => undefined);
    expect(last).toBe(expected);
  }

  /** Each service once, in a random order, at random moments, and up again before the next. */
  async function killEach(random: Seeded, around: (name: ServiceName, work: () => Promise<void>) => Promise<void>): Promise<void> {
    const order = [...SERVICES].map((name) => ({ name, at: random.next() })).sort((a, b) => a.at - b.at);
    for (const { name } of order) {
      await new Promise((resolve) => setTimeout(resolve, random.between(0, 700)));
      await around(name, async () => {
        await apart.kill9(name);
        await apart.again(name);
      });
    }
  }
});

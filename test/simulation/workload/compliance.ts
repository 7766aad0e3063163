import type { Stage } from './stage.js';
import { linger } from './stage.js';
import { suspects } from './strangers.js';

/** Lists of addresses nobody may deal with, and the officers who look at what they hold. */

const LIST = 'own';
const OFFICERS = ['first', 'second', 'third'] as const;

interface Hit {
  readonly subjectId: string;
  readonly basis: string | null;
}

/** The first version: until there is one, nothing passes. */
export async function firstList(stage: Stage): Promise<void> {
  if (stage.screened) await handIn(stage, 1, [suspects()[0] ?? '', suspects()[1] ?? '']);
}

/** A later version takes one off and puts another on; meanwhile officers look at what is held, and say the same of some of it. */
export async function complianceAtWork(stage: Stage): Promise<void> {
  const { chance } = stage;
  if (!stage.screened) return;
  for (let looks = chance.between(2, 4); looks > 0; looks -= 1) {
    await linger(stage, 2_000);
    if (looks === 2 && chance.happens(0.6)) await handIn(stage, 2, [suspects()[1] ?? '', suspects()[2] ?? '']);
    await lookAtHits(stage);
  }
}

async function handIn({ client, intake }: Stage, version: number, listed: readonly string[]): Promise<void> {
  const text = `# version ${version}\n${listed.join('\n')}\n`;
  await client.send({
    command: 'hand-in-list', key: `${LIST} v${version}`, content: { version: `v${version}`, addresses: listed }, to: intake, role: 'compliance-officer',
    path: `/v1/screening/lists?list=${LIST}&format=text&version=v${version}`, body: text, headers: { 'content-type': 'text/plain' },
  });
}

async function lookAtHits(stage: Stage): Promise<void> {
  const { chance, client, intake } = stage;
  const page = await client.read(intake, '/v1/screening/hits', 'auditor');
  if (page?.status !== 200) return;
  for (const { subjectId, basis } of (JSON.parse(page.text) as { readonly items: readonly Hit[] }).items) {
    if (basis === null || chance.happens(0.4)) continue;
    const decision = chance.oneOf(['release', 'keep', 'return']);
    const say = async (person: string): Promise<void> => {
      const content = { decision, reason: 'as the officer saw it', basis };
      await client.send({ command: 'decide-screening', key: `${subjectId} ${person}`, content, to: intake, path: `/v1/screening/hits/${encodeURIComponent(subjectId)}/decision`, role: 'compliance-officer', person, body: JSON.stringify(content) });
    };
    await say(OFFICERS[0]);
    if (chance.happens(0.2)) await say(OFFICERS[0]);
    if (chance.happens(0.7)) {
      await say(OFFICERS[1]);
      if (chance.happens(0.4)) await say(OFFICERS[2]);
    }
  }
}

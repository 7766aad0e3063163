import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { STREAM_PREFIXES } from '@qazyna/contracts';
import type { RunningService } from '@qazyna/service-kit';
import { openVaults, playStory, type StorySummary } from './story.js';

/** The state whose law and sources the story is about. */
const STORY_PROFILE = 'kz';

/** Present once the story has begun: it is never told twice into one data folder. */
const TOLD = 'story-told';

/** Tells the story when the event store is empty, then says where to look. A story that fails leaves the service up. */
export async function tellStoryOnce({ url, parts }: RunningService): Promise<void> {
  const { config, store, logger, clock } = parts;
  const mark = join(config.dataDir, TOLD);
  const write = (text: string): void => void process.stdout.write(text);
  if (existsSync(mark) || !(await isEmpty(store))) {
    write(`\nQazyna is at ${url} with everything it knew before.\n${links(url)}\n`);
    return;
  }
  writeFileSync(mark, `${clock.now().toISOString()}\n`);
  const doors = { intake: url, mining: url, custody: url, reporting: url };
  try {
    if (config.jurisdiction !== STORY_PROFILE) {
      const vaults = await openVaults(doors);
      write(`\nAn empty ledger. The story is about the profile "${STORY_PROFILE}", this is "${config.jurisdiction}": there are only the vaults ${vaults.join(' and ')}.\n${links(url)}\n`);
      return;
    }
    write('\nAn empty ledger: playing a story through the public endpoints.\n');
    const summary = await playStory(doors, { say: (line) => write(`  · ${line}\n`), listed: config.screening === 'lists' || config.screening === 'lists-and-vendor' });
    write(`\n${told(url, summary)}\n${links(url)}\n`);
  } catch (error) {
    logger.error({ err: error }, 'the story stopped: delete the data folder and start again to hear it from the beginning');
  }
}

/** Whether nothing of the ledger is recorded; that an instance leads is none of it. */
async function isEmpty(store: RunningService['parts']['store']): Promise<boolean> {
  for await (const page of store.readAll({ filter: { streamPrefixes: Object.values(STREAM_PREFIXES).flat() }, limit: 1 })) if (page.length > 0) return false;
  return true;
}

function told(url: string, { cases, payouts, reorganisedDeposit, malformed, forged }: StorySummary): string {
  return [
    'What happened:',
    ...payouts.map((payoutId) => `  payout  ${payoutId}\n          ${url}/trace/payout/${encodeURIComponent(payoutId)}`),
    ...cases.map(({ caseId, what }) => `  case    ${caseId}: ${what}\n          ${url}/trace/case/${caseId}`),
    `  deposit ${reorganisedDeposit}\n          taken back by a reorganisation and returned: the journal compensates, it never deletes`,
    `  message refused: ${malformed.status} ${malformed.code} at ${malformed.field}`,
    `  message refused: ${forged.status} ${forged.code}: a seizure that its agency never signed`,
  ].join('\n');
}

function links(url: string): string {
  return [
    '',
    `  public page      ${url}/`,
    `  holdings         ${url}/v1/holdings`,
    `  journal          ${url}/v1/journal/entries`,
    `  API              ${url}/openapi.json`,
    `  health, metrics  ${url}/health/ready  ${url}/metrics`,
    '',
    'Ctrl-C stops it; the next start finds everything again.',
  ].join('\n');
}

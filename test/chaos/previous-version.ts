import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SandboxChain } from '@qazyna/bitcoin';
import type { Oracle } from './oracle.js';

const FIXTURE = join(import.meta.dirname, 'fixtures/previous-version');

/** What the previous version did to the chain, and what it acknowledged. */
export interface PastStory {
  /** The outputs of each payment, then the blocks mined. */
  readonly chain: readonly ({ readonly pay: readonly { readonly address: string; readonly amount: string }[] } | { readonly mine: number })[];
  readonly licenceId: string;
  readonly payoutIds: readonly string[];
  readonly total: string;
}

export interface PreviousVersion {
  readonly storeFile: string;
  /** Makes the chain that the streams speak of. */
  readonly onChain: (chain: SandboxChain) => Promise<void>;
  readonly expect: (oracle: Oracle) => string;
}

/** The streams as the version before wrote them (`fixtures/make.ts` says how), under services of today. */
export function previousVersion(): PreviousVersion {
  const story = JSON.parse(readFileSync(`${FIXTURE}.json`, 'utf8')) as PastStory;
  return {
    storeFile: `${FIXTURE}.jsonl`,
    // Made again by the same commands: the sandbox's blocks have fixed times, so they are the same blocks.
    async onChain(chain) {
      for (const step of story.chain) {
        if ('mine' in step) await chain.mine(step.mine);
        else await chain.pay(step.pay.map(({ address, amount }) => ({ address, amount: BigInt(amount) })));
      }
    },
    expect(oracle) {
      oracle.expect(story.licenceId, story.payoutIds, BigInt(story.total));
      return `${story.payoutIds.length} payouts`;
    },
  };
}

import { Inject, Injectable } from '@nestjs/common';
import type { ChainDayFacts } from '@qazyna/contracts';
import type { ReadModelHost } from '@qazyna/service-kit';
import { EARNINGS_READ_MODEL } from '../read-model.token.js';
import { dayNumber, factsOfBlocks, SETTLED_BLOCKS, type FollowedBlock } from './chain-day.js';

const DAY_S = 86_400;
/** Blocks of one day, with room: at ten minutes there are 144. */
const BLOCKS_MAX = 2_000;

/** What is known of a day of the chain: from the blocks that custody followed, else from what an officer brought in. */
@Injectable()
export class ChainDays {
  constructor(@Inject(EARNINGS_READ_MODEL) private readonly model: ReadModelHost) {}

  /** Undefined while the day is not known, or not settled. */
  find(network: ChainDayFacts['network'], date: string): ChainDayFacts | undefined {
    const followed = factsOfBlocks(network, date, this.blocksAround(network, date));
    if (followed !== undefined) return followed;
    const row = this.model.db.prepare('SELECT facts FROM chain_days WHERE network = ? AND date = ?').get(network, date);
    return row === undefined ? undefined : (JSON.parse(row['facts'] as string) as ChainDayFacts);
  }

  private blocksAround(network: string, date: string): FollowedBlock[] {
    const start = dayNumber(date) * DAY_S;
    const before = this.model.db.prepare('SELECT max(height) AS height FROM blocks WHERE network = ? AND time < ?').get(network, start)?.['height'] as number | null | undefined;
    if (before === null || before === undefined) return [];
    const rows = this.model.db
      .prepare('SELECT height, time, bits, subsidy, fees FROM blocks WHERE network = ? AND height >= ? ORDER BY height LIMIT ?')
      .all(network, before, BLOCKS_MAX) as unknown as { height: number; time: number; bits: string; subsidy: string; fees: string }[];
    const blocks: FollowedBlock[] = [];
    let later = 0;
    for (const { subsidy, fees, ...block } of rows) {
      // A hole in the heights is a hole in what is known.
      if (blocks.length > 0 && block.height !== (blocks.at(-1)?.height ?? 0) + 1) return [];
      blocks.push({ ...block, subsidy: BigInt(subsidy), fees: BigInt(fees) });
      if (block.time >= start + DAY_S && ++later === SETTLED_BLOCKS) break;
    }
    return blocks;
  }
}

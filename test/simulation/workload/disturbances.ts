import type { ServiceNode } from '../nodes/service-node.js';
import type { Registers } from './registers.js';
import { linger, type Stage } from './stage.js';

/** Blocks, reorganisations and thefts, until `over`. */
export async function chainAtWork(stage: Stage, registers: Promise<Registers>, over: () => boolean): Promise<void> {
  const { chance, chain, faults } = stage;
  const thieves = chance.happens(0.3);
  let addresses: ReadonlySet<string> | undefined;
  void registers.then((known) => (addresses = known.addresses));
  while (!over()) {
    await faults.time.wait(100 + chance.next() * 400);
    chain.mine();
    if (chance.happens(0.12)) chain.reorganise(chance.between(1, Math.min(6, chain.blockchain.height - 1)));
    if (chance.happens(0.15)) chain.recover();
    if (addresses === undefined) continue;
    if (thieves && chance.happens(0.15)) chain.steal(addresses);
    if (chance.happens(0.05)) chain.rewardNext({ address: chance.oneOf([...addresses]), amount: BigInt(chance.between(1_000, 9_000_000)) });
  }
}

/** Crashes, restarts and clocks that jump, until `over`. */
export async function machinesAtWork(stage: Stage, nodes: readonly ServiceNode[], over: () => boolean): Promise<void> {
  const { chance, faults } = stage;
  const rough = faults.weather.crash > 0;
  while (!over()) {
    await linger(stage, 1_500);
    if (over() || !rough) continue;
    const node = chance.oneOf(nodes);
    const choice = chance.next();
    if (choice < 0.3) node.crash('killed by its machine');
    else if (choice < 0.4) node.restart();
    else if (choice < 0.6) {
      const jumpMs = chance.between(-3_600_000, 3_600_000);
      faults.time.skew.set(node.name, jumpMs);
      faults.note('clock jump');
      faults.trace(() => `${node.name}'s clock jumps by ${jumpMs} ms`);
    }
  }
}

import type { Chance } from '../engine/chance.js';
import type { Faults } from '../engine/faults.js';
import type { ServiceNode } from '../nodes/service-node.js';
import type { ChainLife } from './chain-life.js';
import type { Client } from './client.js';

/** What the people and machines around the services have in their hands. */
export interface Stage {
  readonly chance: Chance;
  readonly faults: Faults;
  readonly client: Client;
  readonly chain: ChainLife;
  readonly intake: ServiceNode;
  readonly mining: ServiceNode;
  readonly custody: ServiceNode;
  readonly reporting: ServiceNode;
  /** Whether the origin of coins is screened in this world. */
  readonly screened: boolean;
}

/** A pause of somebody who is in no hurry. */
export function linger(stage: Stage, maxMs: number): Promise<void> {
  return stage.faults.time.wait(stage.chance.next() * maxMs);
}

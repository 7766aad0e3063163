import { accept, type Decider } from '@qazyna/event-store/decider';
import type { ConflictRaised } from './events/intake.js';

type ConflictEvent<Type extends string> = { readonly type: Type; readonly data: ConflictRaised };

/** One subject's conflicts: each different content offered under a known id is raised once, however often it is offered. */
export function conflictDecider<Type extends string>(type: Type): Decider<ReadonlySet<string>, ConflictRaised, ConflictEvent<Type>> {
  return {
    initialState: () => new Set(),
    decide: (conflict, offered) => (offered.has(conflict.offeredHash) ? accept() : accept({ type, data: conflict })),
    evolve: (offered, event) => new Set([...offered, event.data.offeredHash]),
  };
}

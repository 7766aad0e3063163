import { ProblemError } from '@qazyna/service-kit';
import { FiguresContradict, type Holdings } from './holdings.js';

export function orContradiction(compute: () => Holdings): Holdings | FiguresContradict {
  try {
    return compute();
  } catch (error) {
    if (error instanceof FiguresContradict) return error;
    throw error;
  }
}

/** @throws {ProblemError} 500 `figures-contradict` rather than a wrong figure */
export function published(outcome: Holdings | FiguresContradict): Holdings {
  if (!(outcome instanceof FiguresContradict)) return outcome;
  throw new ProblemError(500, 'figures-contradict', `the figures break ${outcome.invariant} and are withheld`, { cause: outcome });
}

import type { Chance } from './chance.js';
import { scope, type Generation, type VirtualTime } from './virtual-time.js';

/** What happens to one call of a service to something outside of it. */
export type Fate = 'fine' | 'refused' | 'lost' | 'applied-but-refused' | 'applied-but-lost' | 'crash-before' | 'crash-after';

export interface Outcome {
  /** What the caller sees when the call is refused: nothing was done, as far as the callee says. */
  readonly refused: () => Error;
  /** What the caller sees when no answer came in time. */
  readonly lost: () => Error;
  /** Whether a callee may say "refused" after it has done the work (a port that promises otherwise says no). */
  readonly mayRefuseAfter?: boolean;
}

/** How rough a seed is: shares of calls that go wrong. Each seed draws its own, so that some are calm and some are not. */
export interface Weather {
  readonly trouble: number;
  readonly crash: number;
  readonly duplicate: number;
  readonly slowMs: number;
}

export function weatherOf(chance: Chance): Weather {
  return {
    trouble: chance.oneOf([0, 0.01, 0.03, 0.08]),
    crash: chance.oneOf([0, 0.0005, 0.001, 0.003]),
    duplicate: chance.oneOf([0, 0.02, 0.1]),
    slowMs: chance.oneOf([2, 5, 20]),
  };
}

/** Decides, by the seed, what goes wrong, and lets it happen. Nothing does while it is calm. */
export class Faults {
  calm = false;
  /** Ends a service at once; set by the world that runs it. */
  crash: (generation: Generation, why: string) => void = () => undefined;
  readonly seen = new Map<string, number>();

  constructor(
    readonly time: VirtualTime,
    readonly chance: Chance,
    readonly weather: Weather,
    readonly trace: (line: () => string) => void,
  ) {}

  /** Notes that a kind of fault took place, for the report of what a run reached. */
  note(kind: string): void {
    this.seen.set(kind, (this.seen.get(kind) ?? 0) + 1);
  }

  happens(share: number): boolean {
    return !this.calm && share > 0 && this.chance.happens(share);
  }

  latencyMs(): number {
    const { slowMs } = this.weather;
    return 0.1 + this.chance.next() * (this.calm ? 0.4 : this.chance.happens(0.02) ? slowMs * 20 : slowMs);
  }

  private fate(outcome: Outcome): Fate {
    if (this.calm) return 'fine';
    if (this.chance.happens(this.weather.crash)) return this.chance.happens(0.5) ? 'crash-before' : 'crash-after';
    if (!this.chance.happens(this.weather.trouble)) return 'fine';
    return this.chance.oneOf<Fate>(outcome.mayRefuseAfter === true ? ['refused', 'lost', 'applied-but-lost', 'applied-but-refused'] : ['refused', 'lost', 'applied-but-lost']);
  }

  /**
   * Carries a call to `apply`, which changes the outside, and its answer back, each after a while. A service that ends
   * meanwhile never hears of it; what it had sent may still arrive.
   */
  call<T>(what: string, apply: () => T, outcome: Outcome): Promise<T> {
    const caller = scope.getStore();
    if (caller?.alive === false) return new Promise(() => undefined);
    const fate = this.fate(outcome);
    if (fate !== 'fine') {
      this.note(`${what.split(' ')[0] ?? what}: ${fate}`);
      this.trace(() => `${caller?.node ?? 'world'} ${what}: ${fate}`);
    }
    if (fate === 'crash-before' && caller !== undefined) {
      this.crash(caller, `before ${what}`);
      return new Promise(() => undefined);
    }
    const arrivesWithoutCaller = this.chance.happens(0.5);
    return new Promise<T>((resolve, reject) => {
      const answer = (settle: () => void, afterMs: number): void => void this.time.planOutside(afterMs, () => {
        if (caller === undefined || caller.alive) settle();
      });
      this.time.planOutside(this.latencyMs(), () => {
        if (caller !== undefined && !caller.alive && !arrivesWithoutCaller) return;
        if (fate === 'refused') return answer(() => reject(outcome.refused()), this.latencyMs());
        if (fate === 'lost') return answer(() => reject(outcome.lost()), 20 + this.latencyMs());
        let result: T;
        try {
          result = apply();
        } catch (error) {
          return answer(() => reject(error instanceof Error ? error : new Error(String(error))), this.latencyMs());
        }
        if (fate === 'crash-after' && caller?.alive === true) return this.crash(caller, `after ${what}`);
        if (fate === 'applied-but-lost') return answer(() => reject(outcome.lost()), 20 + this.latencyMs());
        if (fate === 'applied-but-refused') return answer(() => reject(outcome.refused()), this.latencyMs());
        answer(() => resolve(result), this.latencyMs());
      });
    });
  }
}

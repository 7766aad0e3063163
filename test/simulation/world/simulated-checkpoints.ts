import { StoreUnavailable, type CheckpointStore, type Position } from '@qazyna/event-store';
import type { Faults } from '../engine/faults.js';
import { scope } from '../engine/virtual-time.js';

/** Checkpoints in a file beside the service: saved at once or not at all, and gone with no network. */
export class SimulatedCheckpoints implements CheckpointStore {
  constructor(
    private readonly saved: Map<string, Position>,
    private readonly faults: Faults,
  ) {}

  load(name: string): Promise<Position | undefined> {
    return this.boundary(`load ${name}`, () => this.saved.get(name));
  }

  save(name: string, position: Position): Promise<void> {
    return this.boundary(`checkpoint ${name} ${position}`, () => void this.saved.set(name, position));
  }

  private boundary<T>(what: string, work: () => T): Promise<T> {
    const { faults } = this;
    const owner = scope.getStore();
    if (owner?.alive === false) return new Promise(() => undefined);
    if (owner !== undefined && faults.happens(faults.weather.crash)) {
      faults.crash(owner, `before ${what}`);
      return new Promise(() => undefined);
    }
    if (faults.happens(faults.weather.trouble)) return Promise.reject(new StoreUnavailable('simulated: the disk of the checkpoints is full'));
    const result = work();
    if (owner !== undefined && faults.happens(faults.weather.crash)) {
      faults.crash(owner, `after ${what}`);
      return new Promise(() => undefined);
    }
    return faults.time.wait(0.05).then(() => result);
  }
}

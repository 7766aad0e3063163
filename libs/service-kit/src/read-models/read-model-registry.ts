import type { Counter } from 'prom-client';
import type { ServiceLogger } from '../logging/logger.js';
import { progressLine } from './progress-line.js';
import { type ReadModelHost, type RebuildReport, RebuildRunning } from './read-model-host.js';

/** Where a view stands, for an operator. */
export interface ReadModelStanding {
  readonly name: string;
  readonly version: number;
  readonly position: string | null;
  readonly ready: boolean;
  readonly detail: string | null;
  /** A line for people about a build beside it; null while there is none. */
  readonly build: string | null;
  /** What came of the last build of this process. */
  readonly lastBuild: { readonly endedAt: string; readonly outcome: 'same' | 'different' | 'not-compared' | 'failed'; readonly report?: RebuildReport; readonly message?: string } | null;
}

type Ended = NonNullable<ReadModelStanding['lastBuild']>;

/** The views of this process. Each is entered when it is opened. */
export class ReadModelRegistry {
  private readonly hosts = new Map<string, ReadModelHost>();
  private readonly startedAt = new Map<string, number>();
  private readonly ended = new Map<string, Ended>();

  constructor(
    private readonly parts: { readonly logger: ServiceLogger; readonly clock: { now(): Date }; readonly builds: Counter<'view' | 'outcome'> },
  ) {}

  enter(host: ReadModelHost): void {
    this.hosts.set(host.name, host);
  }

  all(): ReadModelStanding[] {
    return [...this.hosts.values()].map((host) => this.standingOf(host));
  }

  one(name: string): ReadModelStanding | undefined {
    const host = this.hosts.get(name);
    return host === undefined ? undefined : this.standingOf(host);
  }

  /** Begins a build in the background. @returns false when there is no such view @throws {RebuildRunning} */
  rebuild(name: string): boolean {
    const host = this.hosts.get(name);
    if (host === undefined) return false;
    if (this.startedAt.has(name)) throw new RebuildRunning(`the view ${name} is being built already`);
    this.startedAt.set(name, performance.now());
    void this.follow(host);
    return true;
  }

  private async follow(host: ReadModelHost): Promise<void> {
    const { name } = host;
    const { logger, clock, builds } = this.parts;
    let ended: Omit<Ended, 'endedAt'>;
    try {
      const report = await host.rebuild();
      ended = { outcome: report.comparison === undefined ? 'not-compared' : report.comparison.differences === 0 ? 'same' : 'different', report };
    } catch (error) {
      logger.error({ err: error, view: name }, 'the view could not be built anew; the old one answers');
      ended = { outcome: 'failed', message: error instanceof Error ? error.message : String(error) };
    }
    builds.inc({ view: name, outcome: ended.outcome });
    this.ended.set(name, { endedAt: clock.now().toISOString(), ...ended });
    this.startedAt.delete(name);
  }

  private standingOf(host: ReadModelHost): ReadModelStanding {
    const { name, version } = host;
    const { ok, detail } = host.health();
    const progress = host.buildProgress;
    return {
      name,
      version,
      position: host.position() ?? null,
      ready: ok,
      detail: detail ?? null,
      build: progress === undefined ? null : progressLine(name, progress, performance.now() - (this.startedAt.get(name) ?? 0)),
      lastBuild: this.ended.get(name) ?? null,
    };
  }
}

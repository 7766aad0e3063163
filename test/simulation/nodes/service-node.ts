import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Position } from '@qazyna/event-store';
import { runService, type RunningService, type ServiceDefinition, type ServiceLogger } from '@qazyna/service-kit';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Chance } from '../engine/chance.js';
import type { Faults } from '../engine/faults.js';
import { scope, type Generation } from '../engine/virtual-time.js';
import type { EventLog } from '../world/event-log.js';
import { SimulatedBus } from '../world/simulated-bus.js';
import { SimulatedCheckpoints } from '../world/simulated-checkpoints.js';
import { SimulatedStore } from '../world/simulated-store.js';
import type { Topics } from '../world/topics.js';
import { closeDatabasesOf } from './databases.js';

export interface Surroundings {
  readonly faults: Faults;
  readonly log: EventLog;
  readonly topics: Topics;
  readonly ids: Chance;
  readonly logger: ServiceLogger;
  readonly folder: string;
  /** The profile of the state whose law is followed. */
  readonly jurisdiction: string;
  readonly screened: boolean;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** No connection, or it broke: whoever asked does not know whether the request took effect. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

/** One service as a process of its own: started, crashed at any moment, started again on what was durable. */
export class ServiceNode {
  private generation: Generation | undefined;
  private running: RunningService | undefined;
  private readonly checkpoints = new Map<string, Position>();
  private readonly cut = new Set<() => void>();
  starts = 0;

  constructor(
    private readonly definition: ServiceDefinition,
    private readonly around: Surroundings,
  ) {}

  get name(): string {
    return this.definition.name;
  }

  get isUp(): boolean {
    return this.running !== undefined;
  }

  get isStarting(): boolean {
    return this.generation !== undefined && this.running === undefined;
  }

  /** Starts in the background; a start that fails is tried again, as an orchestrator does. */
  start(): void {
    const { faults, log, topics, ids, logger, folder, jurisdiction, screened } = this.around;
    const generation: Generation = { node: this.name, number: ++this.starts, alive: true };
    this.generation = generation;
    const dataDir = join(folder, this.name);
    mkdirSync(dataDir, { recursive: true });
    const { time } = faults;
    faults.trace(() => `${this.name} starts (${generation.number})`);
    scope.run(generation, () => {
      const started = runService({
        ...this.definition,
        standalone: true,
        signals: false,
        listens: false,
        env: { QAZYNA_DATA_DIR: dataDir, LOG_LEVEL: 'silent', QAZYNA_CONFIRMATIONS: '3', QAZYNA_SANDBOX_SEED: 'simulation', QAZYNA_JURISDICTION: jurisdiction, QAZYNA_SCREENING: screened ? 'lists' : 'off' },
        parts: {
          store: new SimulatedStore(log, faults),
          bus: new SimulatedBus(topics, faults),
          checkpoints: new SimulatedCheckpoints(this.checkpoints, faults),
          clock: { now: () => new Date(time.shownMs) },
          ids: { next: () => ids.uuid() },
          logger,
        },
      });
      started.then(
        (service) => {
          if (!generation.alive) return;
          this.running = service;
          faults.trace(() => `${this.name} is up`);
        },
        (error: unknown) => {
          if (!generation.alive) return;
          faults.trace(() => `${this.name} did not start: ${error instanceof Error ? error.message : String(error)}`);
          this.end(generation, 'after a failed start');
        },
      );
    });
  }

  /** Ends at once: nothing that was in memory or on its way to this process is heard of again. */
  crash(why: string): void {
    if (this.generation !== undefined) this.end(this.generation, why);
  }

  /** The end of the play: what still runs runs no more. */
  abandon(): void {
    const { generation } = this;
    if (generation === undefined) return;
    generation.alive = false;
    this.generation = undefined;
    this.running = undefined;
    closeDatabasesOf(generation);
  }

  end(generation: Generation, why: string): void {
    if (!generation.alive) return;
    const { faults } = this.around;
    faults.trace(() => `${this.name} ends ${why}`);
    faults.note('crash');
    generation.alive = false;
    this.generation = undefined;
    this.running = undefined;
    for (const cut of this.cut) cut();
    // Its files are let go of once the stack that ended it has unwound.
    faults.time.planOutside(0.001, () => {
      closeDatabasesOf(generation);
      if (!faults.happens(0.1)) return;
      faults.note('read model: file lost');
      rmSync(join(this.around.folder, this.name, 'read-models'), { recursive: true, force: true });
    });
    faults.time.planOutside(faults.calm ? 5 : faults.chance.between(5, 3_000), () => {
      if (this.generation === undefined) this.start();
    });
  }

  /** Stops as an operator stops it, and starts again. */
  restart(): void {
    const { generation, running } = this;
    if (generation === undefined || running === undefined) return;
    this.around.faults.trace(() => `${this.name} is told to stop`);
    // What does not close in time is killed; what crashes while it closes is gone already.
    const closed = (): void => this.end(generation, 'after closing');
    void scope.run(generation, () => running.close()).then(closed, closed);
  }

  /** One HTTP request over a network that may lose it or its answer. @throws {ConnectionLost} */
  async ask({ method, path, headers = {}, body }: HttpRequest): Promise<HttpAnswer> {
    const { faults } = this.around;
    const { time, weather } = faults;
    await time.wait(faults.latencyMs());
    const { generation, running } = this;
    if (generation === undefined || running === undefined || faults.happens(weather.trouble)) throw new ConnectionLost('no connection');
    const app = running.app as NestFastifyApplication;
    const answer = await new Promise<HttpAnswer>((resolve, reject) => {
      const cut = (): void => reject(new ConnectionLost('the connection broke'));
      // Only an application that is closing takes no request in; every other failure has an answer.
      const refuse = (): void => reject(new ConnectionLost('the service is closing'));
      this.cut.add(cut);
      scope.run(generation, () => {
        app
          .inject({ method, url: path, headers, ...(body === undefined ? {} : { payload: body }) })
          .then(({ statusCode, headers: answered, body: text }) => resolve({ status: statusCode, headers: answered, text }), refuse)
          .finally(() => this.cut.delete(cut));
      });
    });
    await time.wait(faults.latencyMs());
    if (faults.happens(weather.trouble)) throw new ConnectionLost('the answer was lost');
    return answer;
  }

  get app(): NestFastifyApplication | undefined {
    return this.running?.app as NestFastifyApplication | undefined;
  }
}

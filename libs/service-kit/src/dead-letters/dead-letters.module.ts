import { Inject, Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { ReadinessRegistry } from '../health/readiness-registry.js';
import type { PlatformParts } from '../platform/parts.js';
import { CONFIG, EVENT_STORE, IDS, LOGGER, MESSAGE_BUS, METRICS } from '../platform/tokens.js';
import { ReadModelHost } from '../read-models/read-model-host.js';
import { readModelProvider } from '../read-models/read-model.provider.js';
import { DeadLetterRegister } from './dead-letter-register.worker.js';
import { DeadLetterShelf } from './dead-letter-shelf.store.js';
import { DeadLettersController } from './dead-letters.controller.js';
import { DeadLetters } from './dead-letters.service.js';
import { deadLettersReadModel } from './dead-letters.view.js';

const DEAD_LETTERS_READ_MODEL = Symbol('qazyna.dead-letters-read-model');
type Store = PlatformParts['store'];

/** The register of dead letters of all services, with its door. One service of an installation imports it. */
@Module({
  controllers: [DeadLettersController],
  providers: [
    readModelProvider(DEAD_LETTERS_READ_MODEL, deadLettersReadModel),
    { provide: DeadLetterShelf, inject: [CONFIG, IDS], useFactory: ({ dataDir }: PlatformParts['config'], ids: PlatformParts['ids']) => DeadLetterShelf.open(dataDir, ids) },
    {
      provide: DeadLetterRegister,
      inject: [EVENT_STORE, MESSAGE_BUS, DeadLetterShelf, DEAD_LETTERS_READ_MODEL, LOGGER],
      useFactory: (store: Store, bus: PlatformParts['bus'], shelf: DeadLetterShelf, model: ReadModelHost, logger: PlatformParts['logger']) =>
        new DeadLetterRegister({ store, bus, shelf, model, logger }),
    },
    {
      provide: DeadLetters,
      inject: [EVENT_STORE, DEAD_LETTERS_READ_MODEL, DeadLetterShelf, IDS],
      useFactory: (store: Store, model: ReadModelHost, shelf: DeadLetterShelf, ids: PlatformParts['ids']) => new DeadLetters(store, model, shelf, ids),
    },
  ],
})
export class DeadLettersModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    @Inject(DEAD_LETTERS_READ_MODEL) private readonly model: ReadModelHost,
    @Inject(DeadLetterRegister) private readonly register: DeadLetterRegister,
    @Inject(DeadLetterShelf) private readonly shelf: DeadLetterShelf,
    @Inject(ReadinessRegistry) private readonly readiness: ReadinessRegistry,
    @Inject(METRICS) private readonly metrics: PlatformParts['metrics'],
  ) {}

  onApplicationBootstrap(): void {
    this.readiness.register('dead letters', () => Promise.resolve(this.register.health()));
    watchDeadLetters(this.metrics, this.model);
    this.model.start();
    this.register.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.register.stop();
    await this.model.close();
    this.shelf.close();
  }
}

interface CountedLetters {
  readonly topic: string;
  readonly group: string;
  readonly letters: number;
}

/** Asked for when the figures are read, from the view, so that a restart does not set them back. */
function watchDeadLetters({ registry }: PlatformParts['metrics'], model: ReadModelHost): void {
  const registers = [registry];
  const labelNames = ['topic', 'group'] as const;
  new Gauge({
    name: 'qazyna_dead_letters_open',
    help: 'Messages put aside that wait for an operator.',
    labelNames,
    registers,
    collect(): void {
      this.reset();
      const rows = model.db.prepare("SELECT topic, consumer_group AS \"group\", count(*) AS letters FROM letters WHERE state = 'open' GROUP BY 1, 2").all() as unknown as CountedLetters[];
      for (const { topic, group, letters } of rows) this.set({ topic, group }, letters);
    },
  });
  for (const [outcome, help] of [
    ['replayed', 'Dead letters that took effect when they were replayed.'],
    ['refused-again', 'Replays that were refused again.'],
    ['discarded', 'Dead letters that an operator discarded.'],
  ] as const) {
    new Counter({
      name: `qazyna_dead_letters_${outcome.replace('-', '_')}_total`,
      help,
      labelNames,
      registers,
      collect(): void {
        this.reset();
        const rows = model.db.prepare('SELECT topic, consumer_group AS "group", letters FROM outcomes WHERE outcome = ?').all(outcome) as unknown as CountedLetters[];
        for (const { topic, group, letters } of rows) this.inc({ topic, group }, letters);
      },
    });
  }
}

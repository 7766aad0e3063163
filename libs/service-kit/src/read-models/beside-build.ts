import type { Clock, EventStore, Position } from '@qazyna/event-store';
import { applyPage } from './event-application.js';
import { after, recogniseLog } from './log-recognition.js';
import type { ReadModelDefinition } from './read-model.js';
import { ReadModelFile } from './read-model-file.js';

const PROGRESS_EVERY_MS = 250;

/** How far a build is. */
export interface RebuildProgress {
  /** Events applied by this attempt; an earlier one may have applied others. */
  readonly events: number;
  readonly perSecond: number;
  /** Text of the last event's place in the log, and of the place to reach. */
  readonly position: Position | undefined;
  readonly target: Position | undefined;
}

/** A new file of a view, built from the log while the old one answers. */
export class BesideBuild {
  private events = 0;
  private target: Position | undefined;
  private startedAt: number;

  /** A build of this file, of which it is known that it is of this log. */
  constructor(
    readonly file: ReadModelFile,
    private readonly definition: ReadModelDefinition,
    private readonly parts: { readonly store: EventStore; readonly clock: Clock; readonly signal: AbortSignal },
  ) {
    this.startedAt = parts.clock.now().getTime();
  }

  /** Begins a build, or goes on with one that was interrupted. @throws {ReadModelInUse} */
  static async open(definition: ReadModelDefinition, dataDir: string, parts: { readonly store: EventStore; readonly clock: Clock; readonly signal: AbortSignal }): Promise<BesideBuild> {
    const file = ReadModelFile.openBeside(definition, dataDir);
    try {
      await recogniseLog(file, parts.store, { streamPrefixes: definition.streamPrefixes }, parts.signal);
    } catch (error) {
      file.close();
      throw error;
    }
    return new BesideBuild(file, definition, parts);
  }

  get progress(): RebuildProgress {
    const seconds = Math.max((this.parts.clock.now().getTime() - this.startedAt) / 1000, 0.001);
    return { events: this.events, perSecond: Math.round(this.events / seconds), position: this.file.position(), target: this.target };
  }

  /** Applies what the log holds, up to its present end. @throws {ReadModelStopped} an event cannot be applied */
  async toEndOfLog(onProgress: (progress: RebuildProgress) => void): Promise<void> {
    const { store, clock, signal } = this.parts;
    this.target = await store.head({ signal });
    let toldAt = 0;
    for await (const page of store.readAll({ ...after(this.file.position()), filter: { streamPrefixes: this.definition.streamPrefixes }, signal })) {
      const last = page.at(-1);
      if (last === undefined) continue;
      applyPage(this.definition, this.file, page, last.position);
      this.events += page.length;
      const now = clock.now().getTime();
      if (now - toldAt < PROGRESS_EVERY_MS) continue;
      toldAt = now;
      onProgress(this.progress);
    }
    onProgress(this.progress);
  }
}

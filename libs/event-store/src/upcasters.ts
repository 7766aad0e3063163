import { EventStoreError, type JsonObject, type RecordedEvent } from './port.js';

/** An event was written by a newer version of the software than this one: reading on would be a guess. */
export class UnknownEventVersion extends EventStoreError {
  readonly code = 'unknown-event-version';
  constructor(
    readonly type: string,
    readonly version: number,
    readonly known: number,
  ) {
    super(`event ${type} has schema version ${version}; this version of Qazyna knows up to ${known}`);
  }
}

/** Turns the data of one version into that of the next. Pure. */
export type Upcaster = (data: JsonObject) => JsonObject;

/**
 * Lifts recorded events to the current version of their type when they are read; what is stored never changes.
 * A type nobody registered has version 1 only.
 */
export class Upcasters {
  private readonly chains = new Map<string, Upcaster[]>();

  /**
   * `fn` lifts `type` from `fromVersion` to the next version. Register in order, from version 1 on, without gaps.
   * @throws {RangeError} a gap, or a step registered twice
   */
  register(type: string, fromVersion: number, fn: Upcaster): this {
    const chain = this.chains.get(type) ?? [];
    if (fromVersion !== chain.length + 1) {
      throw new RangeError(`the next upcaster of ${type} must be from version ${chain.length + 1}, not ${fromVersion}`);
    }
    chain.push(fn);
    this.chains.set(type, chain);
    return this;
  }

  /** The version new events of this type are written with. */
  currentVersion(type: string): number {
    return (this.chains.get(type)?.length ?? 0) + 1;
  }

  /** @throws {UnknownEventVersion} the event is newer than anything known, or its version is no version */
  apply(event: RecordedEvent): RecordedEvent {
    const chain = this.chains.get(event.type);
    const current = (chain?.length ?? 0) + 1;
    const version = event.metadata.schemaVersion;
    if (version === current) return event;
    if (!Number.isSafeInteger(version) || version < 1 || version > current || chain === undefined) {
      throw new UnknownEventVersion(event.type, version, current);
    }
    let data = event.data;
    for (const lift of chain.slice(version - 1)) data = lift(data);
    return { ...event, data, metadata: { ...event.metadata, schemaVersion: current } };
  }
}

import type { Position, RecordedEvent } from '@qazyna/event-store';
import type { ReadModelDefinition } from './read-model.js';
import { type ReadModelFile, sqliteCode } from './read-model-file.js';

/** SQLite's codes for a machine in trouble: out of memory, I/O error, disk full. No event is to blame, and they pass. */
const PASSING_CODES: ReadonlySet<number> = new Set([7, 10, 13]);

/** A view that applied an event it could not, and stands still until a person has looked. */
export class ReadModelStopped extends Error {
  override readonly name = 'ReadModelStopped';
  readonly code = 'read-model-stopped';
}

/**
 * Applies a page and moves the file's place to `position`, all or nothing.
 * @throws {ReadModelStopped} naming the event that cannot be applied
 */
export function applyPage(definition: ReadModelDefinition, file: ReadModelFile, events: readonly RecordedEvent[], position: Position): void {
  const last = events.at(-1);
  if (last === undefined) return file.moveTo(position);
  file.advance(position, { after: events.at(-2)?.position ?? file.position(), position: last.position, id: last.id }, () => {
    for (const event of events) applyOne(definition, file, event);
  });
}

function applyOne(definition: ReadModelDefinition, file: ReadModelFile, event: RecordedEvent): void {
  try {
    definition.apply(file, event);
  } catch (cause) {
    if (PASSING_CODES.has(sqliteCode(cause) ?? -1)) throw cause;
    throw new ReadModelStopped(`the view ${definition.name} stopped at ${event.type} ${event.stream}@${event.revision}`, { cause });
  }
}

import type { EventFilter, EventStore, Position, RecordedEvent } from '@qazyna/event-store';
import type { ReadModelFile } from './read-model-file.js';

/**
 * A log that was replaced, or restored from a copy older than the view, would leave the view showing what never
 * happened: unless the last event applied is where it was, everything is thrown away.
 * @returns whether the file was of this log
 */
export async function recogniseLog(file: ReadModelFile, store: EventStore, filter: EventFilter, signal: AbortSignal): Promise<boolean> {
  const seen = file.position();
  if (seen === undefined) return true;
  const mark = file.mark();
  let found: RecordedEvent | undefined;
  if (mark !== undefined) for await (const page of store.readAll({ ...after(mark.after), filter, limit: 1, signal })) found ??= page[0];
  if (found?.id !== mark?.id || found?.position !== mark?.position) {
    file.clear();
    return false;
  }
  const head = await store.head({ signal });
  // What was cut off behind the last event applied held nothing of the view's, but its places will be given again.
  if (head === undefined || head < seen) file.moveTo(mark?.position);
  return true;
}

/** The option of a read that begins after this place, or at the start. */
export function after(position: Position | undefined): { readonly after?: Position } {
  return position === undefined ? {} : { after: position };
}

import { streamOf, type DeadLetterNoted } from '@qazyna/contracts';
import { handleCommand, isUuid, type EventActor, type EventStore, type IdSource, type RecordedEvent, type Refusal } from '@qazyna/event-store';
import type { SQLInputValue } from 'node:sqlite';
import { pageOf, type Page, type PageRequest } from '../http/paging.js';
import type { ReadModelHost } from '../read-models/read-model-host.js';
import { deadLetterDecider, type DeadLetterCommand, type DeadLetterEvent, type DeadLetterState, type DeadLetterStatus } from './dead-letter.js';
import type { DeadLetterShelf } from './dead-letter-shelf.store.js';
import type { DeadLetterFilter, DeadLetterHistoryItem, ListedDeadLetter, ReplayAnswer, SelectedReplay, ShownDeadLetter } from './dead-letters.dto.js';

const COLUMNS = `letter_id AS letterId, state, topic, source_partition AS "partition", source_offset AS "offset", consumer_group AS "group", code, field, type,
  attempts, dead_lettered_at AS deadLetteredAt, size, sha256, replays, sequence`;

export interface Asker {
  readonly actor: EventActor;
  readonly correlationId: string;
}

/** The register as operators use it. */
export class DeadLetters {
  constructor(
    private readonly store: EventStore,
    private readonly model: ReadModelHost,
    private readonly shelf: DeadLetterShelf,
    private readonly ids: IdSource,
  ) {}

  /** In the order in which they were noted. */
  list(filter: DeadLetterFilter & { readonly state?: DeadLetterStatus }, { after, limit }: PageRequest): Page<ListedDeadLetter> {
    const conditions = ['sequence > ?'];
    const values: SQLInputValue[] = [after ?? ''];
    const where = (condition: string, value: string | undefined): void => {
      if (value === undefined) return;
      conditions.push(condition);
      values.push(value);
    };
    where('topic = ?', filter.topic);
    where('consumer_group = ?', filter.group);
    where('code = ?', filter.code);
    where('type = ?', filter.type);
    where('state = ?', filter.state);
    where('dead_lettered_at >= ?', toMilliseconds(filter.from));
    where('dead_lettered_at < ?', toMilliseconds(filter.to));
    const rows = this.model.db
      .prepare(`SELECT ${COLUMNS} FROM letters WHERE ${conditions.join(' AND ')} ORDER BY sequence LIMIT ?`)
      .all(...values, limit + 1) as unknown as ListedDeadLetter[];
    return pageOf(rows, limit, ({ sequence }) => sequence);
  }

  /** From the letter's own stream, so that it shows the latest at once. Undefined when there is none. */
  async show(letterId: string): Promise<ShownDeadLetter | undefined> {
    if (!isUuid(letterId)) return undefined;
    let state: DeadLetterState = deadLetterDecider.initialState();
    let letter: DeadLetterNoted | undefined;
    const history: DeadLetterHistoryItem[] = [];
    for await (const page of this.store.readStream(streamOf.deadLetter(letterId))) {
      for (const recorded of page) {
        const event = recorded as unknown as DeadLetterEvent;
        state = deadLetterDecider.evolve(state, event);
        if (event.type === 'operations.dead-letter-noted') letter = event.data;
        history.push(historyItem(recorded));
      }
    }
    if (letter === undefined || state.status === undefined) return undefined;
    const kept = this.shelf.find(letterId);
    const { topic, partition, offset, group, type = null, attempts, deadLetteredAt, size, sha256 } = letter;
    return {
      letterId, state: state.status, topic, partition, offset, group, type, attempts, deadLetteredAt,
      reason: { code: kept?.code ?? letter.code, field: kept?.field ?? letter.field ?? null, message: kept?.message ?? null },
      size, sha256,
      original: kept === undefined ? null : { takenAt: kept.timestamp.toISOString(), key: kept.original.key, headers: kept.original.headers, ...shown(kept.original.value) },
      history,
    };
  }

  /** Sends one back to its group. @throws {StoreUnavailable | StoreTimeout} send it again */
  async replay(letterId: string, asker: Asker): Promise<ReplayAnswer | { readonly refusal: Refusal }> {
    const outcome = await this.carryOut(letterId, { kind: 'replay', letterId }, asker);
    return 'refusal' in outcome ? outcome : { letterId, state: 'replaying', replay: outcome.state.replay };
  }

  /** Sends back the open letters of a selection, or says which would go. */
  async replaySelected(filter: DeadLetterFilter, page: PageRequest, dryRun: boolean, asker: Asker): Promise<Page<SelectedReplay>> {
    const { items, next } = this.list({ ...filter, state: 'open' }, page);
    const results: SelectedReplay[] = [];
    for (const { letterId } of items) {
      if (dryRun) results.push({ letterId, outcome: 'would-replay' });
      else {
        const answer = await this.replay(letterId, asker);
        results.push('refusal' in answer ? { letterId, outcome: 'refused', code: answer.refusal.code } : { letterId, outcome: 'requested' });
      }
    }
    return { items: results, next };
  }

  /** Decides that it never takes effect. @throws {StoreUnavailable | StoreTimeout} send it again */
  async discard(letterId: string, reason: string, asker: Asker): Promise<{ readonly letterId: string; readonly state: 'discarded' } | { readonly refusal: Refusal }> {
    const outcome = await this.carryOut(letterId, { kind: 'discard', discarded: { letterId, reason } }, asker);
    return 'refusal' in outcome ? outcome : { letterId, state: 'discarded' };
  }

  private async carryOut(letterId: string, command: DeadLetterCommand, metadata: Asker): Promise<{ readonly state: DeadLetterState } | { readonly refusal: Refusal }> {
    const outcome = await handleCommand(this.store, deadLetterDecider, { stream: streamOf.deadLetter(letterId), command, commandId: this.ids.next(), metadata });
    return outcome.kind === 'refused' ? { refusal: outcome.refusal } : { state: outcome.state };
  }
}

function historyItem({ type, data, recordedAt, metadata: { actor } }: RecordedEvent): DeadLetterHistoryItem {
  const { replay, code, field, reason } = data as { replay?: number; code?: string; field?: string; reason?: string };
  return {
    event: type.replace('operations.dead-letter-', ''),
    at: recordedAt.toISOString(),
    actor,
    ...(replay === undefined ? {} : { replay }),
    ...(code === undefined ? {} : { code }),
    ...(field === undefined ? {} : { field }),
    ...(reason === undefined ? {} : { reason }),
  };
}

function shown(value: Uint8Array | null): { readonly base64: string | null; readonly text: string | null } {
  if (value === null) return { base64: null, text: null };
  const base64 = Buffer.from(value).toString('base64');
  try {
    return { base64, text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value) };
  } catch {
    return { base64, text: null };
  }
}

function toMilliseconds(instant: string | undefined): string | undefined {
  return instant === undefined ? undefined : new Date(instant).toISOString();
}

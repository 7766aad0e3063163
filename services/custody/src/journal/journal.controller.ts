import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { streamOf, type JournalEntryPosted } from '@qazyna/contracts';
import type { EventStore } from '@qazyna/event-store';
import { EVENT_STORE, pageOf, parseCursor, Public, type Page } from '@qazyna/service-kit';
import { JournalQuery } from './journal.dto.js';

/** An entry with its place in the journal. */
export type ListedEntry = JournalEntryPosted & {
  /** Counts from 0, without gaps. */
  readonly number: string;
  readonly recordedAt: string;
};

@ApiTags('Journal')
@Controller('v1/journal')
export class JournalController {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  /** Straight from the stream: what is shown here is what is recorded, and nothing in between. */
  @Get('entries')
  @Public()
  @ApiOperation({ summary: 'The journal, entry by entry', description: 'Every balance of every figure can be recomputed from these. An entry is never changed or removed; a mistake is compensated by another that names it.' })
  async entries(@Query() query: JournalQuery): Promise<Page<ListedEntry>> {
    const { after, limit } = parseCursor({ limit: query.limit, after: isNumber(query.after) ? undefined : query.after });
    const last = isNumber(query.after) ? query.after : after;
    const entries: ListedEntry[] = [];
    const from = last === undefined || !isNumber(last) ? 0n : BigInt(last) + 1n;
    for await (const page of this.store.readStream(streamOf.journal, { from, limit: limit + 1 })) {
      for (const { revision, recordedAt, data } of page) {
        entries.push({ ...(data as unknown as JournalEntryPosted), number: revision.toString(), recordedAt: recordedAt.toISOString() });
      }
    }
    return pageOf(entries, limit, ({ number }) => number);
  }
}

function isNumber(text: string | undefined): text is string {
  return text !== undefined && /^(0|[1-9][0-9]{0,17})$/.test(text);
}

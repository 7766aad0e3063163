import type { ListedDeadLetter, Page, ReplayAnswer, SelectedReplay, ShownDeadLetter } from '@qazyna/service-kit';
import { withQuery, type Door } from '../door/door.client.js';

export type Filter = Readonly<Partial<Record<'topic' | 'group' | 'code' | 'type' | 'from' | 'to', string>>>;

/** The register's door (docs/dead-letters.md). @throws as `Door.ask`: the letter is not there, or not open any more */
export class RegisterClient {
  constructor(private readonly door: Door) {}

  list(filter: Filter & { readonly state?: string; readonly limit?: string; readonly after?: string }): Promise<Page<ListedDeadLetter>> {
    return this.door.get(withQuery('/v1/dead-letters', filter));
  }

  show(letterId: string): Promise<ShownDeadLetter> {
    return this.door.get(`/v1/dead-letters/${encodeURIComponent(letterId)}`);
  }

  replay(letterId: string): Promise<ReplayAnswer> {
    return this.door.post(`/v1/dead-letters/${encodeURIComponent(letterId)}/replay`);
  }

  replaySelected(filter: Filter, dryRun: boolean, after: string | undefined): Promise<Page<SelectedReplay>> {
    return this.door.post('/v1/dead-letters/replays', { ...filter, dryRun, ...(after === undefined ? {} : { after }) });
  }

  discard(letterId: string, reason: string): Promise<{ readonly letterId: string; readonly state: string }> {
    return this.door.post(`/v1/dead-letters/${encodeURIComponent(letterId)}/discard`, { reason });
  }
}

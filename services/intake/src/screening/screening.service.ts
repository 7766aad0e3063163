import { Inject, Injectable } from '@nestjs/common';
import { contentHash, SCREENED_ADDRESSES_MAX, streamOf, type ScreenedAddress, type ScreeningDecisionGiven, type ScreeningRecorded, type ScreeningRescreened, type ScreeningResult } from '@qazyna/contracts';
import { eventId, handleCommand, loadState, type Clock, type EventMetadata, type EventStore, type Refusal } from '@qazyna/event-store';
import { CLOCK, CONFIG, EVENT_STORE, type PlatformConfig } from '@qazyna/service-kit';
import { findingsOf } from './findings.js';
import { ListProvider } from './list-provider.adapter.js';
import { ListsService } from './lists.service.js';
import type { ScreeningProvider } from './screening-provider.js';
import { screeningSubjectDecider, standingOf, type ScreeningStanding } from './screening-subject.js';
import { VendorProvider } from './vendor-provider.adapter.js';

type Metadata = Omit<EventMetadata, 'schemaVersion'>;

const INTAKE = { subject: 'intake', organisation: 'qazyna' };

/** What is asked of one deposit or case. */
export interface AskedSubject {
  readonly subjectId: string;
  readonly addresses: readonly ScreenedAddress[];
  readonly unknownSources: number;
}

@Injectable()
export class ScreeningService {
  private readonly vendor: ScreeningProvider | undefined;
  private readonly comparesLists: boolean;

  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(ListsService) private readonly lists: ListsService,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) { screening, screeningVendorUrl: url, screeningVendorKey: key, screeningClearLevels }: PlatformConfig,
  ) {
    this.comparesLists = screening === 'lists' || screening === 'lists-and-vendor';
    const clearLevels = screeningClearLevels.split(',').map((level) => level.trim().toLowerCase());
    const asksVendor = screening === 'vendor' || screening === 'lists-and-vendor';
    this.vendor = asksVendor && url !== undefined ? new VendorProvider({ url, ...(key === undefined ? {} : { key }), clearLevels, clock }) : undefined;
  }

  get asksVendor(): boolean {
    return this.vendor !== undefined;
  }

  /** Asks for addresses of a deposit or case to be screened. @throws {StoreUnavailable | StoreTimeout} ask again */
  async request({ subjectId, addresses, unknownSources }: AskedSubject, messageId: string, correlationId: string): Promise<void> {
    const pieces = Math.max(1, Math.ceil(addresses.length / SCREENED_ADDRESSES_MAX));
    for (let piece = 0; piece < pieces; piece += 1) {
      const some = addresses.slice(piece * SCREENED_ADDRESSES_MAX, (piece + 1) * SCREENED_ADDRESSES_MAX);
      await handleCommand(this.store, screeningSubjectDecider, {
        stream: streamOf.screeningSubject(subjectId),
        command: { kind: 'request', request: { subjectId, addresses: [...some], unknownSources } },
        commandId: `request:${messageId}:${piece}`,
        metadata: { actor: INTAKE, correlationId, causationId: messageId },
        expectNew: piece === 0,
      });
    }
  }

  /** Asks every provider, and records what they say. */
  async screen(subjectId: string, signal?: AbortSignal): Promise<void> {
    const { state } = await loadState(this.store, screeningSubjectDecider, streamOf.screeningSubject(subjectId));
    if (!state.requested) return;
    const answers = await this.vendor?.screen(state.addresses, signal === undefined ? {} : { signal });
    await this.record(this.findings({ subjectId, addresses: state.addresses, unknownSources: state.unknownSources }, answers ?? []), state.records);
  }

  /** What the lists in force, and the vendor's answers given, say of it. */
  findings(asked: AskedSubject, vendorAnswers: readonly ScreeningResult[]): ScreeningRecorded {
    const lists = this.comparesLists ? this.lists.current.map(({ list }) => new ListProvider(list, () => this.lists.find(list), this.clock)) : [];
    const providers: readonly ScreeningProvider[] = [...lists, ...(this.vendor === undefined ? [] : [this.vendor])];
    return findingsOf({
      ...asked,
      results: [...lists.flatMap((provider) => provider.compare(asked.addresses)), ...vendorAnswers],
      providers: providers.map(({ name }) => name),
      lists: this.comparesLists ? this.lists.versions : [],
      listMissing: this.comparesLists && lists.length === 0,
      meaningOf: ({ provider, level }) => providers.find(({ name }) => name === provider)?.meaningOf(level) ?? 'unknown',
    });
  }

  /** Records findings that differ from those of before. `records`: how many there were when they were made. */
  async record(found: ScreeningRecorded, records: number): Promise<boolean> {
    const outcome = await handleCommand(this.store, screeningSubjectDecider, {
      stream: streamOf.screeningSubject(found.subjectId),
      command: { kind: 'record', record: found },
      commandId: `record:${records}:${found.basis}`,
      metadata: { actor: INTAKE, correlationId: found.subjectId },
    });
    return outcome.kind === 'accepted' && outcome.events.length > 0 && !outcome.duplicate;
  }

  /** Findings over a subject again, of which only the view was looked at. */
  async recordAnew(found: ScreeningRecorded): Promise<boolean> {
    const { state } = await loadState(this.store, screeningSubjectDecider, streamOf.screeningSubject(found.subjectId));
    return this.record(found, state.records);
  }

  /** One officer's word. @throws {StoreUnavailable | StoreTimeout} say it again */
  async decide(given: ScreeningDecisionGiven, metadata: Metadata): Promise<{ readonly standing: ScreeningStanding; readonly words: number } | { readonly refusal: Refusal }> {
    const stream = streamOf.screeningSubject(given.subjectId);
    const outcome = await handleCommand(this.store, screeningSubjectDecider, {
      stream,
      command: { kind: 'decide', given },
      commandId: `decide:${contentHash(given)}`,
      // What was kept once may be kept again after it was to be returned: the state tells whether an officer has spoken.
      repeatable: true,
      metadata,
    });
    if (outcome.kind === 'refused') return { refusal: outcome.refusal };
    return { standing: standingOf(outcome.state), words: outcome.state.round.length };
  }

  /** That everything known was compared with the versions in force. */
  async noteRescreened(done: ScreeningRescreened): Promise<void> {
    const stream = streamOf.screeningList(done.list);
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const { expected } = await this.endOf(stream);
      const event = { id: eventId(stream, `rescreened ${done.contentSha256}@${expected}`, 0), type: 'intake.screening-rescreened', data: { ...done }, metadata: { schemaVersion: 1, actor: INTAKE, correlationId: done.contentSha256 } };
      try {
        await this.store.append(stream, expected, [event]);
        return;
      } catch (error) {
        if ((error as { readonly code?: unknown }).code !== 'concurrency-conflict') throw error;
      }
    }
  }

  private async endOf(stream: string): Promise<{ readonly expected: bigint | 'no-stream' }> {
    for await (const [last] of this.store.readStream(stream, { direction: 'backwards', limit: 1 })) if (last !== undefined) return { expected: last.revision };
    return { expected: 'no-stream' };
  }
}

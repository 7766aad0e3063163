import { Inject, Injectable } from '@nestjs/common';
import { contentHash, streamOf, type LicenceAct, type LicenceApplication, type LicenceQuotaNoted, type SignedMessage } from '@qazyna/contracts';
import { conflictDecider } from '@qazyna/contracts/conflict';
import { handleCommand, loadState, type Clock, type EventMetadata, type EventStore, type Refusal } from '@qazyna/event-store';
import { energySourceRefusal, type JurisdictionProfile } from '@qazyna/jurisdiction';
import { CLOCK, EVENT_STORE, JURISDICTION } from '@qazyna/service-kit';
import { licenceDecider } from './licence.js';
import { expiryDue, licenceAt, type LicenceStanding } from './licence-timeline.js';
import { sameContent } from './same-content.js';

type Metadata = Omit<EventMetadata, 'schemaVersion'>;

export type LicenceOutcome = { readonly status: 'accepted' | 'duplicate' } | { readonly refusal: Refusal };

/** A licence with many farms is noted by many at once, and a note is small. */
const QUOTA_RETRIES_MAX = 50;
/** The clock itself acts when a licence expires. */
const CLOCK_ACTOR = { subject: 'clock', organisation: 'qazyna' } as const;

@Injectable()
export class LicencesService {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(JURISDICTION) private readonly jurisdiction: JurisdictionProfile,
  ) {}

  /** Registers a licence once. @throws {StoreUnavailable | StoreTimeout} send it again */
  async issue(application: LicenceApplication, metadata: Metadata): Promise<LicenceOutcome> {
    const unlawful = energySourceRefusal(this.jurisdiction, application.energySource);
    if (unlawful !== undefined) return { refusal: unlawful };
    const outcome = await handleCommand(this.store, licenceDecider, {
      stream: streamOf.licence(application.licenceId),
      command: { kind: 'issue', application },
      commandId: `issue:${contentHash(application)}`,
      metadata,
      expectNew: true,
    });
    if (outcome.kind === 'refused') return { refusal: outcome.refusal };
    return { status: outcome.duplicate || outcome.events.length === 0 ? 'duplicate' : 'accepted' };
  }

  /** Takes an act once, in whatever order acts come; another content under its id is raised. @throws as `issue` */
  async act(act: LicenceAct, way: 'http' | 'kafka', metadata: Metadata, signed?: SignedMessage): Promise<LicenceOutcome & { readonly standing?: LicenceStanding }> {
    const amended = act.terms?.energySource;
    const unlawful = amended === undefined ? undefined : energySourceRefusal(this.jurisdiction, amended);
    if (unlawful !== undefined) return { refusal: { ...unlawful, field: `terms.${unlawful.field}` } };
    const stream = streamOf.licence(act.licenceId);
    const hash = contentHash(act);
    const taken = await handleCommand(this.store, licenceDecider, { stream, command: { kind: 'act', act, ...(signed === undefined ? {} : { signed }) }, commandId: `act:${hash}`, metadata });
    if (taken.kind === 'refused') {
      if (taken.refusal.code === 'licence-act-conflict') await this.raiseConflict(act, hash, way, metadata);
      return { refusal: taken.refusal };
    }
    const standing = licenceAt(taken.state, this.clock.now().toISOString());
    return { status: taken.duplicate || taken.events.length === 0 ? 'duplicate' : 'accepted', standing };
  }

  /** Whether this act was taken before, with the same content. @throws as `issue` */
  async knows(act: LicenceAct): Promise<boolean> {
    const { state } = await loadState(this.store, licenceDecider, streamOf.licence(act.licenceId));
    const known = state.acts.get(act.actId);
    return known !== undefined && sameContent({ ...known, signed: undefined }, act);
  }

  /** Announces every end of validity that the clock has passed. @returns how many */
  async expire(licenceId: string): Promise<number> {
    const stream = streamOf.licence(licenceId);
    const now = this.clock.now().toISOString();
    for (let announced = 0; ; announced++) {
      const { state } = await loadState(this.store, licenceDecider, stream);
      const due = expiryDue(state);
      if (due === undefined || Date.parse(due) > Date.parse(now)) return announced;
      // An end that was taken back may come to be true again: only all that was known makes the command's identity.
      await handleCommand(this.store, licenceDecider, {
        stream,
        command: { kind: 'expire', now },
        commandId: `expire:${due}:${state.acts.size}`,
        metadata: { actor: CLOCK_ACTOR, correlationId: `expire:${licenceId}` },
      });
    }
  }

  /** Counts a month's energy against the licence. @throws as `issue` */
  async noteQuota(note: LicenceQuotaNoted, metadata: Metadata): Promise<void> {
    await handleCommand(this.store, licenceDecider, {
      stream: streamOf.licence(note.licenceId),
      command: { kind: 'note-quota', note },
      commandId: `quota:${contentHash(note)}`,
      retriesMax: QUOTA_RETRIES_MAX,
      metadata,
    });
  }

  /** Kept for an operator: the same act id with other content changes nothing, but is never silent. */
  private async raiseConflict(act: LicenceAct, offeredHash: string, way: 'http' | 'kafka', metadata: Metadata): Promise<void> {
    const { state } = await loadState(this.store, licenceDecider, streamOf.licence(act.licenceId));
    const known = state.acts.get(act.actId);
    const subject = `licence:${act.licenceId}~${act.actId}`;
    await handleCommand(this.store, conflictDecider('mining.conflict-raised'), {
      stream: streamOf.miningConflict(subject),
      command: { subject, knownHash: known === undefined ? offeredHash : contentHash(known), offeredHash, way, offered: JSON.stringify(act) },
      commandId: offeredHash,
      metadata,
    });
  }
}

import { Inject, Injectable } from '@nestjs/common';
import { caseIdOf, contentHash, streamOf, type AssetLocation, type CoinsInherited, type ConflictRaised, type IssuerFreeze, type SeizureFact, type SignedMessage } from '@qazyna/contracts';
import { conflictDecider } from '@qazyna/contracts/conflict';
import {
  ConcurrencyConflict, eventId, handleCommand, loadState, StoreTimeout, TooManyConflicts, uuidV5, type CommandOutcome, type EventMetadata, type EventStore, type ExpectedRevision, type JsonObject, type Refusal,
} from '@qazyna/event-store';
import { findAsset } from '@qazyna/ledger';
import { caseActRefusal, deadlineOf, TermError, type JurisdictionProfile } from '@qazyna/jurisdiction';
import { EVENT_STORE, JURISDICTION } from '@qazyna/service-kit';
import { checkedAddress, withChainAddresses } from './asset-address.adapter.js';
import { caseDecider, type CaseCommand, type CaseEvent, type CaseState } from './case.js';
import { CHANGES_OUTSTANDING, partOf, stillToTell } from './case-parts.js';
import { brokenRule, factDecider, withLapse } from './seizure-fact.js';

/** Namespace of fact ids. Fixed for ever: streams are named by them. */
const FACT_NAMESPACE = '5a8f6c1e-3f0d-5d6b-8f57-0c1d6a7e2b94';

/** Others in between, or appends of unknown outcome, after which a case is read again. */
const ATTEMPTS_MAX = 9;

/** One published fact at the door, already of the right shape. */
export interface PublishedFact {
  readonly source: string;
  readonly id: string;
  readonly fact: SeizureFact;
  readonly way: 'http' | 'kafka';
  /** Who signed it, where it was signed. */
  readonly signed?: SignedMessage;
  readonly metadata: Omit<EventMetadata, 'schemaVersion'>;
}

/** What became of a fact. Only `accepted` and `held` changed anything. */
export interface FactResult {
  readonly status: 'accepted' | 'duplicate' | 'held' | 'refused';
  readonly code?: string;
  readonly message?: string;
  readonly field?: string;
  readonly factId: string;
  readonly caseId: string;
  readonly legalStatus?: string;
}

/** What became of an officer's word on a case. */
export type OfficersResult = { readonly status: 'accepted' | 'duplicate' } | { readonly refusal: Refusal };

@Injectable()
export class SeizuresService {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(JURISDICTION) private readonly profile: JurisdictionProfile,
  ) {}

  /**
   * Carries facts out, with a result for each in their order. Facts of one case follow one another, since each may
   * presuppose the one before; different cases go side by side and share the store's durable writes.
   * @throws as `receive`
   */
  receiveAll(published: readonly PublishedFact[]): Promise<FactResult[]> {
    const last = new Map<string, Promise<unknown>>();
    return Promise.all(
      published.map((fact) => {
        const caseId = caseIdOf(fact.fact.agency, fact.fact.caseNumber);
        const result = (last.get(caseId) ?? Promise.resolve()).then(() => this.receive(fact));
        last.set(caseId, result);
        return result;
      }),
    );
  }

  /** Whether this very message was received before, with the same content. */
  async knows({ source, id, fact }: Pick<PublishedFact, 'source' | 'id' | 'fact'>): Promise<boolean> {
    const { state } = await loadState(this.store, factDecider, streamOf.seizureFact(factIdOf(source, id)));
    return state.contentHash === contentHash(fact);
  }

  /**
   * Carries a fact out once. When this resolves, its effect is durable.
   * @throws {StoreUnavailable | StoreTimeout | TooManyConflicts} nothing is promised: publish the same message again
   */
  async receive(published: PublishedFact): Promise<FactResult> {
    const { source, id, metadata, signed } = published;
    const factId = factIdOf(source, id);
    const caseId = caseIdOf(published.fact.agency, published.fact.caseNumber);
    const refused = (refusal: Refusal): FactResult => ({ status: 'refused', ...refusal, factId, caseId });

    const rules = (fact: SeizureFact): Refusal | undefined => brokenRule(fact, (start) => this.restrictionEnds(start)) ?? brokenAsset(fact);
    const broken = caseActRefusal(this.profile, published.fact.act) ?? rules(published.fact);
    if (broken) return refused(broken);

    const fact = withLapse(withChainAddresses(published.fact), (start) => this.restrictionEnds(start));
    const hash = contentHash(published.fact);
    const received = await handleCommand(this.store, factDecider, {
      stream: streamOf.seizureFact(factId),
      command: { kind: 'receive', received: { factId, source, messageId: id, contentHash: hash, caseId, fact, ...(signed === undefined ? {} : { signed }) } },
      commandId: `receive:${hash}`,
      metadata,
      expectNew: true,
    });
    if (received.kind === 'refused') {
      await this.raiseConflict(published, factId, hash);
      return refused(received.refusal);
    }
    if (received.state.refused) return refused(received.state.refused);

    const outcome = await this.carryOut(caseId, { factId, caseId, fact, rules }, factId, { ...metadata, causationId: factId });
    if (outcome.kind === 'accepted') return { ...standing(factId, caseId, outcome.state), ...(changed(outcome) ? {} : { status: 'duplicate' as const }) };

    await handleCommand(this.store, factDecider, {
      stream: streamOf.seizureFact(factId),
      command: { kind: 'refuse', factId, caseId, refusal: outcome.refusal },
      commandId: `refuse:${factId}`,
      metadata,
    });
    return refused(outcome.refusal);
  }

  /**
   * Lets the clock look at a case: warnings and lapses that are due by now, or a lapse that is not, after the clock had
   * been ahead. @returns how many events it recorded @throws as `receive`
   */
  async lookAtClock(caseId: string, now: Date): Promise<number> {
    const command: CaseCommand = { kind: 'look', caseId, now: now.toISOString(), warningHours: this.profile.restrictionWarningHours };
    const outcome = await this.carryOut(caseId, command, `look:${now.toISOString()}`, { actor: { subject: 'restriction-clock', organisation: 'qazyna' }, correlationId: caseId });
    return outcome.kind === 'accepted' && !outcome.duplicate ? outcome.events.length : 0;
  }

  /** Coins nobody reported, found at an asset of a case: they belong to it. Once for each finding. @throws as `receive` */
  inherit(found: CoinsInherited, metadata: PublishedFact['metadata']): Promise<OfficersResult> {
    const broken = brokenLocated(found.asset, found.location, '');
    if (broken !== undefined) return Promise.resolve({ refusal: broken });
    return this.officersCommand(found.caseId, { kind: 'inherit', found: inChainForm(found) }, `inherit:${contentHash(found)}`, metadata);
  }

  /** The issuer of a token froze it, or lifted that. Once for each freeze. @throws as `receive` */
  freeze(kind: 'freeze' | 'lift', freeze: IssuerFreeze, metadata: PublishedFact['metadata']): Promise<OfficersResult> {
    return this.officersCommand(freeze.caseId, { kind, freeze }, `${kind}:${contentHash(freeze)}`, metadata);
  }

  /** Tells the rest of a change that a crash left in the middle. @throws as `receive` */
  async finish(caseId: string): Promise<void> {
    const { state, expected } = await loadState(this.store, caseDecider, streamOf.case(caseId));
    await this.tellRest(caseId, state, expected, { actor: { subject: 'case-changes', organisation: 'qazyna' }, correlationId: caseId });
  }

  /** Carries a command out over the whole case: when this resolves, all that follows of it is durable. */
  private async carryOut(caseId: string, command: CaseCommand, commandId: string, metadata: PublishedFact['metadata']): Promise<CommandOutcome<CaseState, CaseEvent>> {
    const stream = streamOf.case(caseId);
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
      const outcome = await handleCommand(this.store, caseDecider, { stream, command, commandId, metadata });
      if (outcome.kind === 'refused') {
        if (outcome.refusal.code !== CHANGES_OUTSTANDING) return outcome;
        await this.finish(caseId);
        continue;
      }
      const { state, revision } = outcome;
      if (state.outstanding === undefined || revision === undefined) return outcome;
      return { ...outcome, state: await this.tellRest(caseId, state, revision, metadata) };
    }
    throw new TooManyConflicts(stream, ATTEMPTS_MAX);
  }

  /** What follows is reckoned once and told part by part; where somebody came in between, it is reckoned again from what stands. */
  private async tellRest(caseId: string, from: CaseState, revision: ExpectedRevision, metadata: PublishedFact['metadata']): Promise<CaseState> {
    const stream = streamOf.case(caseId);
    let state = from;
    let expected = revision;
    let failed: unknown;
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
      const causationId = state.outstanding?.mark.factId ?? caseId;
      const events = stillToTell(state);
      try {
        for (let told = 0; told < events.length; ) {
          const part = partOf(events, told);
          const id = `rest:${String(expected)}`;
          const appended = part.map(({ type, data }, index) => ({ id: eventId(stream, id, index), type, data: data as unknown as JsonObject, metadata: { ...metadata, causationId, schemaVersion: 1 } }));
          expected = (await this.store.append(stream, expected, appended)).revision;
          for (const event of part) state = caseDecider.evolve(state, event);
          told += part.length;
        }
        return state;
      } catch (error) {
        if (!(error instanceof ConcurrencyConflict || error instanceof StoreTimeout)) throw error;
        failed = error;
        ({ state, expected } = await loadState(this.store, caseDecider, stream));
      }
    }
    throw failed;
  }

  private async officersCommand(caseId: string, command: CaseCommand, commandId: string, metadata: PublishedFact['metadata']): Promise<OfficersResult> {
    const outcome = await this.carryOut(caseId, command, commandId, metadata);
    if (outcome.kind === 'refused') return { refusal: outcome.refusal };
    return { status: changed(outcome) ? 'accepted' : 'duplicate' };
  }

  /** When a restriction is over that no court confirmed, by the state's own law; undefined where that cannot be written. */
  private restrictionEnds(start: string): string | undefined {
    try {
      const end = deadlineOf(start, this.profile.restrictionTerm, this.profile.calendar);
      return end.length === start.replace(/(\.\d+)?Z$/, '.000Z').length ? end : undefined;
    } catch (error) {
      if (error instanceof TermError || error instanceof RangeError) return undefined;
      throw error;
    }
  }

  /** Kept for an operator: the same id with other content changes nothing, but is never silent. */
  private async raiseConflict({ fact, way, metadata }: PublishedFact, factId: string, offeredHash: string): Promise<void> {
    const { state } = await loadState(this.store, factDecider, streamOf.seizureFact(factId));
    const conflict: ConflictRaised = { subject: factId, knownHash: state.contentHash ?? offeredHash, offeredHash, way, offered: JSON.stringify(fact) };
    await handleCommand(this.store, conflictDecider('intake.conflict-raised'), {
      stream: streamOf.intakeConflict(factId),
      command: conflict,
      commandId: offeredHash,
      metadata: { ...metadata, causationId: factId },
    });
  }
}

function inChainForm(found: CoinsInherited): CoinsInherited {
  const { address } = found.location;
  const checked = address === undefined || found.location.kind !== 'address' ? undefined : checkedAddress(found.asset, address);
  return checked !== undefined && 'address' in checked ? { ...found, location: { ...found.location, address: checked.address } } : found;
}

function factIdOf(source: string, id: string): string {
  return uuidV5(FACT_NAMESPACE, `${source}\n${id}`);
}

function changed(outcome: { readonly events: readonly unknown[]; readonly duplicate: boolean }): boolean {
  return outcome.events.length > 0 && !outcome.duplicate;
}

function standing(factId: string, caseId: string, state: CaseState): FactResult {
  const waits = state.told.get(factId) === 'waiting';
  return {
    status: waits ? 'held' : 'accepted',
    ...(waits ? { code: 'act-waits', message: 'the act waits for the one it presupposes and applies when that arrives' } : {}),
    factId,
    caseId,
    ...(state.legalStatus === undefined ? {} : { legalStatus: state.legalStatus }),
  };
}

/** Assets must be registered, and an address must be one of the asset's own network. */
function brokenAsset(fact: SeizureFact): Refusal | undefined {
  const named = [...(fact.assets ?? []).map((each, index) => [each, `assets.${index}.`] as const), ...(fact.corrected?.assets ?? []).map((each, index) => [each, `corrected.assets.${index}.`] as const)];
  for (const [{ asset, location }, path] of named) {
    const broken = brokenLocated(asset, location, path);
    if (broken !== undefined) return broken;
  }
  return brokenProceeds(fact.proceeds, 'proceeds.') ?? brokenProceeds(fact.corrected?.proceeds, 'corrected.proceeds.');
}

function brokenProceeds(proceeds: SeizureFact['proceeds'], path: string): Refusal | undefined {
  // Money is no registered asset: it is held in a bank, in a state's currency.
  if (proceeds === undefined || /^qazyna:local\/iso4217:[A-Z]{3}$/.test(proceeds.asset)) return undefined;
  return brokenLocated(proceeds.asset, proceeds.location, path);
}

function brokenLocated(assetId: string, location: AssetLocation, path: string): Refusal | undefined {
  // Things and fund units are counted by names of their own (qazyna:local/…).
  if (assetId.startsWith('qazyna:local/') && location.kind !== 'address') return undefined;
  const asset = findAsset(assetId);
  if (asset === undefined) return { code: 'asset-unknown', field: `${path}asset`, message: `no asset ${assetId} is registered` };
  if (location.kind !== 'address' || location.address === undefined) return undefined;
  const checked = checkedAddress(assetId, location.address);
  return 'address' in checked ? undefined : { ...checked, field: `${path}location.address` };
}

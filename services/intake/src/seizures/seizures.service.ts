import { Inject, Injectable } from '@nestjs/common';
import { AddressError, parseAddress } from '@qazyna/bitcoin';
import { caseIdOf, contentHash, streamOf, type ConflictRaised, type SeizureFact, type SignedMessage } from '@qazyna/contracts';
import { conflictDecider } from '@qazyna/contracts/conflict';
import { handleCommand, loadState, uuidV5, type EventMetadata, type EventStore, type Refusal } from '@qazyna/event-store';
import { caseActRefusal, type JurisdictionProfile } from '@qazyna/jurisdiction';
import { findAsset } from '@qazyna/ledger';
import { EVENT_STORE, JURISDICTION } from '@qazyna/service-kit';
import { caseDecider, type CaseState } from './case.js';
import { brokenRule, factDecider, withLapse } from './seizure-fact.js';

/** Namespace of fact ids. Fixed for ever: streams are named by them. */
const FACT_NAMESPACE = '5a8f6c1e-3f0d-5d6b-8f57-0c1d6a7e2b94';

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

@Injectable()
export class SeizuresService {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(JURISDICTION) private readonly jurisdiction: JurisdictionProfile,
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

    const broken = caseActRefusal(this.jurisdiction, published.fact.act) ?? brokenRule(published.fact) ?? brokenAsset(published.fact);
    if (broken) return refused(broken);

    const fact = withLapse(published.fact);
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

    const outcome = await handleCommand(this.store, caseDecider, {
      stream: streamOf.case(caseId),
      command: { factId, caseId, fact },
      commandId: factId,
      metadata: { ...metadata, causationId: factId },
    });
    if (outcome.kind === 'accepted') return { ...standing(factId, caseId, outcome.state), ...(changed(outcome) ? {} : { status: 'duplicate' as const }) };

    await handleCommand(this.store, factDecider, {
      stream: streamOf.seizureFact(factId),
      command: { kind: 'refuse', factId, caseId, refusal: outcome.refusal },
      commandId: `refuse:${factId}`,
      metadata,
    });
    return refused(outcome.refusal);
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

function factIdOf(source: string, id: string): string {
  return uuidV5(FACT_NAMESPACE, `${source}\n${id}`);
}

function changed(outcome: { readonly events: readonly unknown[]; readonly duplicate: boolean }): boolean {
  return outcome.events.length > 0 && !outcome.duplicate;
}

function standing(factId: string, caseId: string, state: CaseState): FactResult {
  const waits = state.held.some((held) => held.factId === factId);
  return {
    status: waits ? 'held' : 'accepted',
    ...(waits ? { code: 'act-waits', message: 'the act waits for the one it presupposes and applies when that arrives' } : {}),
    factId,
    caseId,
    ...(state.legalStatus === undefined ? {} : { legalStatus: state.legalStatus }),
  };
}

/** Assets must be registered, and a Bitcoin address must be one of the asset's own network. */
function brokenAsset(fact: SeizureFact): Refusal | undefined {
  for (const [index, { asset: assetId, location }] of (fact.assets ?? []).entries()) {
    const asset = findAsset(assetId);
    if (asset === undefined) return { code: 'asset-unknown', field: `assets.${index}.asset`, message: `no asset ${assetId} is registered` };
    if (location.kind !== 'address' || location.address === undefined || !assetId.startsWith('bip122:')) continue;
    try {
      parseAddress(location.address, asset.network as Parameters<typeof parseAddress>[1]);
    } catch (error) {
      if (!(error instanceof AddressError)) throw error;
      return { code: error.code, field: `assets.${index}.location.address`, message: error.message };
    }
  }
  return undefined;
}

import { Inject, Injectable } from '@nestjs/common';
import { AddressError, parseAddress } from '@qazyna/bitcoin';
import { contentHash, streamOf, type AcquisitionDecision, type AcquisitionFact, type CampaignOpened, type ConflictRaised, type Donation, type SignedMessage } from '@qazyna/contracts';
import { conflictDecider } from '@qazyna/contracts/conflict';
import { handleCommand, loadState, uuidV5, type EventMetadata, type EventStore, type Refusal } from '@qazyna/event-store';
import type { JurisdictionProfile } from '@qazyna/jurisdiction';
import { findAsset } from '@qazyna/ledger';
import { EVENT_STORE, JURISDICTION } from '@qazyna/service-kit';
import { brokenRule, subjectOf } from './acquisition-fact.js';
import { campaignDecider } from './donation-campaign.js';
import { donationDecider } from './donation.js';
import { purchaseDecider, purchaseStatus } from './purchase.js';

/** Namespace of donation and conflict ids. Fixed for ever: streams are named by them. */
const ACQUISITION_NAMESPACE = '0b9c2f0e-61d5-5c1b-9a43-7e1f4f0a8d26';

type Metadata = Omit<EventMetadata, 'schemaVersion'>;

/** One fact at the door, already of the right shape. */
export interface PublishedAcquisition {
  readonly fact: AcquisitionFact;
  readonly way: 'http' | 'kafka';
  readonly metadata: Metadata;
  /** Who signed it, where it was signed. */
  readonly signed?: SignedMessage;
}

/** What became of a fact. */
export interface AcquisitionResult {
  readonly status: 'accepted' | 'duplicate' | 'held' | 'refused';
  readonly code?: string;
  readonly message?: string;
  readonly field?: string;
  /** The order or the campaign. */
  readonly subject: string;
  /** The gift, where the fact is one. */
  readonly donationId?: string;
  /** How far the order is, where the fact is over one. */
  readonly purchaseStatus?: string;
}

@Injectable()
export class AcquisitionsService {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(JURISDICTION) private readonly jurisdiction: JurisdictionProfile,
  ) {}

  /** Facts over one order or campaign follow one another; others go side by side. @throws as `receive` */
  receiveAll(published: readonly PublishedAcquisition[]): Promise<AcquisitionResult[]> {
    const last = new Map<string, Promise<unknown>>();
    return Promise.all(
      published.map((each) => {
        const subject = `${each.fact.kind.startsWith('purchase') ? 'purchase' : 'campaign'}:${subjectOf(each.fact)}`;
        const result = (last.get(subject) ?? Promise.resolve()).then(() => this.receive(each));
        last.set(subject, result.catch(() => undefined));
        return result;
      }),
    );
  }

  /** Whether this fact was received before, with the same content. */
  async knows(fact: AcquisitionFact): Promise<boolean> {
    const hash = contentHash(fact);
    return (await this.knownHash(fact)) === hash;
  }

  /** Carries a fact out once. When this resolves, its effect is durable. @throws {StoreUnavailable | StoreTimeout | TooManyConflicts} send the same again */
  async receive(published: PublishedAcquisition): Promise<AcquisitionResult> {
    const { fact } = published;
    const subject = subjectOf(fact);
    const broken = brokenRule(fact, this.jurisdiction) ?? brokenAsset(fact);
    if (broken) return { status: 'refused', ...broken, subject };
    if (fact.campaign !== undefined) return this.openCampaign(published);
    if (fact.donation !== undefined) return this.reportDonation(published, fact.donation);
    return this.takePurchaseFact(published, subject);
  }

  decidePart(orderId: string, partId: string, decision: AcquisitionDecision, metadata: Metadata): Promise<{ readonly refusal: Refusal } | { readonly status: string }> {
    return handleCommand(this.store, purchaseDecider, {
      stream: streamOf.purchase(orderId),
      command: { kind: 'decide', orderId, partId, decision, decimalsOf },
      commandId: `decide:${partId}:${contentHash(decision)}`,
      metadata,
    }).then((outcome) => (outcome.kind === 'refused' ? { refusal: outcome.refusal } : { status: outcome.state.parts.get(partId)?.status ?? 'unknown' }));
  }

  async decideDonation(donationId: string, decision: AcquisitionDecision, metadata: Metadata): Promise<{ readonly refusal: Refusal } | { readonly status: string }> {
    const { state } = await loadState(this.store, donationDecider, streamOf.donation(donationId));
    const campaign = state.reported === undefined ? undefined : await this.campaign(state.reported.campaignId);
    const outcome = await handleCommand(this.store, donationDecider, {
      stream: streamOf.donation(donationId),
      command: { kind: 'decide', donationId, decision, campaign },
      commandId: `decide:${contentHash(decision)}`,
      metadata,
    });
    return outcome.kind === 'refused' ? { refusal: outcome.refusal } : { status: outcome.state.status };
  }

  private async takePurchaseFact(published: PublishedAcquisition, orderId: string): Promise<AcquisitionResult> {
    const { fact, metadata, signed } = published;
    const hash = contentHash(fact);
    const outcome = await handleCommand(this.store, purchaseDecider, {
      stream: streamOf.purchase(orderId),
      command: { kind: 'take', fact, contentHash: hash, decimalsOf, ...(signed === undefined ? {} : { signed }) },
      commandId: `take:${partKey(fact)}:${hash}`,
      metadata,
    });
    if (outcome.kind === 'refused') return this.refused(published, outcome.refusal, orderId);
    const part = outcome.state.parts.get(partKey(fact));
    const held = part?.status === 'held' ? part.held : undefined;
    return {
      ...standingOf(outcome, held),
      subject: orderId,
      purchaseStatus: purchaseStatus(outcome.state),
    };
  }

  private async openCampaign(published: PublishedAcquisition): Promise<AcquisitionResult> {
    const { fact, metadata, signed } = published;
    const campaign = fact.campaign as NonNullable<typeof fact.campaign>;
    const hash = contentHash(fact);
    const outcome = await handleCommand(this.store, campaignDecider, {
      stream: streamOf.campaign(campaign.campaignId),
      command: { campaign, agency: fact.agency, contentHash: hash, ...(signed === undefined ? {} : { signed }) },
      commandId: `open:${hash}`,
      metadata,
      expectNew: true,
    });
    if (outcome.kind === 'refused') return this.refused(published, outcome.refusal, campaign.campaignId);
    return { ...standingOf(outcome, undefined), subject: campaign.campaignId };
  }

  private async reportDonation(published: PublishedAcquisition, donation: Donation): Promise<AcquisitionResult> {
    const { fact, metadata, signed } = published;
    const donationId = donationIdOf(donation);
    const hash = contentHash(fact);
    const campaign = await this.campaign(donation.campaignId);
    const outcome = await handleCommand(this.store, donationDecider, {
      stream: streamOf.donation(donationId),
      command: { kind: 'report', donationId, donation, agency: fact.agency, contentHash: hash, campaign, ...(signed === undefined ? {} : { signed }) },
      commandId: `report:${hash}`,
      metadata,
      expectNew: true,
    });
    if (outcome.kind === 'refused') return { ...(await this.refused(published, outcome.refusal, donation.campaignId)), donationId };
    return { ...standingOf(outcome, outcome.state.status === 'held' ? outcome.state.hold : undefined), subject: donation.campaignId, donationId };
  }

  private async campaign(campaignId: string): Promise<CampaignOpened | undefined> {
    return (await loadState(this.store, campaignDecider, streamOf.campaign(campaignId))).state;
  }

  /** A refusal; where a known id came with other content, kept for an operator too. */
  private async refused({ fact, way, metadata }: PublishedAcquisition, refusal: Refusal, subject: string): Promise<AcquisitionResult> {
    if (refusal.code === 'acquisition-conflict') {
      const offeredHash = contentHash(fact);
      const conflictId = uuidV5(ACQUISITION_NAMESPACE, `conflict\n${fact.kind}\n${subject}\n${partKey(fact)}`);
      const conflict: ConflictRaised = { subject: `${fact.kind} ${partKey(fact)} of ${subject}`.slice(0, 200), knownHash: (await this.knownHash(fact)) ?? offeredHash, offeredHash, way, offered: JSON.stringify(fact) };
      await handleCommand(this.store, conflictDecider('intake.acquisition-conflict-raised'), { stream: streamOf.intakeConflict(conflictId), command: conflict, commandId: offeredHash, metadata });
    }
    return { status: 'refused', ...refusal, subject };
  }

  private async knownHash(fact: AcquisitionFact): Promise<string | undefined> {
    const { campaign, donation } = fact;
    if (campaign !== undefined) return (await this.campaign(campaign.campaignId))?.contentHash;
    if (donation !== undefined) return (await loadState(this.store, donationDecider, streamOf.donation(donationIdOf(donation)))).state.reported?.contentHash;
    const { state } = await loadState(this.store, purchaseDecider, streamOf.purchase(subjectOf(fact)));
    return fact.order === undefined ? state.parts.get(partKey(fact))?.contentHash : state.order?.contentHash;
  }
}

export function donationIdOf({ campaignId, asset, txid, outputIndex }: Donation): string {
  return uuidV5(ACQUISITION_NAMESPACE, `donation\n${campaignId}\n${asset}\n${txid}\n${outputIndex}`);
}

function partKey({ order, fill, settlement }: AcquisitionFact): string {
  if (fill !== undefined) return `fill:${fill.fillId}`;
  if (settlement !== undefined) return `settlement:${settlement.settlementId}`;
  return order === undefined ? 'campaign' : 'order';
}

function decimalsOf(asset: string): number | undefined {
  return findAsset(asset)?.decimals;
}

function standingOf(outcome: { readonly events: readonly unknown[]; readonly duplicate: boolean }, held: { readonly code: string; readonly message: string } | undefined): Pick<AcquisitionResult, 'status' | 'code' | 'message'> {
  if (held !== undefined) return { status: 'held', code: held.code, message: held.message };
  return { status: outcome.events.length === 0 || outcome.duplicate ? 'duplicate' : 'accepted' };
}

/** Assets must be registered, and a Bitcoin address must be one of the asset's own network. */
function brokenAsset({ order, campaign, donation }: AcquisitionFact): Refusal | undefined {
  const named = [
    ...(order === undefined ? [] : [{ asset: order.asset, address: undefined, at: 'order' }]),
    ...(campaign?.addresses ?? []).map(({ asset, address }, index) => ({ asset, address, at: `campaign.addresses.${index}` })),
    ...(donation === undefined ? [] : [{ asset: donation.asset, address: donation.address, at: 'donation' }]),
  ];
  for (const { asset, address, at } of named) {
    const known = findAsset(asset);
    if (known === undefined) return { code: 'asset-unknown', field: `${at}.asset`, message: `no asset ${asset} is registered` };
    if (address === undefined || !asset.startsWith('bip122:')) continue;
    try {
      parseAddress(address, known.network as Parameters<typeof parseAddress>[1]);
    } catch (error) {
      if (!(error instanceof AddressError)) throw error;
      return { code: error.code, field: `${at}.address`, message: error.message };
    }
  }
  return undefined;
}

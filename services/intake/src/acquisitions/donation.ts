import type { AcquisitionDecision, CampaignOpened, Donation, DonationAccepted, DonationDecided, DonationHeld, DonationReported, EventsOf, SignedMessage } from '@qazyna/contracts';
import { accept, refuse, type Decider, type Decision, type Refusal } from '@qazyna/event-store/decider';

/** One reported gift: accepted by its campaign, or held until an officer decides. It changes no balance. */

export type DonationEvent = EventsOf<{
  'intake.donation-reported': DonationReported;
  'intake.donation-accepted': DonationAccepted;
  'intake.donation-held': DonationHeld;
  'intake.donation-decided': DonationDecided;
}>;

export interface ReportDonation {
  readonly kind: 'report';
  readonly donationId: string;
  readonly donation: Donation;
  readonly agency: string;
  readonly contentHash: string;
  readonly campaign: CampaignOpened | undefined;
  readonly signed?: SignedMessage;
}

export interface DecideDonation {
  readonly kind: 'decide';
  readonly donationId: string;
  readonly decision: AcquisitionDecision;
  /** The campaign as it stands now. */
  readonly campaign: CampaignOpened | undefined;
}

export type DonationCommand = ReportDonation | DecideDonation;

export interface DonationState {
  readonly status: 'unknown' | 'reported' | 'accepted' | 'held' | 'rejected';
  readonly reported: DonationReported | undefined;
  readonly hold: Refusal | undefined;
}

/** Without these facts there is no campaign to credit, so no officer can waive them. */
const NOT_WAIVABLE: ReadonlySet<string> = new Set(['campaign-unknown', 'address-not-of-campaign']);

function holdReason({ campaignId, asset, address, receivedAt }: Donation, campaign: CampaignOpened | undefined): Refusal | undefined {
  if (campaign === undefined) return { code: 'campaign-unknown', message: `no campaign ${campaignId} is open` };
  const own = campaign.addresses.find((each) => each.asset === asset);
  if (own?.address !== address) return { code: 'address-not-of-campaign', message: `${address} is not where campaign ${campaignId} receives ${asset}` };
  const at = Date.parse(receivedAt);
  if (at < Date.parse(campaign.opensAt)) return { code: 'before-opening', message: `the campaign takes gifts from ${campaign.opensAt} on` };
  if (campaign.endsAt !== undefined && at >= Date.parse(campaign.endsAt)) return { code: 'after-end', message: `the campaign took gifts until ${campaign.endsAt}` };
  return undefined;
}

function decide(command: DonationCommand, state: DonationState): Decision<DonationEvent> {
  const { donationId, campaign } = command;
  if (command.kind === 'report') {
    const { donation, agency, contentHash, signed } = command;
    if (state.reported !== undefined) {
      return state.reported.contentHash === contentHash ? accept() : refuse('acquisition-conflict', 'this gift is known with other content', 'donation.txid');
    }
    const reported: DonationEvent = { type: 'intake.donation-reported', data: { ...donation, donationId, agency, contentHash, ...(signed === undefined ? {} : { signed }) } };
    const hold = holdReason(donation, campaign);
    return hold === undefined ? accept(reported, accepted(donationId, donation)) : accept<DonationEvent>(reported, { type: 'intake.donation-held', data: { donationId, code: hold.code, message: hold.message } });
  }
  const { reported, status } = state;
  const { decision, reason } = command.decision;
  if (reported === undefined) return refuse('donation-unknown', `no gift ${donationId} was reported`);
  if (status === 'rejected' && decision === 'reject') return accept();
  if (status !== 'held') return refuse('donation-not-held', `the gift is ${status}: only a held one can be decided`, 'decision');
  const decided: DonationEvent = { type: 'intake.donation-decided', data: { donationId, decision, reason } };
  if (decision === 'reject') return accept(decided);
  const today = holdReason(reported, campaign);
  if (today !== undefined && NOT_WAIVABLE.has(today.code)) return refuse('hold-not-waivable', `it cannot be released: ${today.message}`, 'decision');
  return accept(decided, accepted(donationId, reported));
}

function accepted(donationId: string, { campaignId, asset, amount }: Donation): DonationEvent {
  return { type: 'intake.donation-accepted', data: { donationId, campaignId, asset, amount } };
}

function evolve(state: DonationState, event: DonationEvent): DonationState {
  switch (event.type) {
    case 'intake.donation-reported':
      return { status: 'reported', reported: event.data, hold: undefined };
    case 'intake.donation-accepted':
      return { ...state, status: 'accepted' };
    case 'intake.donation-held':
      return { ...state, status: 'held', hold: { code: event.data.code, message: event.data.message } };
    case 'intake.donation-decided':
      return event.data.decision === 'reject' ? { ...state, status: 'rejected' } : state;
  }
}

export const donationDecider: Decider<DonationState, DonationCommand, DonationEvent> = {
  initialState: () => ({ status: 'unknown', reported: undefined, hold: undefined }),
  decide,
  evolve,
};

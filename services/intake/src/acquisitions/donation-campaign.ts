import type { CampaignOpened, DonationCampaign, EventsOf, SignedMessage } from '@qazyna/contracts';
import { accept, refuse, type Decider } from '@qazyna/event-store/decider';

/** A campaign that takes gifts at public addresses, one for each asset. */

export interface OpenCampaign {
  readonly campaign: DonationCampaign;
  readonly agency: string;
  readonly contentHash: string;
  readonly signed?: SignedMessage;
}

export type CampaignEvent = EventsOf<{ 'intake.campaign-opened': CampaignOpened }>;

export const campaignDecider: Decider<CampaignOpened | undefined, OpenCampaign, CampaignEvent> = {
  initialState: () => undefined,
  decide: ({ campaign, agency, contentHash, signed }, state) => {
    if (state === undefined) return accept({ type: 'intake.campaign-opened', data: { ...campaign, agency, contentHash, ...(signed === undefined ? {} : { signed }) } });
    if (state.contentHash === contentHash) return accept();
    return refuse('acquisition-conflict', `campaign ${campaign.campaignId} is known with other content`, 'campaign.campaignId');
  },
  evolve: (_state, event) => event.data,
};

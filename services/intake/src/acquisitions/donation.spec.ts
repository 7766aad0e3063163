import type { CampaignOpened, Donation } from '@qazyna/contracts';
import { specification } from '@qazyna/testing';
import { campaignDecider } from './donation-campaign.js';
import { donationDecider, type DonationCommand, type DonationEvent } from './donation.js';

const BTC = 'bip122:000000000019d6689c085ae165831e93/slip44:0';
const ETH = 'eip155:1/slip44:60';
const ID = '0b9c2f0e-61d5-5c1b-9a43-7e1f4f0a8d26';
const campaign: CampaignOpened = {
  campaignId: 'aid', agency: 'treasury', contentHash: 'aa'.repeat(32), opensAt: '2026-01-01T00:00:00Z', endsAt: '2027-01-01T00:00:00Z',
  addresses: [{ asset: BTC, address: 'bc1qexample' }, { asset: ETH, address: '0xabc' }],
};
const gift = (changes: Partial<Donation> = {}): Donation => ({ campaignId: 'aid', asset: BTC, amount: '150000', address: 'bc1qexample', sender: 'bc1qsender', txid: 'ab'.repeat(32), outputIndex: 0, receivedAt: '2026-03-01T00:00:00Z', ...changes });
const hash = 'bb'.repeat(32);
const report = (donation: Donation, known: CampaignOpened | undefined = campaign, contentHash = hash): DonationCommand => ({ kind: 'report', donationId: ID, donation, agency: 'treasury', contentHash, campaign: known });
const decide = (decision: 'release' | 'reject', known: CampaignOpened | undefined = campaign): DonationCommand => ({ kind: 'decide', donationId: ID, decision: { decision, reason: 'checked' }, campaign: known });
const reported = (donation = gift()): DonationEvent => ({ type: 'intake.donation-reported', data: { ...donation, donationId: ID, agency: 'treasury', contentHash: hash } });
const accepted: DonationEvent = { type: 'intake.donation-accepted', data: { donationId: ID, campaignId: 'aid', asset: BTC, amount: '150000' } };
const held = (code: string, message: string): DonationEvent => ({ type: 'intake.donation-held', data: { donationId: ID, code, message } });
const late = held('after-end', 'the campaign took gifts until 2027-01-01T00:00:00Z');
const { given } = specification(donationDecider);

describe('a gift', () => {
  it('to an address of an open campaign is accepted, in any of its assets', () => {
    given().when(report(gift())).then(reported(), accepted);
    const eth = gift({ asset: ETH, address: '0xabc' });
    given().when(report(eth)).then(reported(eth), { type: 'intake.donation-accepted', data: { donationId: ID, campaignId: 'aid', asset: ETH, amount: '150000' } });
  });

  it('keeps of its sender the address and nothing else', () => {
    const decision = donationDecider.decide(report(gift()), donationDecider.initialState());
    const keys = decision.kind === 'accepted' ? Object.keys(decision.events[0]?.data ?? {}).sort() : [];
    expect(keys).toEqual(['address', 'agency', 'amount', 'asset', 'campaignId', 'contentHash', 'donationId', 'outputIndex', 'receivedAt', 'sender', 'txid']);
  });

  it('is held where its campaign is unknown, its address is of another asset, or it came before or after', () => {
    given().when({ ...report(gift()), campaign: undefined }).then(reported(), held('campaign-unknown', 'no campaign aid is open'));
    const other = gift({ asset: ETH });
    given().when(report(other)).then(reported(other), held('address-not-of-campaign', `bc1qexample is not where campaign aid receives ${ETH}`));
    const early = gift({ receivedAt: '2025-12-31T23:59:59Z' });
    given().when(report(early)).then(reported(early), held('before-opening', 'the campaign takes gifts from 2026-01-01T00:00:00Z on'));
    const after = gift({ receivedAt: '2027-01-01T00:00:00Z' });
    given().when(report(after)).then(reported(after), late);
  });

  it('is judged by its moment, however finely that is written', () => {
    const inTime = gift({ receivedAt: '2026-01-01T00:00:00.500Z' });
    given().when(report(inTime)).then(reported(inTime), accepted);
    const after = gift({ receivedAt: '2027-01-01T00:00:00.001Z' });
    given().when(report(after)).then(reported(after), late);
  });

  it('counts once, and other content under its id is a conflict', () => {
    given(reported(), accepted).when(report(gift())).thenNothing();
    given(reported(), accepted).when(report(gift({ amount: '1' }), campaign, 'cc'.repeat(32))).thenRefused('acquisition-conflict', 'donation.txid');
  });

  it('that is held is released or rejected by an officer, once', () => {
    const decided = (decision: 'release' | 'reject'): DonationEvent => ({ type: 'intake.donation-decided', data: { donationId: ID, decision, reason: 'checked' } });
    given(reported(), late).when(decide('release')).then(decided('release'), accepted);
    given(reported(), late).when(decide('reject')).then(decided('reject'));
    given(reported(), late, decided('reject')).when(decide('reject')).thenNothing();
    given(reported(), late, decided('reject')).when(decide('release')).thenRefused('donation-not-held', 'decision');
    given().when(decide('release')).thenRefused('donation-unknown');
  });

  it('to a campaign that opened since is released; to none it cannot be', () => {
    const unknown = held('campaign-unknown', 'no campaign aid is open');
    given(reported(), unknown).when({ ...decide('release'), campaign: undefined }).thenRefused('hold-not-waivable', 'decision');
    given(reported(), unknown).when(decide('release')).then({ type: 'intake.donation-decided', data: { donationId: ID, decision: 'release', reason: 'checked' } }, accepted);
  });
});

it('a campaign opens once, and other content under its name is a conflict', () => {
  const { given: with_ } = specification(campaignDecider);
  const { agency, contentHash, ...plain } = campaign;
  const open = { campaign: plain, agency, contentHash };
  with_().when(open).then({ type: 'intake.campaign-opened', data: campaign });
  with_({ type: 'intake.campaign-opened', data: campaign }).when(open).thenNothing();
  with_({ type: 'intake.campaign-opened', data: campaign }).when({ ...open, contentHash: hash }).thenRefused('acquisition-conflict', 'campaign.campaignId');
});

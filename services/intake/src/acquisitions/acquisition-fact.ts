import type { AcquisitionFact, AcquisitionKind } from '@qazyna/contracts';
import type { Refusal } from '@qazyna/event-store/decider';
import { currencyRefusal, sourceRefusal, sourceRule, type JurisdictionProfile, type NotInProfile } from '@qazyna/jurisdiction/rules';

type Body = 'order' | 'fill' | 'settlement' | 'campaign' | 'donation';

const BODY_OF: Readonly<Record<AcquisitionKind, Body>> = {
  'purchase-order': 'order',
  'purchase-fill': 'fill',
  'purchase-settlement': 'settlement',
  'donation-campaign': 'campaign',
  'donation': 'donation',
};
const BODIES = Object.values(BODY_OF);

/** What a fact is about, for a signature's remit and for a conflict: the order or the campaign. */
export function subjectOf(fact: AcquisitionFact): string {
  return fact.order?.orderId ?? fact.fill?.orderId ?? fact.settlement?.orderId ?? fact.campaign?.campaignId ?? fact.donation?.campaignId ?? '';
}

/** Rules within one fact, which hold whatever is known of its order or campaign: its shape, and the state's law. The first broken one. */
export function brokenRule(fact: AcquisitionFact, profile: JurisdictionProfile): Refusal | undefined {
  const body = BODY_OF[fact.kind];
  const extra = BODIES.find((each) => each !== body && fact[each] !== undefined);
  if (fact[body] === undefined) return { code: 'body-missing', field: body, message: `a fact of kind ${fact.kind} has its content in "${body}"` };
  if (extra !== undefined) return { code: 'body-of-another-kind', field: extra, message: `a fact of kind ${fact.kind} has no "${extra}"` };
  return lawOf(fact, body, profile);
}

function lawOf({ order, fill, settlement, campaign, donation }: AcquisitionFact, body: Body, profile: JurisdictionProfile): Refusal | undefined {
  const in_ = (field: string): string => (field === '' ? body : `${body}.${field}`);
  const broken = (refused: NotInProfile | undefined): Refusal | undefined => refused && { ...refused, field: in_(refused.field) };
  // Each message can carry only some of what the state demands of a source; what it cannot carry is not asked of it.
  if (order !== undefined) {
    const { mandate, limitPrice, currency } = order;
    return broken(sourceRefusal(profile, 'purchase', { mandate, limitPrice, venue: true, settlementReference: true }) ?? currencyRefusal(profile, currency) ?? tooFine(profile, currency, limitPrice, 'limitPrice'));
  }
  if (fill !== undefined) {
    const { venue, currency, price } = fill;
    return broken(sourceRefusal(profile, 'purchase', { venue, mandate: true, limitPrice: true, settlementReference: true }) ?? currencyRefusal(profile, currency) ?? tooFine(profile, currency, price, 'price'));
  }
  if (settlement !== undefined) return broken(sourceRefusal(profile, 'purchase', { settlementReference: settlement.settlementReference, mandate: true, venue: true, limitPrice: true }));
  if (campaign !== undefined) {
    const { purpose, beneficiary, authority, endsAt, opensAt, addresses } = campaign;
    const refused = broken(sourceRefusal(profile, 'donation', { purpose, beneficiary, authority, endsAt }));
    if (refused) return refused;
    const most = sourceRule(profile, 'donation')?.assetsMax ?? 0;
    if (addresses.length > most) return { code: 'too-many-assets-for-jurisdiction', field: in_('addresses'), message: `a campaign in ${profile.names.en} asks for at most ${most} assets` };
    const doubled = addresses.findIndex(({ asset }, index) => addresses.findIndex((each) => each.asset === asset) !== index);
    if (doubled >= 0) return { code: 'asset-twice', field: in_(`addresses.${doubled}.asset`), message: 'a campaign has one address for each asset' };
    if (endsAt !== undefined && Date.parse(endsAt) <= Date.parse(opensAt)) return { code: 'ends-before-it-opens', field: in_('endsAt'), message: 'endsAt must be after opensAt' };
    return undefined;
  }
  return donation === undefined ? undefined : broken(sourceRefusal(profile, 'donation', { purpose: true, beneficiary: true, authority: true, endsAt: true }));
}

function tooFine(profile: JurisdictionProfile, code: string, price: string | undefined, field: string): NotInProfile | undefined {
  const decimals = profile.currencies.find((each) => each.code === code)?.decimals ?? 0;
  const digits = price?.split('.')[1]?.length ?? 0;
  return digits <= decimals ? undefined : { code: 'currency-not-in-jurisdiction', field, message: `prices in ${code} have at most ${decimals} digits after the point` };
}

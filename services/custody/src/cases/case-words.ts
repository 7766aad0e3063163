import type {
  AssetBecameStateProperty, AssetDisposalUndone, AssetEffect, AssetOutsideDecision, AssetReleased, AssetReturnedToVictim, AssetSold, AssetStatePropertyReversed, CaseBecameStateProperty, CaseReleased, CaseStatePropertyReversed, ExactShare, LegalDocument,
} from '@qazyna/contracts';
import type { CustodyCaseCommand } from './custody-case.js';

/** Events of cases that custody acts on, by type. */
export interface CaseEvents {
  'intake.case-became-state-property': CaseBecameStateProperty;
  'intake.case-state-property-reversed': CaseStatePropertyReversed;
  'intake.case-released': CaseReleased;
  'intake.asset-became-state-property': AssetBecameStateProperty;
  'intake.asset-state-property-reversed': AssetStatePropertyReversed;
  'intake.asset-outside-decision': AssetOutsideDecision;
  'intake.asset-released': AssetReleased;
  'intake.asset-returned-to-victim': AssetReturnedToVictim;
  'intake.asset-sold': AssetSold;
  'intake.asset-disposal-undone': AssetDisposalUndone;
}

export const CASE_EVENT_TYPES = [
  'intake.case-became-state-property',
  'intake.case-state-property-reversed',
  'intake.case-released',
  'intake.asset-became-state-property',
  'intake.asset-state-property-reversed',
  'intake.asset-outside-decision',
  'intake.asset-released',
  'intake.asset-returned-to-victim',
  'intake.asset-sold',
  'intake.asset-disposal-undone',
] as const satisfies readonly (keyof CaseEvents)[];

export type CaseEvent = { [Type in keyof CaseEvents]: { readonly type: Type; readonly data: CaseEvents[Type] } }[keyof CaseEvents];

const WHOLE: ExactShare = { numerator: '1', denominator: '1' };

/**
 * What an event of a case tells custody; undefined where the event only repeats for one asset what another said of the
 * whole case. A taking back is heard in every scope: taking the same effect back twice is taking it back.
 */
export function commandOf({ type, data }: CaseEvent, caseRevision: number | undefined): CustodyCaseCommand | undefined {
  const { caseId, factId, effectiveAt } = data;
  const place = { caseId, factId, effectiveAt, ...(caseRevision === undefined ? {} : { caseRevision }) };
  switch (type) {
    case 'intake.case-became-state-property':
      return { kind: 'note', effect: { ...place, effect: 'state-property', share: WHOLE, manner: 'in-kind', document: plain(data.decision) } };
    case 'intake.case-released':
      return { kind: 'note', effect: { ...place, effect: 'released', share: WHOLE, manner: 'in-kind', document: plain(data.order) } };
    case 'intake.case-state-property-reversed':
      return { kind: 'undo', undone: { ...place, effect: 'state-property', undoneBy: data.undoneBy, document: plain(data.order) } };
    case 'intake.asset-state-property-reversed':
      return { kind: 'undo', undone: { ...place, assetId: data.assetId, effect: 'state-property', undoneBy: data.undoneBy, document: plain(data.order) } };
    case 'intake.asset-outside-decision':
      return { kind: 'undo', undone: { ...place, assetId: data.assetId, effect: 'state-property', undoneBy: data.broughtBy, document: plain(data.decision) } };
    case 'intake.asset-disposal-undone':
      return { kind: 'undo', undone: { ...place, assetId: data.assetId, effect: data.effect, undoneBy: data.undoneBy, document: plain(data.order) } };
    case 'intake.asset-became-state-property':
      return ofAsset(data, { ...place, effect: 'state-property', manner: data.substituteValue === undefined ? 'in-kind' : 'value', document: plain(data.decision) });
    case 'intake.asset-released':
      return ofAsset(data, { ...place, effect: 'released', manner: 'in-kind', document: plain(data.order) });
    case 'intake.asset-returned-to-victim':
      return ofAsset(data, { ...place, effect: 'returned-to-victim', manner: data.victim.manner, document: plain(data.order) });
    case 'intake.asset-sold':
      return ofAsset(data, { ...place, effect: 'sold', manner: 'in-kind', document: plain(data.order) });
  }
}

type Noted = Extract<CustodyCaseCommand, { kind: 'note' }>;

function ofAsset({ scope, assetId, asset, share: { numerator, denominator } }: AssetEffect, effect: Omit<Noted['effect'], 'assetId' | 'asset' | 'share'>): Noted | undefined {
  return scope === 'case' ? undefined : { kind: 'note', effect: { ...effect, assetId, asset, share: { numerator, denominator } } };
}

/** A validated message is an instance of its class; what is recorded is its fields. */
function plain({ reference, authority, sha256 }: LegalDocument): LegalDocument {
  return { reference, authority, sha256 };
}

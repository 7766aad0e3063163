import type { AssetLocation, AssetStatus, DatedValue, LegalDocument, SaleProceeds, SeizureAct, VictimReturn } from '@qazyna/contracts';
import type { Fraction } from '@qazyna/ledger';

/** What the acts of a case have made of one asset. */

export interface Holding {
  readonly asset: string;
  readonly amount: string;
  readonly location: AssetLocation;
}

/** Something an act did to who may have the asset, up to a reversal; told to custody, and taken back when the act no longer stands. */
export interface Effect {
  readonly kind: 'state-property' | 'released' | 'returned-to-victim' | 'sold';
  readonly factId: string;
  readonly share: Fraction;
  readonly effectiveAt: string;
  readonly document: LegalDocument;
  /** The asset as it stood when this happened. */
  readonly holding: Holding;
  /** The reversal that ended it, with its moment; absent while it stands. */
  readonly ended?: { readonly factId: string; readonly effectiveAt: string; readonly document: LegalDocument };
  readonly substituteValue?: DatedValue;
  readonly victim?: VictimReturn;
  readonly proceeds?: SaleProceeds;
}

export interface Waiting {
  readonly factId: string;
  readonly act: SeizureAct;
  readonly waitsFor: SeizureAct;
}

export interface Overtaken {
  readonly factId: string;
  readonly code: string;
  readonly message: string;
}

export interface AssetLife {
  readonly holding: Holding;
  readonly legalStatus: AssetStatus;
  readonly parts: readonly { readonly legalStatus: AssetStatus; readonly share: Fraction }[];
  readonly restriction: { readonly factId: string; readonly lapsesAt: string } | undefined;
  readonly effects: readonly Effect[];
  /** In the order in which they had their effect. */
  readonly applied: readonly string[];
  readonly waiting: readonly Waiting[];
  readonly overtaken: readonly Overtaken[];
  readonly lapses: readonly { readonly factId: string; readonly lapsesAt: string }[];
}

import type { CaseEffect } from '@qazyna/contracts';
import { toInstant } from '@qazyna/ledger';
import type { CustodyCaseEvent } from './custody-case.js';

/** One word custody has of a legal effect on what it holds for a case: that it stands, or that it is taken back. */
export interface EffectWord {
  readonly caseId: string;
  /** Absent: everything of the case. */
  readonly assetId: string | undefined;
  readonly effect: CaseEffect;
  /** Empty in words of the first version, which named no fact: a case had one decision then. */
  readonly factId: string;
  readonly stands: boolean;
  /** Only what is in this asset is meant. */
  readonly asset: string | undefined;
  readonly numerator: bigint;
  readonly denominator: bigint;
  /** "value": no more than a value is owed, so no coins change hands by it. */
  readonly manner: 'in-kind' | 'value';
  readonly reference: string;
  readonly effectiveAt: string;
  /** Of one effect, the highest is the word that counts. */
  readonly caseRevision: number;
  /** The event, `stream@revision`. */
  readonly cause: string;
}

/** Before the place of anything that has one: words of the first version had none. */
const UNPLACED = -1;
const ALL = { asset: undefined, numerator: 1n, denominator: 1n, manner: 'in-kind' } as const;

/** @param cause the event, `stream@revision` */
export function effectWordOf({ type, data }: CustodyCaseEvent, cause: string): EffectWord {
  const { caseId, effectiveAt } = data;
  const word = { caseId, effectiveAt: toInstant(effectiveAt), cause };
  if (type === 'custody.case-state-property-noted') {
    const { factId = '', caseRevision = UNPLACED, decision } = data;
    return { ...word, ...ALL, assetId: undefined, effect: 'state-property', factId, stands: true, reference: decision.reference, caseRevision };
  }
  const { assetId, effect, factId, document, caseRevision } = data;
  const said = { ...word, assetId, effect, factId, reference: document.reference, caseRevision };
  if (type === 'custody.case-effect-undone') return { ...said, ...ALL, stands: false };
  const { asset, share, manner } = data;
  return { ...said, stands: true, asset, numerator: BigInt(share.numerator), denominator: BigInt(share.denominator), manner };
}

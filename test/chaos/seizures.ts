import { encodeRecord, type OutgoingRecord } from '@qazyna/messaging';
import { SEIZURE_FACT_TYPE } from '@qazyna/contracts';
import { fact, FACTS_SOURCE, seized } from '../system/messages.js';

/** Facts of seizures that arrive beside the payouts: some cases, each reported once, with an asset of its own. */
export interface SeizureRun {
  readonly messageIds: readonly string[];
  readonly caseNumbers: readonly string[];
  readonly records: readonly OutgoingRecord[];
}

export function seizureRun(name: string, cases: number): SeizureRun {
  const caseNumbers = Array.from({ length: cases }, (_, index) => `CH-${name}-${index}`);
  const messageIds = caseNumbers.map((caseNumber) => `chaos-fact-${caseNumber}`);
  const records = caseNumbers.map((caseNumber, index) =>
    encodeRecord({
      id: `chaos-fact-${caseNumber}`,
      source: FACTS_SOURCE,
      type: SEIZURE_FACT_TYPE,
      extensions: {},
      data: fact(caseNumber, { assets: [seized({ amount: String(1_000 + index), location: { kind: 'device', reference: `evidence-${caseNumber}` } })] }),
    }),
  );
  return { messageIds, caseNumbers, records };
}

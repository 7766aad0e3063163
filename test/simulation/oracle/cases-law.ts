/** The law as the public documents describe it, told plainly: a case's end by its facts, in the order they took effect. */

export interface PlainFact {
  readonly factId: string;
  readonly act: string;
  readonly effectiveAt: string;
  readonly lapsesAt?: string | undefined;
}

const FROM: Readonly<Record<string, readonly string[]>> = {
  'reported': ['none'],
  'restriction': ['reported', 'restricted', 'restriction-lapsed'],
  'arrest': ['reported', 'restricted', 'restriction-lapsed', 'arrested', 'evidence', 'reversed'],
  'confiscation-order': ['arrested', 'evidence', 'reversed'],
  'finality': ['confiscation-ordered'],
  'state-property-decision': ['final'],
  'release-to-owner': ['reported', 'restricted', 'restriction-lapsed', 'arrested', 'evidence', 'confiscation-ordered', 'reversed'],
};
const TO: Readonly<Record<string, string>> = {
  'reported': 'reported', 'restriction': 'restricted', 'arrest': 'arrested', 'confiscation-order': 'confiscation-ordered', 'finality': 'final', 'state-property-decision': 'state-property', 'release-to-owner': 'released',
};
const LAW = Object.keys(TO);

export interface PlainCase {
  readonly status: string;
  readonly applied: ReadonlySet<string>;
}

/** Only the acts of the simulated agencies; a restriction that nobody confirmed has lapsed once a later act took effect, or the clock saw it. */
export function plainCase(facts: readonly PlainFact[], seenLapsed: ReadonlySet<string>): PlainCase {
  const applied = new Set<string>();
  let status = 'none';
  let restriction: PlainFact | undefined;
  const waiting: PlainFact[] = [];
  const apply = (fact: PlainFact): void => {
    status = TO[fact.act] ?? status;
    restriction = fact.act === 'restriction' ? fact : undefined;
    applied.add(fact.factId);
  };
  const byEffect = [...facts].sort((a, b) => Date.parse(a.effectiveAt) - Date.parse(b.effectiveAt) || LAW.indexOf(a.act) - LAW.indexOf(b.act) || (a.factId < b.factId ? -1 : 1));
  for (const fact of byEffect) {
    if (restriction?.lapsesAt !== undefined && Date.parse(restriction.lapsesAt) < Date.parse(fact.effectiveAt)) [status, restriction] = ['restriction-lapsed', undefined];
    if (FROM[fact.act]?.includes(status) !== true) {
      waiting.push(fact);
      continue;
    }
    apply(fact);
    for (;;) {
      const next = waiting.filter((each) => FROM[each.act]?.includes(status) === true && couldWait(each, status)).sort((a, b) => LAW.indexOf(a.act) - LAW.indexOf(b.act) || Date.parse(a.effectiveAt) - Date.parse(b.effectiveAt))[0];
      if (next === undefined) break;
      waiting.splice(waiting.indexOf(next), 1);
      apply(next);
    }
  }
  if (restriction !== undefined && status === 'restricted' && seenLapsed.has(restriction.factId)) status = 'restriction-lapsed';
  return { status, applied };
}

/** A second report is no act that waits. */
function couldWait({ act }: PlainFact, status: string): boolean {
  return act !== 'reported' || status === 'none';
}

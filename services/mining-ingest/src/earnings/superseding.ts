import type { EarningsJudged, EventsOf } from '@qazyna/contracts';
import { accept, type Decision } from '@qazyna/event-store/decider';

type Judged = EventsOf<{ 'mining.earnings-judged': EarningsJudged }>;

/** The same basis judges once; another one judges again, and the new judgement names the one whose place it takes. */
export function judgeAgain(judged: EarningsJudged, before: EarningsJudged | undefined): Decision<Judged> {
  if (before === undefined) return accept<Judged>({ type: 'mining.earnings-judged', data: { ...judged, revision: 1 } });
  if (sameBasis(judged, before)) return accept<Judged>();
  return accept<Judged>({ type: 'mining.earnings-judged', data: { ...judged, revision: revisionOf(before) + 1, supersedes: nameOf(before) } });
}

/** INV-52, on what is read as on what is written: judgements of a subject follow one another without a gap, each naming the one before. */
export function afterJudgement(judged: EarningsJudged, before: EarningsJudged | undefined): EarningsJudged {
  // Judgements before revisions were kept name nothing.
  if (judged.revision === undefined) return judged;
  const expected = before === undefined ? 1 : revisionOf(before) + 1;
  if (judged.revision !== expected || judged.supersedes !== (before === undefined ? undefined : nameOf(before))) {
    throw new Error(`INV-52: judgement ${judged.revision} of ${judged.subject} does not follow the one before it`);
  }
  return judged;
}

/** Whether a judgement would say again what is said. One made before its basis was kept is known by its figures. */
export function sameBasis(a: EarningsJudged, b: EarningsJudged): boolean {
  if (a.basisSha256 !== undefined && b.basisSha256 !== undefined) return a.basisSha256 === b.basisSha256;
  return a.chainSha256 === b.chainSha256 && a.reported === b.reported && a.expected === b.expected && a.tolerancePpm === b.tolerancePpm && a.days === b.days;
}

export function revisionOf({ revision = 1 }: EarningsJudged): number {
  return revision;
}

function nameOf({ basisSha256, chainSha256 }: EarningsJudged): string {
  return basisSha256 ?? chainSha256;
}

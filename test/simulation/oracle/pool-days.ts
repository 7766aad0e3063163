import type { Finding, RawEvent, Sent, Testimony } from './testimony.js';

type Data = Readonly<Record<string, unknown>>;
type Find = (rule: string, message: string) => void;

const TOLERANCE_PPM = 20_000n;
const PPM = 1_000_000n;

/** Each day of earnings is known once and judged by what the chain says, reckoned anew from the published formula. */
export function judgePoolDays(told: Testimony): Finding[] {
  const findings: Finding[] = [];
  const find: Find = (rule, message) => void findings.push({ rule, message });
  const of = (type: string): readonly RawEvent[] => told.events.filter((event) => event.type === type);
  const reported = new Map<string, Data>();
  for (const { data } of of('mining.earnings-reported')) {
    if (reported.has(data['date'] as string)) find('INV-21', `the earnings of ${String(data['date'])} were reported twice`);
    reported.set(data['date'] as string, data);
  }
  for (const { data } of of('mining.earnings-corrected')) {
    if (Number(data['revision']) <= Number(reported.get(data['date'] as string)?.['revision'] ?? 1)) find('INV-23', `a correction of ${String(data['date'])} has no higher revision than what it corrects`);
    reported.set(data['date'] as string, data);
  }
  const chainDays = new Map(of('mining.chain-day-recorded').map(({ data }) => [data['date'] as string, data]));
  const feePpm = BigInt((of('mining.pool-account-terms-set')[0]?.data['poolFeePpm'] as number | undefined) ?? 0);
  for (const [date, earned] of reported) {
    const judged = of('mining.earnings-judged').findLast(({ data }) => data['subject'] === earned['earningsId'])?.data;
    const day = chainDays.get(date);
    if (day === undefined) {
      if (judged !== undefined) find('plausibility', `${date} was judged, and nobody knows what the chain says of it`);
      continue;
    }
    const wanted = verdictOf(earned, day, feePpm);
    if (judged?.['verdict'] !== wanted || judged['reported'] !== earned['total']) find('plausibility', `${date} with ${String(earned['total'])} is ${wanted}, and was judged ${String(judged?.['verdict'])} with ${String(judged?.['reported'])}`);
  }
  for (const sent of told.sent) if (COMMANDS.has(sent.command)) judgeAnswers(sent, told, find);
  return findings;
}

/** E = H · t / (D · 2^32) · S · (1 + fees / subsidies), less the agreed fee: compared without a division. */
function verdictOf({ hashRate, total }: Data, { stretches, subsidies, fees }: Data, feePpm: bigint): string {
  const [{ seconds, difficulty, subsidy }] = stretches as readonly [{ seconds: number; difficulty: string; subsidy: string }];
  const expected = BigInt(hashRate as string) * BigInt(seconds) * BigInt(subsidy) * (BigInt(subsidies as string) + BigInt(fees as string)) * (PPM - feePpm);
  const scale = BigInt(difficulty) * 2n ** 32n * BigInt(subsidies as string) * PPM;
  const difference = BigInt(total as string) * scale - expected;
  const size = difference < 0n ? -difference : difference;
  return size * PPM <= TOLERANCE_PPM * expected ? 'within' : difference > 0n ? 'above' : 'below';
}

const COMMANDS = new Set(['report-earnings', 'record-chain-day', 'set-terms']);
const RECORDED = new Set(['mining.earnings-reported', 'mining.earnings-corrected', 'mining.chain-day-recorded', 'mining.pool-account-terms-set']);

/** What was taken is recorded by then, with what was said; what contradicts is on record as a conflict. */
function judgeAnswers({ key, way, content, answers }: Sent, { events }: Testimony, find: Find): void {
  const names = ['date', 'total', 'fees', 'termsId', 'poolFeePpm'].filter((name) => content[name] !== undefined);
  const recorded = events.filter(({ type, data }) => RECORDED.has(type) && names.every((name) => data[name] === content[name]));
  const conflict = events.some(({ type, data }) => type === 'mining.conflict-raised' && names.every((name) => (data['offered'] as string).includes(String(content[name]))));
  if (way === 'kafka' && recorded.length === 0 && !conflict) find('INV-20', `${key} is on the topic and nothing became of it`);
  for (const { code, at } of answers) {
    if (['accepted', 'recorded', 'duplicate', 'corrected'].includes(code)) {
      if (!recorded.some(({ position }) => position <= at)) find('INV-20', `${key} was answered "${code}" before it was recorded`);
    } else if (!code.endsWith('-conflict') || recorded.length > 0) find('INV-23', `${key} was refused (${code})`);
  }
}

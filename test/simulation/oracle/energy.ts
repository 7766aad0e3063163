import type { Finding, RawEvent, Testimony } from './testimony.js';

/** A farm's month, counted anew from its readings, is what its licence was told at last. */
export function judgeEnergy({ events }: Testimony): Finding[] {
  const findings: Finding[] = [];
  const of = (type: string): RawEvent[] => events.filter((event) => event.type === type);
  const readings = of('mining.energy-reading-recorded').map(({ data }) => data);
  const replaced = new Set(readings.map(({ corrects }) => corrects));
  const [quota] = of('mining.farm-quota-set').map(({ data }) => BigInt(data['perMonthWh'] as string));
  if (quota === undefined) return findings;
  const drawn = new Map<string, bigint>();
  for (const reading of readings) {
    const key = `${String(reading['farmId'])} ${String(reading['month'])}`;
    if (!replaced.has(reading['readingId'])) drawn.set(key, (drawn.get(key) ?? 0n) + BigInt(reading['energyWh'] as string));
  }
  const notes = events.filter(({ type }) => type === 'mining.licence-over-quota' || type === 'mining.licence-within-quota');
  for (const [key, energy] of drawn) {
    const excess = energy > quota ? (energy - quota) * 100n : 0n;
    const expected = (excess + quota - 1n) / quota;
    const last = notes.filter(({ data }) => `${String(data['farmId'])} ${String(data['month'])}` === key).at(-1);
    const told = last === undefined ? 0n : BigInt(last.data['overPercent'] as number);
    if (told !== expected) findings.push({ rule: 'quota', message: `${key} is ${expected} per cent over its quota and the licence was told ${told}` });
    if ((last?.type === 'mining.licence-over-quota') !== expected > 0n) findings.push({ rule: 'quota', message: `${key} was told under the wrong name: ${last?.type ?? 'nothing'}` });
  }
  return findings;
}

/** The last act over suspension that took effect by a moment, in order of effect: the order of arrival is nothing to it. */
export function suspendedAt({ events }: Testimony, licenceId: string, moment: number): boolean {
  const acts = events
    .filter(({ type, data }) => (type === 'mining.licence-suspended' || type === 'mining.licence-resumed') && data['licenceId'] === licenceId)
    .map(({ type, data }) => ({ suspends: type === 'mining.licence-suspended', at: Date.parse(data['effectiveAt'] as string) }))
    .filter(({ at }) => at <= moment)
    .sort((a, b) => a.at - b.at);
  return acts.at(-1)?.suspends ?? false;
}

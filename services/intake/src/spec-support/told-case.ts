import type { SeizureAct, SeizureFact } from '@qazyna/contracts';
import { caseDecider, type ApplyFact, type CaseCommand, type CaseEvent, type CaseState } from '../seizures/case.js';

export const CASE = 'afm.257100031_00142';
export const BTC = 'bip122:0f9188f13cb7b2c71f2a335e3a4fc328/slip44:1';
export const document = { reference: 'СУ-2026/118', authority: 'court-astana', sha256: 'ab'.repeat(32) };
export const asset = (assetId: string, amount = '150000000'): NonNullable<SeizureFact['assets']>[number] => ({ assetId, asset: BTC, amount, location: { kind: 'device', reference: `evidence-${assetId}` } });
export const at = (day: number): string => new Date(Date.UTC(2026, 2, day)).toISOString();

/** A fact named by its act, effective on a day of March. */
export function fact(act: SeizureAct, day: number, more: Partial<SeizureFact> = {}, factId: string = act): ApplyFact {
  const effectiveAt = at(day);
  return { factId, caseId: CASE, fact: { agency: 'afm', caseNumber: '257100031/00142', act, document, actAt: effectiveAt, effectiveAt, ...(act === 'restriction' ? { lapsesAt: at(day + 10) } : {}), ...(act === 'reported' ? { assets: [asset('a')] } : {}), ...more } };
}

export const ROAD: readonly SeizureAct[] = ['reported', 'restriction', 'arrest', 'evidence', 'confiscation-order', 'finality', 'state-property-decision'];
export const road = (until: SeizureAct, more: Partial<Record<SeizureAct, Partial<SeizureFact>>> = {}): ApplyFact[] => ROAD.slice(0, ROAD.indexOf(until) + 1).map((act, index) => fact(act, index + 1, more[act]));

/** A case that takes commands one after another. */
export class Case {
  state: CaseState = caseDecider.initialState();
  readonly events: CaseEvent[] = [];
  constructor(...commands: readonly CaseCommand[]) {
    for (const command of commands) this.take(command);
  }
  /** @returns the events of this command, or the code it was refused by */
  take(command: CaseCommand): CaseEvent[] | string {
    const decision = caseDecider.decide(command, this.state);
    if (decision.kind === 'refused') return decision.refusal.code;
    for (const event of decision.events) this.state = caseDecider.evolve(this.state, event);
    this.events.push(...decision.events);
    return [...decision.events];
  }
  /** Tells a part of what is outstanding. */
  tell(part: readonly CaseEvent[]): readonly CaseEvent[] {
    for (const event of part) this.state = caseDecider.evolve(this.state, event);
    this.events.push(...part);
    return part;
  }
  types(command: CaseCommand): string[] | string {
    const events = this.take(command);
    return typeof events === 'string' ? events : events.map(({ type }) => type.slice('intake.'.length));
  }
  statusOf(assetId: string): unknown {
    for (const { type, data } of [...this.events].reverse()) if (type === 'intake.asset-status-changed' && data.assetId === assetId) return data.parts.map(({ legalStatus, share }) => `${share.numerator}/${share.denominator} ${legalStatus}`);
    return undefined;
  }
  look(now: string): string[] | string {
    return this.types({ kind: 'look', caseId: CASE, now, warningHours: [72, 24] });
  }
}

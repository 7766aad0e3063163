import type { ChainTruth, OurOutput } from './chain.js';
import type { Finding, RawEvent, Testimony } from './testimony.js';

/** Which coins nobody may touch: told by the list in force, by whom each output came from, and by what two officers said. */
export class ScreeningTruth {
  readonly isOn: boolean;
  private readonly listed: ReadonlySet<string>;
  private readonly subjects = new Map<string, { recorded?: RawEvent; decided?: RawEvent }>();

  constructor(private readonly told: Testimony) {
    const lists = told.sent.filter(({ command, answers }) => command === 'hand-in-list' && answers.length > 0);
    this.isOn = lists.length > 0;
    this.listed = new Set((lists.at(-1)?.content['addresses'] as readonly string[] | undefined) ?? []);
    for (const event of told.events) {
      const { type, data } = event;
      const id = data['subjectId'] as string;
      const subject = this.subjects.get(id) ?? {};
      if (type === 'intake.screening-recorded') this.subjects.set(id, { recorded: event });
      else if (type === 'intake.screening-decided') this.subjects.set(id, { ...subject, decided: event });
    }
  }

  /** Whether its coins stand on the hold, credited to nobody. */
  holds({ depositId, txid }: OurOutput): boolean {
    if (!this.isOn || !this.comesFromListed(txid)) return false;
    return this.subjects.get(`deposit.${depositId}`)?.decided?.data['decision'] !== 'release';
  }

  private comesFromListed(txid: string): boolean {
    return this.told.origins.find((each) => each.txid === txid)?.addresses.some((address) => this.listed.has(address)) === true;
  }

  judge(chain: ChainTruth): Finding[] {
    const findings: Finding[] = [];
    const find = (rule: string, message: string): void => void findings.push({ rule, message });
    for (const { type, data, stream } of this.told.events) {
      if (type !== 'intake.screening-decided') continue;
      const [first, second] = data['officers'] as readonly string[];
      if (first === undefined || second === undefined || first === second) find('INV-42', `${stream} was decided by one officer`);
    }
    if (!this.isOn) return findings;
    const shown = new Map((this.told.pages['/v1/deposits'] as { items: { depositId: string; heldForScreening: string | null }[] }).items.map(({ depositId, heldForScreening }) => [depositId, heldForScreening]));
    for (const output of chain.outputs.values()) {
      const recorded = this.subjects.get(`deposit.${output.depositId}`)?.recorded;
      if (!chain.counts(output) || output.coinbase) continue;
      const wanted = this.comesFromListed(output.txid) ? 'held' : 'clear';
      if (recorded?.data['verdict'] !== wanted) find('INV-41', `deposit ${output.depositId} must be found ${wanted} and was found ${String(recorded?.data['verdict'])}`);
      const code = shown.get(output.depositId) ?? null;
      if ((code !== null) !== this.holds(output)) find('INV-41', `custody shows deposit ${output.depositId} as ${code === null ? 'passed' : `held (${code})`}, and it must ${this.holds(output) ? 'be held' : 'pass'}`);
    }
    return findings;
  }
}

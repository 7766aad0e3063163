import type { ChainTruth, OurOutput } from './chain.js';
import type { JournalEntry } from './ledger.js';
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
    findings.push(...this.judgeCredits(chain));
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

  /** INV-41, entry by entry: nobody is credited before somebody said that the coins may pass, and nothing moves them while they stand on the hold. */
  private judgeCredits(chain: ChainTruth): Finding[] {
    const findings: Finding[] = [];
    const passed = new Set<string>();
    const onHold = new Map<string, string>();
    for (const { type, data, stream } of this.told.events) {
      if (type === 'intake.screening-recorded' && data['verdict'] === 'clear') passed.add(data['subjectId'] as string);
      if (type === 'intake.screening-decided' && data['decision'] === 'release') passed.add(data['subjectId'] as string);
      if (stream !== 'journal') continue;
      const { depositId = '', entryId, kind, postings, corrects } = data as unknown as JournalEntry;
      if (chain.outputs.get(depositId)?.coinbase !== false) continue;
      const held = postings.filter(({ account }) => account.includes(':screening-hold:')).reduce((sum, { amount }) => sum + BigInt(amount), 0n);
      if (kind === 'compensation') {
        if (corrects === onHold.get(depositId)) onHold.delete(depositId);
      } else if (held < 0n) onHold.set(depositId, entryId);
      else if (!passed.has(`deposit.${depositId}`)) findings.push({ rule: 'INV-41', message: `deposit ${depositId} was credited (${kind}) before its screening let it pass` });
      else if (held > 0n) onHold.delete(depositId);
      else if (onHold.has(depositId)) findings.push({ rule: 'INV-41', message: `deposit ${depositId} was moved (${kind}) while it stood on the hold` });
    }
    return findings;
  }
}

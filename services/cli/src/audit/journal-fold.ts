import type { RecordedEvent } from '@qazyna/event-store';
import { Balances, decodeEntry, InvariantViolation, type Entry } from '@qazyna/ledger';
import { DigestTable } from './digest-table.js';
import type { Findings } from './findings.js';

const JOURNAL = 'journal';
const NUMBER = 0;
const ENTRY_POSTED = 'custody.journal-entry-posted';

export interface JournalFold {
  readonly entries: number;
  readonly balances: Balances;
}

/**
 * Folds the whole journal from its first entry and asks every rule of the ledger of it, trusting nothing that was proven
 * when an entry was written: ids are compared over the whole journal (INV-11), compensations with what they correct, however
 * old (INV-10). An entry that breaks a rule is told of and left out, and the fold goes on.
 * @param entryAt reads one entry again, for compensations of entries that are no longer remembered
 */
export async function foldJournal(
  pages: AsyncIterable<readonly RecordedEvent[]>,
  entryAt: (revision: bigint) => Promise<RecordedEvent | undefined>,
  findings: Findings,
  onProgress: (entries: number) => void = () => undefined,
): Promise<JournalFold> {
  const balances = new Balances();
  const numbers = new DigestTable(1);
  let nextRevision = 0n;
  for await (const page of pages) {
    for (const event of page) {
      const place = `journal@${event.revision}`;
      if (event.revision !== nextRevision) findings.add('missing', 'journal-gap', JOURNAL, `entry ${nextRevision} was expected and entry ${event.revision} came: what is between them is gone`);
      nextRevision = event.revision + 1n;
      const entry = readEntry(event, place, findings);
      if (entry === undefined) continue;
      if (numbers.find(entry.entryId) !== -1) {
        findings.add('wrong', 'INV-11', JOURNAL, `${place} has the id ${entry.entryId}, which an earlier entry has`);
        continue;
      }
      const slot = numbers.insert(entry.entryId);
      numbers.set(slot, NUMBER, Number(event.revision));
      const corrected = await correctedBy(entry, balances, numbers, entryAt);
      try {
        balances.apply(entry, { recordedAt: event.recordedAt, ...(corrected === undefined ? {} : { corrected }) });
      } catch (error) {
        if (!(error instanceof InvariantViolation)) throw error;
        for (const { invariant, message } of error.violations) findings.add('wrong', invariant, JOURNAL, `${place}: ${message}`);
      }
    }
    onProgress(page.length);
  }
  for (const { invariant, message } of balances.verify()) findings.add('wrong', invariant, JOURNAL, `over the whole journal: ${message}`);
  return { entries: Number(nextRevision), balances };
}

function readEntry(event: RecordedEvent, place: string, findings: Findings): Entry | undefined {
  if (event.type !== ENTRY_POSTED) {
    findings.add('wrong', 'no-entry', JOURNAL, `${place} is a ${event.type}`);
    return undefined;
  }
  try {
    const entry = decodeEntry(event.data);
    if (entry.entryId !== event.id) findings.add('wrong', 'no-entry', JOURNAL, `${place} is event ${event.id} and holds entry ${entry.entryId}: they must have one id`);
    return entry;
  } catch (error) {
    findings.add('wrong', 'no-entry', JOURNAL, `${place} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

async function correctedBy({ corrects }: Entry, balances: Balances, numbers: DigestTable, entryAt: (revision: bigint) => Promise<RecordedEvent | undefined>): Promise<Entry | undefined> {
  if (corrects === undefined || balances.remembers(corrects)) return undefined;
  const slot = numbers.find(corrects);
  if (slot === -1) return undefined;
  const event = await entryAt(BigInt(numbers.get(slot, NUMBER)));
  return event === undefined ? undefined : decodeEntry(event.data);
}

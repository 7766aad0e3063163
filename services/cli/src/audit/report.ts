import type { AuditReport } from './audit-pipeline.js';

/** Columns of plain text: the first to the left, figures to the right. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[], texts = 1): string {
  const lines = [head, ...rows.map((row) => row.map(String))];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines.map((line) => line.map((cell, column) => (column < texts ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ').trimEnd()).join('\n');
}

const NONE = '-';

/** The report as text, for people. */
export function reportText({ clean, relayed, upstream, deadLetters, gaps, views, viewsNotFound, journal, snapshots, counts, findings }: AuditReport): string {
  const topics = table(
    ['topic', 'consumer', 'events', 'relayed', 'consumed', 'dead-lettered', 'waiting', 'repeated', 'missing'],
    [
      ...relayed.flatMap(({ topic, events, relayed: published, waiting, repeated, missing, consumers }) => [
        [topic, NONE, events, published, NONE, NONE, waiting, repeated, missing],
        ...consumers.map((each) => ['', each.group, each.owed, NONE, each.consumed, each.deadLettered, each.waiting, NONE, each.missing]),
      ]),
      ...upstream.map((each) => [each.topic, each.group, each.events, NONE, each.consumed, each.deadLettered, each.waiting, NONE, each.missing]),
    ],
    2,
  );
  const shownLetters = table(['dead letters', 'open', 'replaying', 'replayed', 'discarded', 'waiting', 'missing'], [[deadLetters.letters, deadLetters.open, deadLetters.replaying, deadLetters.replayed, deadLetters.discarded, deadLetters.waiting, deadLetters.missing]]);
  const shownViews = table(['view', 'position', 'events', 'waiting', 'rows', 'differing'], views.map(({ view, position, events, waiting, rows, differing }) => [view, position ?? NONE, events, waiting, rows, differing]), 2);
  const { entries, deposits, founded, waitingDeposits, acceptedPayouts, credited, disputed, waitingPayouts, missing } = journal;
  const shownJournal = table(
    ['journal', 'found', 'in order', 'disputed', 'waiting', 'missing'],
    [
      ['entries', entries, NONE, NONE, NONE, NONE],
      ['deposits', deposits, founded, NONE, waitingDeposits, NONE],
      ['accepted payouts', acceptedPayouts, credited, disputed, waitingPayouts, NONE],
      ['both', NONE, NONE, NONE, NONE, missing],
    ],
  );
  const notFound = viewsNotFound.length === 0 ? '' : `Not compared, since no folder given holds their files: ${viewsNotFound.join(', ')} (--data-dir adds a folder).\n`;
  const shownSnapshots = snapshots.map(({ folder, kind }) => `\nsnapshot of the journal in ${folder}: ${kind === 'same' ? 'the same as the full fold' : kind}`).join('');
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  const listed = findings.map(({ severity, code, where, message }) => `${severity.toUpperCase().padEnd(7)}  ${where}: ${code}\n         ${message}`).join('\n');
  const more = findings.length < total ? `\n\n${total} findings in all; --all lists every one:\n${table(['', 'code', 'where', 'count'], counts.map(({ severity, code, where, count }) => [severity, code, where, count]), 3)}` : '';
  const verdict = clean ? 'Clean: everything is accounted for.' : 'NOT CLEAN: something is missing or wrong.';
  return `${topics}\n\n${shownLetters}\n\n${gaps.found} gaps found by consumers, ${gaps.repaired} repaired\n\n${shownViews}\n${notFound}\n${shownJournal}${shownSnapshots}\n\n${listed === '' ? '' : `${listed}${more}\n\n`}${verdict}\n`;
}

/** A mistake that somebody could have made: text of a production module, and what stands there instead. */
export interface Bug {
  readonly name: string;
  /** What is wrong, in one sentence. */
  readonly what: string;
  /** From the workspace's root. */
  readonly file: string;
  /** Occurs exactly once in the file; otherwise the bug is out of date, which is an error. */
  readonly find: string;
  readonly replace: string;
}

export class BugOutOfDate extends Error {
  override readonly name = 'BugOutOfDate';
}

/** The file's source with the mistake in it. @throws {BugOutOfDate} */
export function spoil(bug: Bug, source: string): string {
  const at = source.indexOf(bug.find);
  if (at < 0) throw new BugOutOfDate(`bug ${bug.name}: its text is not in ${bug.file}`);
  if (source.includes(bug.find, at + 1)) throw new BugOutOfDate(`bug ${bug.name}: its text occurs more than once in ${bug.file}`);
  return source.slice(0, at) + bug.replace + source.slice(at + bug.find.length);
}

/** What the shell learns of a command; scripts and CI build on these, so a number never changes its meaning. */
export const EXIT = {
  /** Done, and nothing is wrong. */
  clean: 0,
  /** Done, and something is wrong with the system that was looked at: the findings say what. */
  findings: 1,
  /** The command line or the environment is wrong: nothing was looked at. */
  usage: 2,
  /** The event store, Kafka or a file cannot be reached or is locked: nothing can be said about the system. */
  unreachable: 3,
  /** A fault of this program: nothing can be said about the system. */
  fault: 4,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A command line that parses but makes no sense. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What the command needs cannot be reached, is locked by its owner, or is not there. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

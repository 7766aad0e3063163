import { NO_PREVIOUS, type MessageLinks } from './links.js';

/**
 * What a message's links say, against the place a group has reached in its partition. Positions of one store sort as
 * text. `old` is a message from before the place: a duplicate, if the log has it there.
 */
export type Verdict = 'next' | 'duplicate' | 'old' | 'gap' | 'fork';
export type BreakKind = 'gap' | 'step-back' | 'fork';

/** Walks along one partition's messages. Pure: it is told what was proven and never looks it up. */
export class ChainWalk {
  /** The message seen last, when it is known to be in the log. */
  private before: string | undefined;

  /** @param place position of the last message handled, or `none` */
  constructor(public place: string) {}

  judge({ position, previous }: MessageLinks): Verdict {
    if (previous !== NO_PREVIOUS && previous >= position) return 'fork';
    if (this.place === NO_PREVIOUS || position > this.place) {
      if (previous === this.place) return 'next';
      return previous !== NO_PREVIOUS && (this.place === NO_PREVIOUS || previous > this.place) ? 'gap' : 'fork';
    }
    // Links follow from the log alone: what follows a message of the log is of the log too.
    return previous === this.before ? 'duplicate' : 'old';
  }

  /** The message is accounted for: it is the next, a proven duplicate, or everything before it was made good. */
  accept({ position }: MessageLinks): void {
    this.before = position;
    if (this.place === NO_PREVIOUS || position > this.place) this.place = position;
  }
}

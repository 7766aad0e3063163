import type { Duties } from './leadership.worker.js';
import type { Leadership, Standing } from './leadership.js';

/** Of the embedded store, whose file only one process can open: it leads from its start to its end. */
export class SoleLeadership implements Leadership {
  private duties: Duties | undefined;
  readonly standing: Standing = { role: 'leader', term: undefined };

  async start(duties: Duties): Promise<void> {
    this.duties = duties;
    await duties.begin();
  }

  async stop(): Promise<void> {
    await this.duties?.end();
  }

  holds(): boolean {
    return true;
  }

  get ready(): boolean {
    return true;
  }
}

/** Whether this process does the work that only one may do. */
export interface Leadership {
  /** Asked before each append that only a leader may make. */
  holds(): boolean;
  /** Leads, and everything the leader has to know is read. */
  readonly ready: boolean;
  readonly standing: Standing;
}

export interface Standing {
  readonly role: 'leader' | 'standby' | 'unknown';
  /** The term that is led or watched. */
  readonly term: number | undefined;
}

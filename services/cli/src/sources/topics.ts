import type { Committed, TopicSnapshot } from '../audit/topic.js';

/** The bus, to look at and not to touch: nothing is committed, created or published. */
export interface TopicSource {
  /** What each group has committed. Asked before the topics are looked at: what is before an offset is then on the topic. */
  committed(group: string, topic: string): Promise<Committed>;
  snapshot(topic: string): Promise<TopicSnapshot>;
  close(): Promise<void>;
}

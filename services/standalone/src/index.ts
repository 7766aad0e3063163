export type { Doors } from './story/doors.js';
export { playStory, type StoryOptions, type StorySummary } from './story/story.js';
export { STANDALONE } from './standalone.js';

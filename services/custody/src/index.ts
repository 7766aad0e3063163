export { custodyModule, CustodyModule, CUSTODY_SERVICE } from './custody.module.js';
export { CHAIN_SOURCE } from './custody.tokens.js';
export type { EntryDraft, EntryNotes } from './journal/entry-draft.js';
export { auditSnapshot, type SnapshotVerdict } from './journal/journal-snapshot.query.js';
export { ENTRY_POSTED, JournalUnavailable, JournalWriter, type JournalWriterOptions, type PostOutcome } from './journal/journal.writer.js';
export { JournalSnapshots } from './journal/journal-snapshot.store.js';
export { custodyReadModel } from './custody.read-model.js';

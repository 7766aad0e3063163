/**
 * Why a message's signature does not count. Stable: publishers build on them. With the status over HTTP: 401 where it
 * does not say who speaks, 403 where it does, and he may not.
 */
export const SIGNATURE_REFUSALS: ReadonlyMap<string, 401 | 403> = new Map<string, 401 | 403>([
  ['signature-missing', 401],
  /** A file about what a publisher signs for. */
  ['unsigned-upload', 401],
  ['signature-malformed', 401],
  ['signature-key-unknown', 401],
  ['signature-invalid', 401],
  ['signature-other-message', 401],
  ['signature-from-future', 403],
  ['signature-key-not-yet-valid', 403],
  ['signature-key-expired', 403],
  ['signature-key-revoked', 403],
  ['signature-outside-remit', 403],
]);

/** Those that say nothing about the bytes: a message that was accepted before is still the same message. */
export const PASSING_REFUSALS: ReadonlySet<string> = new Set([
  'signature-missing',
  'unsigned-upload',
  'signature-key-not-yet-valid',
  'signature-key-expired',
  'signature-key-revoked',
  'signature-outside-remit',
]);

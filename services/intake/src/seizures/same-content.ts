/** Whether two messages say the same: fields in any order, and one that is left out is one that is undefined. */
export function sameContent(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [ours, theirs] = [a as Readonly<Record<string, unknown>>, b as Readonly<Record<string, unknown>>];
  return [...new Set([...Object.keys(ours), ...Object.keys(theirs)])].every((field) => sameContent(ours[field], theirs[field]));
}

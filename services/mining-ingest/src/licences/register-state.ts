/** A decider's state as text and back: maps and sets have no JSON of their own. */
export function stateText(state: unknown): string {
  return JSON.stringify(state, (_key, value: unknown) => (value instanceof Map ? { $map: [...(value as Map<unknown, unknown>)] } : value instanceof Set ? { $set: [...(value as Set<unknown>)] } : value));
}

/** @throws {SyntaxError} the text was not made by `stateText` */
export function stateOf<T>(text: string): T {
  return JSON.parse(text, (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value;
    if ('$map' in value) return new Map(value.$map as [unknown, unknown][]);
    return '$set' in value ? new Set(value.$set as unknown[]) : value;
  }) as T;
}

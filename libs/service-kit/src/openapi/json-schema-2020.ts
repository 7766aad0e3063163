/**
 * Lifts OpenAPI 3.0's dialect to JSON Schema 2020-12, which OpenAPI 3.1 uses: `nullable` becomes a type, `example`
 * inside a schema becomes `examples`. Nest writes the old dialect whatever version is asked for.
 */
export function modernise<T>(document: T): T {
  return lift(document) as T;
}

function lift(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(lift);
  if (typeof node !== 'object' || node === null) return node;
  const lifted: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(node)) lifted[name] = lift(value);
  if (lifted['nullable'] === true) {
    delete lifted['nullable'];
    if (typeof lifted['type'] === 'string') lifted['type'] = [lifted['type'], 'null'];
    else if (typeof lifted['$ref'] === 'string') {
      lifted['anyOf'] = [{ $ref: lifted['$ref'] }, { type: 'null' }];
      delete lifted['$ref'];
    }
    if (Array.isArray(lifted['enum'])) lifted['enum'] = [...(lifted['enum'] as unknown[]), null];
  } else if (lifted['nullable'] === false) {
    delete lifted['nullable'];
  }
  if (isSchema(lifted) && 'example' in lifted) {
    lifted['examples'] ??= [lifted['example']];
    delete lifted['example'];
  }
  return lifted;
}

/** A schema names a type of JSON; a parameter or a media type, which keep `example`, does not. */
function isSchema(node: Record<string, unknown>): boolean {
  return (typeof node['type'] === 'string' || Array.isArray(node['type'])) && !('in' in node);
}

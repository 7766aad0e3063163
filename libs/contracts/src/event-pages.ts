import { EVENT_CATALOGUE, messageTypeOf, UPSTREAM_CATALOGUE } from './catalogue.js';
import { jsonSchemaOf, type JsonSchema, type MessageClass } from './fields.js';
import { STREAM_PREFIXES } from './streams.js';

function rule(schema: JsonSchema): string {
  if (typeof schema['$ref'] === 'string') return schema['$ref'];
  if (schema['items'] !== undefined) return `list of ${rule(schema['items'] as JsonSchema)}`;
  if (Array.isArray(schema['enum'])) return schema['enum'].map((value) => `\`${String(value)}\``).join(' · ');
  if (typeof schema['pattern'] === 'string') return `text, \`${schema['pattern'].replaceAll('|', '\\|')}\``;
  const bounds = [schema['minimum'], schema['maximum']].filter((bound) => bound !== undefined).map(String);
  return bounds.length === 2 ? `${String(schema['type'])} ${bounds.join('–')}` : String(schema['type']);
}

function fieldTable(type: MessageClass): string[] {
  const schema = jsonSchemaOf(type, '');
  const required = new Set(schema['required'] as readonly string[] | undefined);
  const rows = Object.entries(schema['properties'] as Record<string, JsonSchema>).map(
    ([name, field]) => `| \`${name}\`${required.has(name) ? '' : ' (optional)'} | ${rule(field)} | ${field['description'] as string} |`,
  );
  return ['| field | rule | meaning |', '|---|---|---|', ...rows];
}

/**
 * `docs/events.md`: every event and upstream message with its fields, who emits and who reads it.
 * @param readers parts of services whose code names an event type, its emitter's own among them
 */
export function eventPages(readers: ReadonlyMap<string, readonly string[]>): string {
  const nested = new Map<string, MessageClass>();
  const note = (type: MessageClass): void => {
    jsonSchemaOf(type, '', (inner) => {
      if (nested.has(inner.name)) return;
      nested.set(inner.name, inner);
      note(inner);
    });
  };
  for (const { schema } of [...UPSTREAM_CATALOGUE, ...EVENT_CATALOGUE]) note(schema);

  const lines = ['# Events and messages', '', 'Generated from the code (`npm run docs:generate`); do not edit.', '', '## Upstream messages', ''];
  for (const { messageType, schema, topic, readBy, summary } of UPSTREAM_CATALOGUE) {
    lines.push(`### \`${messageType}\``, '', `${summary}. Topic \`${topic}\`, read by ${readBy}.`, '', ...fieldTable(schema), '');
  }
  for (const [owner, prefixes] of Object.entries(STREAM_PREFIXES)) {
    lines.push(`## Events of ${owner}`, '', `Streams: ${prefixes.map((prefix) => `\`${prefix}…\``).join(', ')}. "Named in" lists the parts of services whose code decides by the event, shows it or answers it; the relay, dead letters and the audit take every event as it is.`, '');
    for (const { type, version, schema, topic, summary } of EVENT_CATALOGUE.filter((event) => event.owner === owner)) {
      lines.push(`### \`${type}\` v${version}`, '', `${summary}. On \`${topic}\` as \`${messageTypeOf(type, version)}\`. Emitted by ${owner}; named in ${(readers.get(type) ?? []).map((part) => `\`${part}\``).join(', ') || 'no service'}.`, '', ...fieldTable(schema), '');
    }
  }
  lines.push('## Parts of messages', '');
  for (const [name, type] of [...nested].sort(([a], [b]) => (a < b ? -1 : 1))) lines.push(`### ${name}`, '', ...fieldTable(type), '');
  return `${lines.join('\n').trimEnd()}\n`;
}

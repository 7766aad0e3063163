import { EVENT_CATALOGUE, messageTypeOf, UPSTREAM_CATALOGUE } from './catalogue.js';
import { jsonSchemaOf, type JsonSchema, type MessageClass } from './fields.js';
import { STREAM_PREFIXES } from './streams.js';

/** Who reads the events of a service, besides reporting, which projects all of them. */
const READERS: Readonly<Record<string, string>> = { intake: 'custody, reporting', mining: 'custody, reporting', custody: 'intake, reporting' };

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

/** `docs/events.md`: every event and upstream message with its fields, who emits and who reads it. */
export function eventPages(): string {
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
    lines.push(`## Events of ${owner}`, '', `Streams: ${prefixes.map((prefix) => `\`${prefix}…\``).join(', ')}. Read by ${READERS[owner] ?? 'reporting'}.`, '');
    for (const { type, version, schema, topic, summary } of EVENT_CATALOGUE.filter((event) => event.owner === owner)) {
      lines.push(`### \`${type}\` v${version}`, '', `${summary}. On \`${topic}\` as \`${messageTypeOf(type, version)}\`.`, '', ...fieldTable(schema), '');
    }
  }
  lines.push('## Parts of messages', '');
  for (const [name, type] of [...nested].sort(([a], [b]) => (a < b ? -1 : 1))) lines.push(`### ${name}`, '', ...fieldTable(type), '');
  return `${lines.join('\n').trimEnd()}\n`;
}

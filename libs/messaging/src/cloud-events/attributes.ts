import { MalformedMessage } from './malformed-message.js';

/** CloudEvents 1.0 context attributes, https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md */
export interface CloudEventAttributes {
  readonly id: string;
  /** A URI-reference. With `id` it identifies the event. */
  readonly source: string;
  readonly type: string;
  /** RFC 3339, as its publisher wrote it; the specification does not require it. */
  readonly time?: string;
  readonly subject?: string;
  readonly dataschema?: string;
  /** Everything else, such as `partitionkey` and `traceparent`. Names are lower-case letters and digits. */
  readonly extensions: Readonly<Record<string, string>>;
}

const LENGTH_MAX = 1_024;
const EXTENSION_LENGTH_MAX = 8_192;
const EXTENSIONS_MAX = 32;
const NAME = /^[a-z0-9]{1,64}$/;
/** RFC 3986: the characters a URI-reference may have, with whole percent-escapes. */
const URI_REFERENCE = /^(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+$/;
const RFC3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;
// Spec, "Type System": strings hold no control characters.
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/**
 * Checks the context attributes. `datacontenttype` is checked by the caller, who knows where it stands.
 * @throws {MalformedMessage} with the attribute's name as its field
 */
export function readAttributes(all: ReadonlyMap<string, string>): CloudEventAttributes {
  const specversion = required(all, 'specversion');
  if (specversion !== '1.0') {
    throw new MalformedMessage('unsupported-specversion', 'specversion', `specversion must be 1.0, not ${clip(specversion)}`);
  }
  const extensions: Record<string, string> = {};
  let subject: string | undefined;
  let dataschema: string | undefined;
  for (const [name, value] of all) {
    if (['specversion', 'id', 'source', 'type', 'time', 'datacontenttype'].includes(name)) continue;
    if (name === 'subject') subject = required(all, name);
    else if (name === 'dataschema') dataschema = uriReference(all, name);
    else extensions[extensionName(name)] = extensionValue(name, value);
  }
  if (Object.keys(extensions).length > EXTENSIONS_MAX) throw invalid('extensions', `there are more than ${EXTENSIONS_MAX} extension attributes`);
  return {
    id: required(all, 'id'),
    source: uriReference(all, 'source'),
    type: required(all, 'type'),
    ...(all.has('time') ? { time: timestamp(required(all, 'time')) } : {}),
    ...(subject === undefined ? {} : { subject }),
    ...(dataschema === undefined ? {} : { dataschema }),
    extensions,
  };
}

/** Attributes as they are written, in the order of the specification. */
export function writeAttributes(event: CloudEventAttributes): [string, string][] {
  const all: [string, string][] = [
    ['specversion', '1.0'],
    ['id', event.id],
    ['source', event.source],
    ['type', event.type],
  ];
  if (event.time !== undefined) all.push(['time', event.time]);
  if (event.subject !== undefined) all.push(['subject', event.subject]);
  if (event.dataschema !== undefined) all.push(['dataschema', event.dataschema]);
  return [...all, ...Object.entries(event.extensions)];
}

/** @throws {MalformedMessage} anything but JSON in UTF-8 */
export function checkJsonContentType(value: string | undefined, field: string): void {
  const [mediaType, ...parameters] = (value ?? '').split(';').map((part) => part.trim().toLowerCase());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.replace(/^charset=/, '').replaceAll('"', '');
  if (mediaType !== 'application/json' || (charset !== undefined && charset !== 'utf-8')) {
    throw new MalformedMessage('wrong-content-type', field, `${field} must be application/json, not ${value === undefined ? 'absent' : clip(value)}`);
  }
}

function required(all: ReadonlyMap<string, string>, name: string): string {
  const value = all.get(name);
  if (value === undefined) throw new MalformedMessage('missing-attribute', name, `the attribute ${name} is missing`);
  if (value === '') throw invalid(name, `the attribute ${name} is empty`);
  if (value.length > LENGTH_MAX) throw invalid(name, `the attribute ${name} is longer than ${LENGTH_MAX} characters`);
  if (CONTROL.test(value)) throw invalid(name, `the attribute ${name} has control characters`);
  return value;
}

function uriReference(all: ReadonlyMap<string, string>, name: string): string {
  const value = required(all, name);
  if (!URI_REFERENCE.test(value)) throw invalid(name, `${name} must be a URI-reference, not ${clip(value)}`);
  return value;
}

function timestamp(value: string): string {
  const parts = RFC3339.exec(value);
  // The day is compared after parsing: JavaScript would turn 30 February into 2 March.
  const day = new Date(`${parts?.[1]}-${parts?.[2]}-${parts?.[3]}T00:00:00Z`);
  if (parts === null || Number.isNaN(Date.parse(value.toUpperCase())) || day.getUTCDate() !== Number(parts[3])) {
    throw invalid('time', `time must be an RFC 3339 timestamp, not ${clip(value)}`);
  }
  return value;
}

function extensionName(name: string): string {
  if (!NAME.test(name)) throw invalid(clip(name), `${clip(name)} is not an attribute name: lower-case letters and digits only`);
  return name;
}

function extensionValue(name: string, value: string): string {
  if (value.length > EXTENSION_LENGTH_MAX) throw invalid(name, `the attribute ${name} is longer than ${EXTENSION_LENGTH_MAX} characters`);
  if (CONTROL.test(value)) throw invalid(name, `the attribute ${name} has control characters`);
  return value;
}

function invalid(field: string, message: string): MalformedMessage {
  return new MalformedMessage('invalid-attribute', field, message);
}

function clip(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

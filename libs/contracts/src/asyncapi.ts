import { EVENT_CATALOGUE, messageTypeOf, UPSTREAM_CATALOGUE } from './catalogue.js';
import { jsonSchemaOf, type JsonSchema, type MessageClass } from './fields.js';
import { TOPICS } from './topics.js';

interface DescribedMessage {
  readonly messageType: string;
  readonly schema: MessageClass;
  readonly topic: string;
  readonly summary: string;
  /** Whether outsiders send it to us, or we publish it. */
  readonly action: 'receive' | 'send';
}

const TOPIC_SUMMARIES: Readonly<Record<string, string>> = {
  [TOPICS.seizureFacts]: 'Legal facts over seizure cases, published by agencies. Key: the case.',
  [TOPICS.miningEarnings]: 'What pools say their accounts earned, a day each. Key: the pool account.',
  [TOPICS.miningPayouts]: 'Payouts that pools say they made. Key: the pool account.',
  [TOPICS.intakeEvents]: 'What happened to seizure cases.',
  [TOPICS.miningEvents]: 'What happened to licences, pool accounts and payouts.',
  [TOPICS.custodyEvents]: 'What happened to vaults, deposits and the journal.',
};

function messages(): DescribedMessage[] {
  return [
    ...UPSTREAM_CATALOGUE.map((message) => ({ ...message, action: 'receive' as const })),
    ...EVENT_CATALOGUE.map(({ type, version, schema, topic, summary }) => ({ messageType: messageTypeOf(type, version), schema, topic, summary, action: 'send' as const })),
  ];
}

/** All schemas that these classes reach, by class name. Two classes of one name would overwrite each other: an error. */
export function schemasOf(types: readonly MessageClass[], refPrefix: string): Record<string, JsonSchema> {
  const found = new Map<string, MessageClass>();
  const schemas: Record<string, JsonSchema> = {};
  const queue = [...types];
  for (let type = queue.shift(); type !== undefined; type = queue.shift()) {
    const known = found.get(type.name);
    if (known === type) continue;
    if (known !== undefined) throw new Error(`two message classes are called ${type.name}`);
    found.set(type.name, type);
    schemas[type.name] = jsonSchemaOf(type, refPrefix, (nested) => queue.push(nested));
  }
  return Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Headers of the binary content mode (CloudEvents Kafka protocol binding 1.0.2). */
const SIGNATURE = /^[A-Za-z0-9_-]+\.\.[A-Za-z0-9_-]+$/;
const SIGNATURE_MEANS =
  'The publisher\'s signature, required outside the sandbox: a detached JWS (Ed25519, RFC 7797) over the record\'s value as it is, whose protected header holds ' +
  'alg, kid (publisher and key), b64 = false, iat, ce_source, ce_id, ce_type, and crit, which lists b64, iat, ce_source, ce_id and ce_type. In structured mode the member `signature`, over the bytes of `data`';

function headersFor({ messageType, action }: DescribedMessage): JsonSchema {
  const text = { type: 'string' };
  return {
    type: 'object',
    required: ['ce_specversion', 'ce_id', 'ce_source', 'ce_type', 'content-type'],
    properties: {
      'ce_specversion': { const: '1.0' },
      'ce_id': { ...text, description: 'With ce_source, the identity of the message: one identity has one effect' },
      'ce_source': { ...text, format: 'uri-reference' },
      'ce_type': { const: messageType },
      'ce_time': { ...text, format: 'date-time' },
      'ce_subject': text,
      'ce_partitionkey': { ...text, description: 'Sets the record\'s key' },
      ...(action === 'receive' ? { ce_signature: { ...text, maxLength: 8192, pattern: SIGNATURE.source, description: SIGNATURE_MEANS } } : {}),
      'content-type': { const: 'application/json' },
    },
  };
}

/** The whole message catalogue as an AsyncAPI 3.0 document. */
export function asyncApiDocument(version: string): JsonSchema {
  const all = messages();
  const topics = [...new Set(all.map(({ topic }) => topic))];
  const nameOf = ({ messageType }: DescribedMessage): string => messageType.replaceAll('.', '-');
  const channels = Object.fromEntries(
    topics.map((topic) => [
      topic,
      {
        address: topic,
        description: TOPIC_SUMMARIES[topic],
        messages: Object.fromEntries(all.filter((message) => message.topic === topic).map((message) => [nameOf(message), { $ref: `#/components/messages/${nameOf(message)}` }])),
      },
    ]),
  );
  const operations = Object.fromEntries(
    topics.map((topic) => {
      const action = all.find((message) => message.topic === topic)?.action ?? 'send';
      return [`${action}-${topic.replaceAll('.', '-')}`, { action, channel: { $ref: `#/channels/${topic}` }, summary: TOPIC_SUMMARIES[topic] }];
    }),
  );
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Qazyna messages',
      version,
      license: { name: 'Apache-2.0' },
      description:
        'CloudEvents 1.0 over Kafka, binary mode (structured mode is accepted). Delivered at least once; deduplicate on source and id. ' +
        `Records that cannot be read, or break their schema, go to ${TOPICS.deadLetters} with the reason and the original bytes.`,
    },
    defaultContentType: 'application/json',
    channels,
    operations,
    components: {
      messages: Object.fromEntries(
        all.map((message) => [
          nameOf(message),
          {
            name: message.messageType,
            summary: message.summary,
            contentType: 'application/json',
            headers: headersFor(message),
            payload: { $ref: `#/components/schemas/${message.schema.name}` },
          },
        ]),
      ),
      schemas: schemasOf(all.map(({ schema }) => schema), '#/components/schemas/'),
    },
  };
}

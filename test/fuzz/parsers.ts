import { sign as signBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { address as addresses, networks } from 'bitcoinjs-lib';
import { AddressError, descriptorChecksum, DescriptorError, deriveAddress, parseAddress, parseDescriptor, sandboxVaultDescriptor } from '@qazyna/bitcoin';
import { parseMessage, schemasOf, UPSTREAM_CATALOGUE } from '@qazyna/contracts';
import { checkProfile, JURISDICTIONS_DIR, listJurisdictions, profileSchema } from '@qazyna/jurisdiction';
import { decodeHttp, decodeUtf8, MalformedMessage, parseJson } from '@qazyna/messaging';
import { mutated } from '@qazyna/mining-ingest/fuzz';
import { generateKeyPair, parseSignature, privateKeyOf, publicKeyOf, sign, verify } from '@qazyna/signing';
import { sampleOf } from './samples.js';

/**
 * The parsers of messages, signatures, descriptors, addresses and profiles under mutated real inputs. Each is held against
 * something that shares no code with it: the published JSON Schema through Ajv, the platform's JSON, bitcoinjs-lib.
 */

export interface ParserReport {
  readonly inputs: number;
  readonly accepted: number;
  readonly slowestMs: number;
}

/** Undefined where the input is refused; a text says what should not have been done. */
type Parser = (random: () => number) => { readonly input: Uint8Array; readonly run: () => boolean | string };

const INPUT_MS_MAX = 1_000;

/** @throws {Error} with the input that broke it, in base64 */
export function fuzzParser(name: string, inputs: number, random: () => number): ParserReport {
  const parser = PARSERS[name]?.();
  if (parser === undefined) throw new Error(`no parser ${name}`);
  let [accepted, slowestMs] = [0, 0];
  for (let count = 0; count < inputs; count += 1) {
    const { input, run } = parser(random);
    const begun = performance.now();
    let outcome: boolean | string;
    try {
      outcome = run();
    } catch (error) {
      outcome = `threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
    }
    const ms = performance.now() - begun;
    slowestMs = Math.max(slowestMs, ms);
    const wrong = typeof outcome === 'string' ? outcome : ms > INPUT_MS_MAX ? `took ${ms.toFixed(0)} ms` : undefined;
    if (wrong !== undefined) throw new Error(`${name}: ${wrong}\n${Buffer.from(input).toString('utf8').slice(0, 2_000)}\nbase64 ${Buffer.from(input).toString('base64')}`);
    if (outcome === true) accepted += 1;
  }
  return { inputs, accepted, slowestMs };
}

const json = (text: string): { readonly media: 'json'; readonly text: string } => ({ media: 'json', text });
const pick = <T>(from: readonly T[], random: () => number): T => from[Math.floor(random() * from.length)] as T;

function ajvOf(schema: object): (value: unknown) => boolean {
  const ajv = new Ajv2020({ strict: false, allErrors: false });
  addFormats.default(ajv);
  return ajv.compile(schema);
}

/** JSON as the platform reads it; undefined where it does not. */
function naive(bytes: Uint8Array): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)) as unknown };
  } catch {
    return undefined;
  }
}

/** A message of an upstream: what is taken keeps the rules that are published for it, and is what was sent. */
function message(type: string): Parser {
  const described = UPSTREAM_CATALOGUE.find(({ messageType }) => messageType === type);
  if (described === undefined) throw new Error(`no message ${type}`);
  const { schema } = described;
  const schemas = schemasOf([schema], '#/$defs/');
  const obeys = ajvOf({ $ref: `#/$defs/${schema.name}`, $defs: schemas });
  const samples = [JSON.stringify(sampleOf({ $ref: schema.name }, schemas)), ...(SAMPLES[type] ?? []).map((each) => JSON.stringify(each))];
  return (random) => {
    const input = mutated(json(pick(samples, random)), random);
    return {
      input,
      run: () => {
        const value = parsedOr(input);
        if (value instanceof MalformedMessage) return value.message === '' ? 'refused without a reason' : false;
        const plain = naive(input);
        if (plain === undefined || JSON.stringify(plain.value) !== JSON.stringify(value)) return 'read otherwise than the platform reads it';
        const outcome = parseMessage(schema, value);
        if (!outcome.ok) return outcome.errors.some(({ message: text }) => text !== '') ? false : 'refused without a reason';
        if (!obeys(value)) return 'accepted against the published schema';
        return isWithin(value, JSON.parse(JSON.stringify(outcome.value)) as unknown) || 'something of it was lost';
      },
    };
  };
}

function parsedOr(input: Uint8Array): unknown {
  try {
    return parseJson(decodeUtf8(input, 'value'), 'value').value;
  } catch (error) {
    if (error instanceof MalformedMessage) return error;
    throw error;
  }
}

/** Whether everything of the one is in the other. */
function isWithin(sent: unknown, kept: unknown): boolean {
  if (typeof sent !== 'object' || sent === null) return sent === kept;
  if (typeof kept !== 'object' || kept === null) return false;
  return Object.entries(sent).every(([name, value]) => isWithin(value, (kept as Record<string, unknown>)[name]));
}

const document = { reference: 'No 12/2026', authority: 'court-1', sha256: 'c0'.repeat(32) };
const acted = (act: string, more: object): object => ({ agency: 'afm', caseNumber: '2026/118', act, document, actAt: '2026-03-01T09:30:00Z', effectiveAt: '2026-03-01T09:30:00Z', ...more });
const place = { kind: 'device', reference: 'evidence-1' };

/** Acts whose fields a sample made of the schema alone would not combine. */
const SAMPLES: Readonly<Record<string, readonly object[]>> = {
  'qazyna.seizure.fact.v1': [
    acted('reported', { assets: [{ assetId: 'a', asset: 'bip122:000000000019d6689c085ae165831e93/slip44:0', amount: '5000000000', location: place }, { asset: 'qazyna:local/pieces:asic-miner', amount: '48', location: { kind: 'equipment', make: 'Bitmain', model: 'S19', count: 48 } }] }),
    acted('restriction', { lapsesAt: '2026-03-11T09:30:00Z' }),
    acted('confiscation-order', { assetIds: ['a'], share: { numerator: '1', denominator: '3' }, rest: 'released' }),
    acted('confiscation-order', { substituteValue: { currency: 'KZT', amount: '250000000', datedAt: '2026-03-01T00:00:00Z' } }),
    acted('pre-verdict-sale', { assetIds: ['a'], proceeds: { asset: 'qazyna:local/iso4217:KZT', amount: '4200000000', location: { kind: 'bank-account', reference: 'treasury-1' } } }),
    acted('return-to-victim', { victim: { reference: 'V-2026-0007', manner: 'value', value: { currency: 'KZT', amount: '1', datedAt: '2026-03-01T00:00:00Z' } } }),
    acted('correction', { corrects: '462309d7-4ae0-51a5-8da9-b29e644ed8e1', corrected: { share: { numerator: '1', denominator: '2' } } }),
    acted('release-to-owner', { part: 'rest' }),
  ],
};

/** One request with one event or many: as many come out as go in, each with the data that was sent. */
function cloudEvents(): Parser {
  const event = { specversion: '1.0', id: 'fact-1', source: 'urn:qazyna:agency:afm', type: 'qazyna.seizure.fact.v1', time: '2026-03-01T09:30:00Z', datacontenttype: 'application/json', data: acted('arrest', {}) };
  const samples = [
    { mediaType: 'application/cloudevents+json', text: JSON.stringify(event) },
    { mediaType: 'application/cloudevents-batch+json', text: JSON.stringify([event, { ...event, id: 'fact-2' }]) },
    { mediaType: 'application/json', text: JSON.stringify(event.data) },
  ];
  return (random) => {
    const { mediaType, text } = pick(samples, random);
    const input = mutated(json(text), random);
    const headers = { 'content-type': mediaType, 'ce-specversion': '1.0', 'ce-id': 'fact-1', 'ce-source': event.source, 'ce-type': event.type };
    return {
      input,
      run: () => {
        let events;
        try {
          ({ events } = decodeHttp(headers, input));
        } catch (error) {
          if (error instanceof MalformedMessage) return error.message === '' ? 'refused without a reason' : false;
          throw error;
        }
        const plain = naive(input)?.value;
        if (plain === undefined) return 'something was read of what is no JSON';
        const sent = mediaType.includes('batch') ? (plain as unknown[]) : [mediaType === 'application/json' ? { data: plain } : plain];
        if (sent.length !== events.length) return `${sent.length} events went in, ${events.length} came out`;
        const wrong = events.findIndex((each, index) => each.ok && JSON.stringify(each.event.data) !== JSON.stringify((sent[index] as { data: unknown }).data) && typeof (sent[index] as { data_base64?: unknown }).data_base64 !== 'string');
        return wrong < 0 ? events.some(({ ok }) => ok) : `event ${wrong} has other data than was sent`;
      },
    };
  };
}

/** A signature over a body, of which a bit, a character or a member is another: never genuine, unless nothing was changed. */
function signatures(): Parser {
  const pair = generateKeyPair();
  const [privateKey, publicKey] = [privateKeyOf(pair.privateKey), publicKeyOf(pair.publicKeyText)];
  const body = Buffer.from(JSON.stringify(acted('arrest', {})));
  const attributes = { source: 'urn:qazyna:agency:afm', id: 'fact-1', type: 'qazyna.seizure.fact.v1' };
  const genuine = sign({ body, attributes, keyId: { publisher: 'afm', key: '2026-1' }, privateKey, issuedAt: new Date('2026-03-01T09:30:00Z') });
  const [header = '', , signature = ''] = genuine.split('.');
  return (random) => {
    const kind = random();
    const changed = Buffer.from(mutated(json(Buffer.from(header, 'base64url').toString()), random));
    // Half of the forged headers are signed anew, so that the header's own rules are what must refuse them.
    const encoded = changed.toString('base64url');
    const resigned = kind < 0.4 ? signBytes(null, Buffer.concat([Buffer.from(`${encoded}.`), body]), privateKey).toString('base64url') : signature;
    const text = kind < 0.8 ? `${encoded}..${resigned}` : Buffer.from(mutated(json(genuine), random)).toString('utf8');
    return {
      input: Buffer.from(text),
      run: () => {
        const reading = parseSignature(text);
        if (!reading.ok) return reading.message === '' ? 'refused without a reason' : false;
        const isGenuine = verify({ signature: reading.signature, body, publicKey });
        if (!isGenuine) return false;
        const plain = naive(Buffer.from(text.split('.')[0] ?? '', 'base64url'))?.value as Record<string, unknown> | undefined;
        if (plain === undefined) return 'genuine, with a header that is no JSON';
        const { source, id, type } = reading.signature.attributes;
        const isSame = plain['ce_source'] === source && plain['ce_id'] === id && plain['ce_type'] === type && plain['b64'] === false && ['EdDSA', 'Ed25519'].includes(plain['alg'] as string);
        if (!isSame) return 'genuine, and read otherwise than its header says';
        return (kind < 0.4 || text === genuine) || 'genuine though it was changed';
      },
    };
  };
}

/** Multisig descriptors, half of them with a checksum made anew: what is taken gives addresses that others can read. */
function descriptors(): Parser {
  const samples = ['reserve-1', 'trust-1'].map((vault) => sandboxVaultDescriptor(vault, 'regtest'));
  return (random) => {
    const changed = Buffer.from(mutated(json(pick(samples, random).split('#')[0] ?? ''), random)).toString('utf8');
    const text = random() < 0.6 ? `${changed}#${checksumOr(changed)}` : Buffer.from(mutated(json(pick(samples, random)), random)).toString('utf8');
    return {
      input: Buffer.from(text),
      run: () => {
        try {
          const descriptor = parseDescriptor(text, 'regtest');
          const [, threshold, list] = /^wsh\((?:sorted)?multi\((\d+),(.*)\)\)#/.exec(text.trim()) ?? [];
          const keys = list?.split(',') ?? [];
          if (Number(threshold) !== descriptor.threshold || descriptor.threshold > keys.length || keys.length !== descriptor.keys.length) return 'read as another multisig than was written';
          if (/prv/.test(text)) return 'a private key was taken';
          const { address, script } = deriveAddress(descriptor, { change: 0, index: 7 });
          return Buffer.compare(addresses.toOutputScript(address, networks.regtest), script) === 0 || 'its address pays another script';
        } catch (error) {
          if (error instanceof DescriptorError) return false;
          throw error;
        }
      },
    };
  };
}

function checksumOr(text: string): string {
  try {
    return descriptorChecksum(text);
  } catch {
    return 'qqqqqqqq';
  }
}

const ADDRESSES = ['bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq', 'bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr', '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa', '3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy', 'bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3'];

/** Addresses with other characters: what is taken pays the script that another library finds in it. */
function bitcoinAddresses(): Parser {
  return (random) => {
    let text = pick(ADDRESSES, random);
    for (let times = Math.floor(random() * 3); times > 0; times -= 1) {
      const at = Math.floor(random() * text.length);
      text = text.slice(0, at) + pick([...'023456789acdefghjklmnpqrstuvwxyzABCXYZ1bio', '', ' ', '١'], random) + text.slice(at + (random() < 0.7 ? 1 : 0));
    }
    if (random() < 0.1) text = text.toUpperCase();
    return {
      input: Buffer.from(text),
      run: () => {
        let script: Uint8Array;
        try {
          ({ script } = parseAddress(text, 'mainnet'));
        } catch (error) {
          if (error instanceof AddressError) return readByOther(text) === undefined ? false : 'refused, and sound to another library';
          throw error;
        }
        const other = readByOther(text);
        // Taproot and the versions to come need an elliptic curve there.
        return (other === undefined ? /^bc1[^q]/i.test(text) : Buffer.compare(other, script) === 0) || 'pays another script than another library finds in it';
      },
    };
  };
}

function readByOther(text: string): Uint8Array | undefined {
  try {
    return addresses.toOutputScript(text, networks.bitcoin);
  } catch {
    return undefined;
  }
}

/** Profiles of states: what is taken keeps the schema that is published for editors. */
function profiles(): Parser {
  const obeys = ajvOf(profileSchema());
  const samples = listJurisdictions().map((name) => readFileSync(join(JURISDICTIONS_DIR, `${name}.json`), 'utf8'));
  return (random) => {
    const input = mutated(json(pick(samples, random)), random);
    return {
      input,
      run: () => {
        const plain = naive(input);
        if (plain === undefined) return false;
        const checked = checkProfile(plain.value);
        if (!checked.ok) return checked.errors.length > 0 ? false : 'refused without a reason';
        return obeys(plain.value) || 'accepted against the published schema';
      },
    };
  };
}

const PARSERS: Readonly<Record<string, () => Parser>> = {
  ...Object.fromEntries(UPSTREAM_CATALOGUE.map(({ messageType }) => [messageType, () => message(messageType)])),
  'cloudevents': cloudEvents,
  'signatures': signatures,
  'descriptors': descriptors,
  'addresses': bitcoinAddresses,
  'profiles': profiles,
};

export const PARSER_NAMES: readonly string[] = Object.keys(PARSERS);

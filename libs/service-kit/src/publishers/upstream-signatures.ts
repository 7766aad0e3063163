import type { SignedMessage } from '@qazyna/contracts';
import type { Clock, Refusal } from '@qazyna/event-store';
import type { CloudEvent } from '@qazyna/messaging';
import { parseSignature, publicKeyOf, SIGNATURE_ATTRIBUTE, verify, type ParsedSignature } from '@qazyna/signing';
import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import type { PlatformConfig } from '../config/platform-config.js';
import type { RefusedItem } from '../http/event-door.js';
import { judgeKey, judgeRemit, type Spoken } from './key-judgement.js';
import type { PublisherKey } from './publisher.js';
import type { PublisherDirectory } from './publisher-directory.js';
import { PASSING_REFUSALS } from './signature-codes.js';

/** One message of an upstream, at any door. */
export interface UpstreamMessage {
  /** Undefined for a body that came alone, which can carry no signature. */
  readonly event: CloudEvent | undefined;
  readonly spoken: Spoken;
  /** When it first reached us; absent: now. A dead letter that is replayed was received when it was put aside. */
  readonly receivedAt?: Date | undefined;
  /** Whether this very message was accepted before, with the same content: then its signature was judged then. */
  readonly known: () => Promise<boolean>;
}

export type SignatureVerdict =
  /** `signed` is absent for a message without signature, where those are accepted, and for one known before. */
  | { readonly ok: true; readonly signed?: SignedMessage }
  | { readonly ok: false; readonly refusal: Refusal };

export interface SignatureCounter {
  inc(labels: { readonly code: string }): void;
}

/** A file as it was handed in. */
export interface UnsignedUpload {
  /** What the signature must name: the door makes it of what the file is handed in as, so that it is of no use elsewhere. */
  readonly id: string;
  readonly type: string;
  readonly bytes: Uint8Array;
  readonly spoken: Spoken;
  readonly known: UpstreamMessage['known'];
}

/** What a signature is held against; the text is absent where the bytes are kept elsewhere. */
type SignedThing = Pick<CloudEvent, 'id' | 'source' | 'type' | 'dataBytes' | 'dataSha256'> & { readonly dataText: string | undefined };

const BODY_KEPT_MAX = 65_536;
/** Signatures checked in one turn of the event loop: about 5 ms. */
const CHECKED_PER_TURN = 50;

/** Judges who speaks, before a service looks at what is said. The same rules at every door. */
export class UpstreamSignatures {
  /** Made once for each registered key, which never changes its bytes. */
  private readonly publicKeys = new WeakMap<PublisherKey, ReturnType<typeof publicKeyOf>>();

  constructor(
    private readonly directory: PublisherDirectory,
    private readonly clock: Clock,
    private readonly mode: PlatformConfig['upstreamSignatures'],
    private readonly counter: SignatureCounter,
  ) {}

  /**
   * Hands on what may be said and puts a refusal in the place of what may not: results in the order of the items.
   * @throws {StoreUnavailable | StoreTimeout} nothing was judged: send the same again
   */
  async admit<Item, Result>(
    items: readonly Item[],
    messageOf: (item: Item) => UpstreamMessage,
    take: (admitted: readonly { readonly item: Item; readonly signed?: SignedMessage }[]) => Promise<readonly Result[]>,
  ): Promise<(Result | RefusedItem)[]> {
    const verdicts = await this.judgeAll(items.map(messageOf));
    const results = await take(items.flatMap((item, index) => admitted(item, verdicts[index])));
    let taken = 0;
    return verdicts.map((verdict) => (verdict.ok ? (results[taken++] as Result) : { status: 'refused', ...verdict.refusal }));
  }

  /** A verdict for each message, in their order. @throws {StoreUnavailable | StoreTimeout} nothing is judged: ask again */
  async judgeAll(messages: readonly UpstreamMessage[]): Promise<SignatureVerdict[]> {
    const verdicts: SignatureVerdict[] = [];
    for (let start = 0; start < messages.length; start += CHECKED_PER_TURN) {
      if (start > 0) await turn();
      verdicts.push(...(await Promise.all(messages.slice(start, start + CHECKED_PER_TURN).map((message) => this.judge(message)))));
    }
    return verdicts;
  }

  /**
   * A file, whose signature comes beside it (the header `ce-signature`, over the bytes as they are) with the attributes it
   * was made for. Without one it passes only where nobody signs for what it is about. @throws as `judgeAll`
   */
  async judgeUpload(upload: UnsignedUpload & { readonly signature: string | undefined; readonly source: string | undefined }): Promise<SignatureVerdict> {
    const { code, verdict } = await this.uploadVerdict(upload);
    this.counter.inc({ code });
    return verdict;
  }

  private async uploadVerdict({ id, type, bytes, spoken, known, signature, source }: Parameters<UpstreamSignatures['judgeUpload']>[0]): Promise<{ readonly code: string; readonly verdict: SignatureVerdict }> {
    const now = this.clock.now();
    if (signature === undefined) {
      const signer = await this.directory.signerOf(spoken, now.getTime());
      return signer === undefined ? { code: 'unsigned-accepted', verdict: { ok: true } } : this.unlessKnown(unsigned(signer).refusal, known);
    }
    const found = await this.check({ id, type, source: source ?? '', dataBytes: bytes, dataText: undefined, dataSha256: createHash('sha256').update(bytes).digest('hex') }, signature, spoken, now);
    return 'refusal' in found ? this.unlessKnown(found.refusal, known) : { code: 'verified', verdict: { ok: true, signed: found } };
  }

  private async judge(message: UpstreamMessage): Promise<SignatureVerdict> {
    const { code, verdict } = await this.verdictOn(message);
    this.counter.inc({ code });
    return verdict;
  }

  private async verdictOn({ event, spoken, receivedAt, known }: UpstreamMessage): Promise<{ readonly code: string; readonly verdict: SignatureVerdict }> {
    const text = event?.extensions[SIGNATURE_ATTRIBUTE];
    if (text === undefined && this.mode === 'accepted') return { code: 'unsigned-accepted', verdict: { ok: true } };
    const found = event === undefined || text === undefined ? missing(event) : await this.check(event, text, spoken, receivedAt ?? this.clock.now());
    if (!('refusal' in found)) return { code: 'verified', verdict: { ok: true, signed: found } };
    const { refusal } = found;
    return this.unlessKnown(refusal, known);
  }

  private async unlessKnown(refusal: Refusal, known: UpstreamMessage['known']): Promise<{ readonly code: string; readonly verdict: SignatureVerdict }> {
    if (PASSING_REFUSALS.has(refusal.code) && (await known())) return { code: 'known', verdict: { ok: true } };
    return { code: refusal.code, verdict: { ok: false, refusal } };
  }

  private async check(event: SignedThing, text: string, spoken: Spoken, receivedAt: Date): Promise<SignedMessage | { readonly refusal: Refusal }> {
    const reading = parseSignature(text);
    if (!reading.ok) return refused('signature-malformed', reading.message);
    const { signature } = reading;
    const { publisher, key } = signature.keyId;
    const kid = `${publisher}/${key}`;
    const { organisation, remit, keys } = await this.directory.find(publisher);
    const registered = organisation === undefined ? undefined : keys.get(key);
    if (registered === undefined) return refused('signature-key-unknown', `no key ${kid} is registered`);
    if (!verify({ signature, body: event.dataBytes, publicKey: this.publicKeyOf(registered) })) {
      return refused('signature-invalid', `key ${kid} did not sign this body: it must be signed to the byte as it is sent`);
    }
    const broken =
      otherMessage(signature, event) ??
      judgeKey(kid, registered, { issuedAtMs: signature.issuedAtMs, receivedAtMs: receivedAt.getTime() }) ??
      judgeRemit(publisher, remit, event.source, spoken);
    if (broken !== undefined) return { refusal: broken };
    const { dataText, dataSha256: bodySha256 } = event;
    return { publisherId: publisher, keyId: key, signature: text, bodySha256, ...(dataText === undefined || dataText.length > BODY_KEPT_MAX ? {} : { body: dataText }) };
  }

  private publicKeyOf(registered: PublisherKey): ReturnType<typeof publicKeyOf> {
    const known = this.publicKeys.get(registered) ?? publicKeyOf(registered.publicKey);
    this.publicKeys.set(registered, known);
    return known;
  }
}

function admitted<Item>(item: Item, verdict: SignatureVerdict | undefined): { readonly item: Item; readonly signed?: SignedMessage }[] {
  if (verdict?.ok !== true) return [];
  return [verdict.signed === undefined ? { item } : { item, signed: verdict.signed }];
}

/** A genuine signature, taken off its message and put on another one. */
function otherMessage({ attributes }: ParsedSignature, event: SignedThing): Refusal | undefined {
  const differing = (['id', 'source', 'type'] as const).find((name) => attributes[name] !== event[name]);
  if (differing === undefined) return undefined;
  return { code: 'signature-other-message', field: differing, message: `the signature is for a message with another ${differing}` };
}

function missing(event: CloudEvent | undefined): { readonly refusal: Refusal } {
  const how = event === undefined ? 'send the body as a CloudEvent with' : 'the CloudEvent needs';
  return refused('signature-missing', `messages must be signed by their publisher: ${how} the attribute ${SIGNATURE_ATTRIBUTE}`);
}

function unsigned(signer: string): { readonly refusal: Refusal } {
  return refused('unsigned-upload', `${signer} signs for this: send its detached JWS over these bytes beside them`);
}

function refused(code: string, message: string): { readonly refusal: Refusal } {
  return { refusal: { code, message, field: SIGNATURE_ATTRIBUTE } };
}

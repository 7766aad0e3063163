import { generateKeyPair, privateKeyOf, sign, type KeyPair } from '@qazyna/signing';

const DAY_MS = 86_400_000;

/** An agency or a pool of the story: it makes its own key, has it registered, and signs what it sends. */
export class SigningPublisher {
  private readonly pair: KeyPair = generateKeyPair();
  private readonly keyId: string;

  constructor(
    readonly name: string,
    readonly source: string,
    private readonly grants: readonly object[],
  ) {
    this.keyId = 'story-1';
  }

  /** What an operator registers, each with its path. */
  registrations(): readonly (readonly [string, object])[] {
    const now = Date.now();
    const validity = { validFrom: new Date(now - DAY_MS).toISOString(), validUntil: new Date(now + 365 * DAY_MS).toISOString() };
    return [
      ['/v1/publishers', { publisherId: this.name, organisation: this.name, remit: { sources: [this.source], grants: this.grants } }],
      [`/v1/publishers/${this.name}/keys`, { keyId: this.keyId, publicKey: this.pair.publicKeyText, ...validity }],
    ];
  }

  /** The headers of a CloudEvent in binary mode, with the signature over this body. */
  headersFor(type: string, id: string, body: string): Record<string, string> {
    return { 'ce-specversion': '1.0', 'ce-id': encodeURIComponent(id), 'ce-type': type, 'ce-time': '2025-01-02T00:00:00Z', ...this.fileHeadersFor(type, id, body) };
  }

  /** The headers beside a file: its door knows what the signature must name. */
  fileHeadersFor(type: string, id: string, body: string): Record<string, string> {
    const attributes = { source: this.source, id, type };
    const signature = sign({ body: Buffer.from(body, 'utf8'), attributes, keyId: { publisher: this.name, key: this.keyId }, privateKey: privateKeyOf(this.pair.privateKey), issuedAt: new Date() });
    return { 'ce-source': this.source, 'ce-signature': signature };
  }
}

import { generateKeyPair, privateKeyOf, sign, type KeyPair } from '@qazyna/signing';
import { ask } from './caller.js';
import { attributes, FACTS_SOURCE, PAYOUTS_SOURCE } from './messages.js';

const DAY_MS = 86_400_000;

/** When a key counts, in days from now. */
export interface Validity {
  readonly fromDay: number;
  readonly untilDay: number;
}

export type MessageKind = 'fact' | 'payout';

/** An agency or a pool that signs, with as many keys as a test needs. */
export class SigningPublisher {
  private readonly pairs = new Map<string, KeyPair>();

  constructor(
    /** Where intake, which keeps the registry, listens. */
    private readonly url: string,
    readonly name: string,
  ) {}

  async register(grants: readonly object[]): Promise<void> {
    const remit = { sources: [FACTS_SOURCE, PAYOUTS_SOURCE], grants };
    await ask(this.url, '/v1/publishers', { role: 'operator', body: JSON.stringify({ publisherId: this.name, organisation: 'an-organisation', remit }) });
  }

  async addKey(keyId: string, { fromDay, untilDay }: Validity = { fromDay: -10, untilDay: 10 }): Promise<void> {
    const at = (day: number): string => new Date(Date.now() + day * DAY_MS).toISOString();
    const key = { keyId, publicKey: this.pair(keyId).publicKeyText, validFrom: at(fromDay), validUntil: at(untilDay) };
    await ask(this.url, `/v1/publishers/${this.name}/keys`, { role: 'operator', body: JSON.stringify(key) });
  }

  async revoke(keyId: string): Promise<void> {
    await ask(this.url, `/v1/publishers/${this.name}/keys/${keyId}/revocation`, { role: 'compliance-officer', body: JSON.stringify({ reason: 'the signing server was stolen' }) });
  }

  /** The CloudEvents attributes of a message with this body, signed; `as` says what the signature is made for, where that differs. */
  signed(kind: MessageKind | 'earnings', id: string, body: string, keyId: string, as: { readonly id?: string; readonly body?: string; readonly day?: number } = {}): Record<string, string> {
    const all = attributes(kind, id);
    const signature = sign({
      body: Buffer.from(as.body ?? body, 'utf8'),
      attributes: { source: all['source'] ?? '', id: as.id ?? id, type: all['type'] ?? '' },
      keyId: { publisher: this.name, key: keyId },
      privateKey: privateKeyOf(this.pair(keyId).privateKey),
      issuedAt: new Date(Date.now() + (as.day ?? 0) * DAY_MS),
    });
    return { ...all, signature };
  }

  private pair(keyId: string): KeyPair {
    const known = this.pairs.get(keyId);
    if (known !== undefined) return known;
    const made = generateKeyPair();
    this.pairs.set(keyId, made);
    return made;
  }
}

import { privateKeyOf, publicKeyText, sign } from '@qazyna/signing';
import type { KeyObject } from 'node:crypto';
import { AGENCY, eventHeaders, eventRecord, fact, FACT_TYPE, FACTS_TOPIC, PAYOUT_TYPE, PAYOUTS_TOPIC, POOL, REGTEST } from './messages.js';
import { linger, type Stage } from './stage.js';

const SOURCE = `urn:qazyna:agency:${AGENCY}`;
const DAY_MS = 86_400_000;
/** Of an Ed25519 private key in PKCS#8, before its 32 bytes. */
const PKCS8_PREFIX = '302e020100300506032b657004220420';
const NO_TXID = 'cd'.repeat(32);

interface Signing {
  readonly key?: string;
  /** Whom the signature is for, where that is not the message at hand. */
  readonly id?: string;
  /** Bytes that are signed in place of the body. */
  readonly body?: string;
  readonly day?: number;
  readonly way?: 'http';
}

interface Said {
  readonly command: 'publish-fact' | 'claim-payout';
  readonly content: Readonly<Record<string, unknown>>;
}

/** Publishers that sign, a thief with a key that is revoked under his hands, and forgers. */
export async function signersAtWork(stage: Stage): Promise<void> {
  const signer = new Signer(stage);
  await signer.register();
  await Promise.all([honest(stage, signer), thief(stage, signer), forgers(stage, signer)]);
}

async function honest(stage: Stage, signer: Signer): Promise<void> {
  for (let n = stage.chance.between(1, 4); n > 0; n -= 1) {
    await linger(stage, 800);
    await signer.say(`signed-${n}`, signer.aFact(`signed/${n}`), {});
  }
}

/** What he says before the revocation counts; from the moment it was acknowledged nothing does, however soon it comes. */
async function thief(stage: Stage, signer: Signer): Promise<void> {
  await linger(stage, 800);
  // Over HTTP, where he is answered: what waits in a topic is judged when it is read.
  const before = signer.aFact('signed/stolen');
  await signer.say('stolen-before', before, { key: 'stolen', way: 'http' });
  await signer.revoke('stolen');
  // What was accepted is the same message still.
  if (stage.chance.happens(0.5)) await signer.say('stolen-before', before, { key: 'stolen' });
  await Promise.all([1, 2].map((n) => signer.say(`stolen-after-${n}`, stage.chance.happens(0.5) ? signer.aFact('signed/stolen') : signer.aPayout('stolen'), { key: 'stolen' }, 'signature-key-revoked')));
}

async function forgers(stage: Stage, signer: Signer): Promise<void> {
  const kinds: readonly (readonly [string, Signing, Partial<Record<'agency' | 'account', string>>?])[] = [
    ['signature-malformed', { key: 'KEY' }],
    ['signature-key-unknown', { key: 'unknown' }],
    ['signature-invalid', { body: '{}' }],
    ['signature-other-message', { id: 'signed-1' }],
    ['signature-from-future', { day: 300 }],
    ['signature-key-expired', { key: 'expired' }],
    ['signature-key-not-yet-valid', { key: 'coming' }],
    ['signature-outside-remit', {}, { agency: 'customs', account: 'of-others' }],
  ];
  for (const [code, signing, foreign = {}] of stage.chance.shuffled([...kinds]).slice(0, 3)) {
    await linger(stage, 800);
    const said = stage.chance.happens(0.5) ? signer.aFact('signed/forged') : signer.aPayout('forged');
    const { agency, account } = foreign;
    const content = said.command === 'publish-fact' ? { ...said.content, ...(agency === undefined ? {} : { agency }) } : { ...said.content, ...(account === undefined ? {} : { account }) };
    await signer.say(`forged-${code}`, { ...said, content }, signing, code);
  }
}

class Signer {
  private readonly keys = new Map<string, KeyObject>();

  constructor(private readonly stage: Stage) {}

  async register(): Promise<void> {
    const remit = { sources: [SOURCE], grants: [{ agency: AGENCY }, { pool: POOL, accounts: ['acc-signing'] }] };
    await this.tell('register-publisher', AGENCY, '/v1/publishers', 'operator', { publisherId: AGENCY, organisation: 'an-agency', remit });
    const validity = { good: [-400, 400], stolen: [-400, 400], expired: [-400, -100], coming: [100, 400] } as const;
    await Promise.all(
      Object.entries(validity).map(([keyId, [from, until]]) =>
        this.tell('add-publisher-key', `${AGENCY}/${keyId}`, `/v1/publishers/${AGENCY}/keys`, 'operator', { keyId, publicKey: publicKeyText(this.key(keyId)), validFrom: this.at(from), validUntil: this.at(until) }),
      ),
    );
  }

  /** From yesterday, so that no clock that goes wrong makes it a revocation in the future. */
  revoke(keyId: string): Promise<unknown> {
    return this.tell('revoke-publisher-key', `${AGENCY}/${keyId}`, `/v1/publishers/${AGENCY}/keys/${keyId}/revocation`, 'compliance-officer', { revokedFrom: this.at(-1), reason: 'the signing server was stolen' });
  }

  aFact(caseNumber: string): Said {
    return { command: 'publish-fact', content: fact(this.stage.chance, caseNumber, 'reported', '2026-01-01T00:00:00Z') };
  }

  aPayout(paymentId: string): Said {
    return { command: 'claim-payout', content: { pool: POOL, account: 'acc-signing', paymentId, asset: REGTEST, amount: '5', address: 'mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn', txid: NO_TXID, paidAt: '2026-02-20T10:00:00Z' } };
  }

  /** Over either way; `flaw`: the code it must be refused with. */
  async say(id: string, { command, content }: Said, signing: Signing, flaw?: string): Promise<void> {
    const { chance, client, intake, mining } = this.stage;
    const isFact = command === 'publish-fact';
    const type = isFact ? FACT_TYPE : PAYOUT_TYPE;
    const body = JSON.stringify(content);
    const signature = this.signature(type, id, body, signing);
    const message = { command, key: id, content };
    if (signing.way !== 'http' && chance.happens(0.5)) {
      const record = eventRecord(type, id, SOURCE, `signed-${command}`, content);
      client.publish({ ...message, ...(flaw === undefined ? {} : { flaw: 'dead-letter' }) }, isFact ? FACTS_TOPIC : PAYOUTS_TOPIC, { ...record, headers: { ...record.headers, ce_signature: signature } });
      return;
    }
    const headers = { ...eventHeaders(type, id, SOURCE), 'ce-signature': signature };
    const door = isFact ? { to: intake, path: '/v1/seizure-facts', role: 'law-enforcement' as const } : { to: mining, path: '/v1/payouts', role: 'pool-operator' as const };
    await client.send({ ...message, ...(flaw === undefined ? {} : { flaw }), ...door, body, headers });
  }

  private signature(type: string, id: string, body: string, { key = 'good', id: signedId = id, body: signedBody = body, day = -10 }: Signing): string {
    if (key === 'KEY') return 'no-signature';
    const issuedAt = new Date(this.stage.faults.time.nowMs + day * DAY_MS);
    return sign({ body: Buffer.from(signedBody), attributes: { source: SOURCE, id: signedId, type }, keyId: { publisher: AGENCY, key }, privateKey: this.key(key), issuedAt });
  }

  private async tell(command: string, key: string, path: string, role: 'operator' | 'compliance-officer', content: Readonly<Record<string, unknown>>): Promise<void> {
    await this.stage.client.send({ command, key, content, to: this.stage.intake, path, role, body: JSON.stringify(content) });
  }

  /** From the seed, so that the same seed signs the same. */
  private key(name: string): KeyObject {
    const known = this.keys.get(name);
    if (known !== undefined) return known;
    const der = Buffer.from(PKCS8_PREFIX + this.stage.chance.hex(32), 'hex').toString('base64');
    const made = privateKeyOf(`-----BEGIN PRIVATE KEY-----\n${der}\n-----END PRIVATE KEY-----\n`);
    this.keys.set(name, made);
    return made;
  }

  private at(day: number): string {
    return new Date(Math.floor(this.stage.faults.time.nowMs) + day * DAY_MS).toISOString();
  }
}

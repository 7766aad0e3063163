import { streamOf, type PublisherGrant } from '@qazyna/contracts';
import { handleCommand, SqliteEventStore } from '@qazyna/event-store';
import { decodeRecord, encodeRecord, encodeStructuredRecord, type CloudEvent, type NewCloudEvent } from '@qazyna/messaging';
import { generateKeyPair, privateKeyOf, publicKeyOf, parseSignature, sign, verify, type KeyPair } from '@qazyna/signing';
import { SimulatedClock } from '@qazyna/testing';
import { publisherDecider, type PublisherCommand } from './publisher.js';
import { PublisherDirectory } from './publisher-directory.js';
import { UpstreamSignatures, type UpstreamMessage } from './upstream-signatures.js';

const NOW = new Date('2026-03-01T09:30:00Z');
const SOURCE = 'urn:qazyna:agency:afm';
const SPOKEN = { about: 'case', agency: 'afm', caseNumber: '247100031/1', act: 'reported' } as const;
const unknown = (): Promise<boolean> => Promise.resolve(false);

describe('the judge of signatures', () => {
  let store: SqliteEventStore;
  let clock: SimulatedClock;
  let counts: Record<string, number>;
  let pair: KeyPair;
  let command = 0;

  const judge = (mode: 'required' | 'accepted' = 'required', directory = new PublisherDirectory(store)): UpstreamSignatures =>
    new UpstreamSignatures(directory, clock, mode, { inc: ({ code }) => void (counts[code] = (counts[code] ?? 0) + 1) });
  const told = async (does: PublisherCommand): Promise<void> => {
    command += 1;
    const outcome = await handleCommand(store, publisherDecider, {
      stream: streamOf.publisher(does.publisherId), command: does, commandId: String(command), metadata: { actor: { subject: 's', organisation: 'o' }, correlationId: 'c' },
    });
    expect(outcome.kind).toBe('accepted');
  };
  const event = (changes: Partial<NewCloudEvent> = {}): NewCloudEvent => ({ id: 'fact-1', source: SOURCE, type: 'qazyna.seizure.fact.v1', extensions: {}, data: { note: 'дело 1' }, ...changes });
  /** As it comes over Kafka, signed as said, and then changed as said. */
  const arrived = (changes: { signed?: Partial<Parameters<typeof sign>[0]>; then?: Partial<NewCloudEvent>; bare?: boolean } = {}): CloudEvent => {
    const plain = event();
    const signature = sign({
      body: Buffer.from(JSON.stringify(plain.data)), attributes: plain, keyId: { publisher: 'afm', key: 'k1' }, privateKey: privateKeyOf(pair.privateKey), issuedAt: NOW, ...changes.signed,
    });
    return decodeRecord(encodeRecord({ ...plain, extensions: changes.bare === true ? {} : { signature }, ...changes.then }));
  };
  const verdict = async (message: Partial<UpstreamMessage>, by = judge()): Promise<string> => {
    const [result] = await by.judgeAll([{ event: arrived(), spoken: SPOKEN, known: unknown, ...message }]);
    if (result === undefined) throw new Error('no verdict');
    return result.ok ? (result.signed === undefined ? 'ok unsigned' : 'ok') : result.refusal.code;
  };
  const grant = (changes: PublisherGrant = { agency: 'afm' }): Promise<void> => told({ kind: 'change-remit', publisherId: 'afm', remit: { sources: [SOURCE], grants: [changes] } });
  const revoke = (from: Date = NOW): Promise<void> => told({ kind: 'revoke', publisherId: 'afm', keyId: 'k1', revokedFrom: from.toISOString(), reason: 'stolen', now: clock.now().toISOString() });

  beforeEach(async () => {
    store = SqliteEventStore.open({ file: ':memory:' });
    clock = new SimulatedClock(NOW);
    counts = {};
    pair = generateKeyPair();
    await told({ kind: 'register', publisherId: 'afm', organisation: 'agency', remit: { sources: [SOURCE], grants: [{ agency: 'afm' }] } });
    await told({ kind: 'add-key', publisherId: 'afm', key: { keyId: 'k1', publicKey: pair.publicKeyText, validFrom: '2026-01-01T00:00:00Z', validUntil: '2027-01-01T00:00:00Z' } });
  });
  afterEach(() => store.close());

  it('lets a signed message pass, with the proof that anyone can check again', async () => {
    const [result] = await judge().judgeAll([{ event: arrived(), spoken: SPOKEN, known: unknown }]);
    if (result?.ok !== true || result.signed === undefined) throw new Error('it must pass');
    const { signature, body, publisherId, keyId } = result.signed;
    const reading = parseSignature(signature);
    expect([publisherId, keyId]).toEqual(['afm', 'k1']);
    expect(reading.ok && verify({ signature: reading.signature, body: Buffer.from(body ?? ''), publicKey: publicKeyOf(pair.publicKeyText) })).toBe(true);
    expect(counts).toEqual({ verified: 1 });
  });

  it('takes the body of a structured message by its source text', async () => {
    const signature = arrived().extensions['signature'] ?? '';
    expect(await verdict({ event: decodeRecord(encodeStructuredRecord(event({ extensions: { signature } }))) })).toBe('ok');
  });

  it('takes no file without a signature of an agency for whom someone signs, in any mode, unless it is known, until the last key has ended', async () => {
    const asked = async (by: UpstreamSignatures, known = false): Promise<string> => {
      const verdict = await by.judgeUpload({ id: 'f', type: 't', bytes: Buffer.from('x'), spoken: SPOKEN, known: () => Promise.resolve(known), signature: undefined, source: undefined });
      return verdict.ok ? 'ok' : verdict.refusal.code;
    };
    const accepting = judge('accepted');
    expect([await asked(accepting), await asked(judge()), await asked(accepting, true)]).toEqual(['unsigned-upload', 'unsigned-upload', 'ok']);
    await grant({ agency: 'afm', casePrefixes: ['9'] });
    expect(await asked(accepting)).toBe('ok');
    await grant();
    expect(await asked(accepting)).toBe('unsigned-upload');
    await revoke();
    expect(await asked(accepting)).toBe('ok');
    expect(counts).toEqual({ 'unsigned-upload': 3, known: 1, 'unsigned-accepted': 2 });
  });

  it('asks for a signature, and in the sandbox does without', async () => {
    expect(await verdict({ event: arrived({ bare: true }) })).toBe('signature-missing');
    expect(await verdict({ event: undefined })).toBe('signature-missing');
    expect(await verdict({ event: arrived({ bare: true }) }, judge('accepted'))).toBe('ok unsigned');
    expect(await verdict({ event: undefined }, judge('accepted'))).toBe('ok unsigned');
    expect(counts).toEqual({ 'signature-missing': 2, 'unsigned-accepted': 2 });
  });

  it.each<[string, () => CloudEvent]>([
    ['signature-malformed', () => arrived({ then: { extensions: { signature: 'nonsense' } } })],
    ['signature-key-unknown', () => arrived({ signed: { keyId: { publisher: 'afm', key: 'k2' } } })],
    ['signature-key-unknown', () => arrived({ signed: { keyId: { publisher: 'customs', key: 'k1' } } })],
    ['signature-invalid', () => arrived({ signed: { privateKey: privateKeyOf(generateKeyPair().privateKey) } })],
    ['signature-invalid', () => arrived({ then: { data: { note: 'дело 2' } } })],
    ['signature-other-message', () => arrived({ then: { id: 'fact-2' } })],
    ['signature-other-message', () => arrived({ then: { source: 'urn:qazyna:agency:customs' } })],
    ['signature-other-message', () => arrived({ then: { type: 'qazyna.seizure.fact.v2' } })],
    ['signature-from-future', () => arrived({ signed: { issuedAt: new Date('2026-03-01T10:30:00Z') } })],
    ['signature-key-not-yet-valid', () => arrived({ signed: { issuedAt: new Date('2025-12-01T00:00:00Z') } })],
  ])('refuses with %s, also where unsigned messages are accepted', async (code, made) => {
    expect(await verdict({ event: made() })).toBe(code);
    expect(await verdict({ event: made() }, judge('accepted'))).toBe(code);
    expect(counts).toEqual({ [code]: 2 });
  });

  it('refuses an expired key, though the signature claims to be older', async () => {
    clock.advance(365 * 86_400_000);
    expect(await verdict({})).toBe('signature-key-expired');
  });

  it('refuses a revoked key for the very next message, with the directory that knew it as good', async () => {
    const directory = new PublisherDirectory(store);
    expect(await verdict({}, judge('required', directory))).toBe('ok');
    await revoke();
    expect(await verdict({}, judge('required', directory))).toBe('signature-key-revoked');
  });

  it('refuses what lies outside the remit, which may change at any time', async () => {
    await grant({ agency: 'customs' });
    expect(await verdict({})).toBe('signature-outside-remit');
    await grant({ agency: 'afm', casePrefixes: ['2471'] });
    expect(await verdict({})).toBe('ok');
    expect(await verdict({ spoken: { ...SPOKEN, caseNumber: '2371/1' } })).toBe('signature-outside-remit');
  });

  it('knows a message that was accepted before, whatever became of its key; forged bytes it does not', async () => {
    const known = (): Promise<boolean> => Promise.resolve(true);
    await revoke();
    expect(await verdict({ known })).toBe('ok unsigned');
    expect(await verdict({ known, event: arrived({ bare: true }) })).toBe('ok unsigned');
    expect(await verdict({ known, event: arrived({ then: { id: 'fact-2' } }) })).toBe('signature-other-message');
    expect(await verdict({ known, event: arrived({ signed: { privateKey: privateKeyOf(generateKeyPair().privateKey) } }) })).toBe('signature-invalid');
    expect(counts).toEqual({ known: 2, 'signature-other-message': 1, 'signature-invalid': 1 });
  });

  it('judges a replayed dead letter by the time it first came', async () => {
    clock.advance(365 * 86_400_000);
    expect(await verdict({ receivedAt: new Date('2026-03-01T09:31:00Z') })).toBe('ok');
    await revoke(new Date('2026-03-01T09:31:00Z'));
    expect(await verdict({ receivedAt: new Date('2026-03-01T09:31:00Z') })).toBe('signature-key-revoked');
  });

  it('puts each refusal in its place among the results', async () => {
    const events = [arrived(), arrived({ bare: true }), arrived({ then: { id: 'x' } }), arrived()];
    const results = await judge().admit(events, (each) => ({ event: each, spoken: SPOKEN, known: unknown }), (admitted) => Promise.resolve(admitted.map((_, index) => ({ status: `done ${index}` }))));
    expect(results.map((result) => ('code' in result ? result.code : result.status))).toEqual(['done 0', 'signature-missing', 'signature-other-message', 'done 1']);
  });

  it('judges many in turns, so that others are served meanwhile', async () => {
    const message = { event: arrived(), spoken: SPOKEN, known: unknown };
    let turns = 0;
    const others = setInterval(() => (turns += 1), 0);
    const results = await judge().judgeAll(Array.from({ length: 500 }, () => message));
    clearInterval(others);
    expect(results.every(({ ok }) => ok)).toBe(true);
    expect(turns).toBeGreaterThan(1);
  });
});

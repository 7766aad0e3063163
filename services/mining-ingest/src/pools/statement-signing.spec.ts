import { POOL_STATEMENT_TYPE, streamOf, type StatementReceived } from '@qazyna/contracts';
import { systemClock } from '@qazyna/event-store';
import { ProblemError, PublisherDirectory, UpstreamSignatures, type Actor } from '@qazyna/service-kit';
import { generateKeyPair, privateKeyOf, sign, verify, parseSignature, publicKeyOf } from '@qazyna/signing';
import { createHash } from 'node:crypto';
import { MiningDesk, SPEC_METADATA } from '../spec-support/mining-desk.js';
import { StatementsController } from './statements.controller.js';
import type { StatementList } from './statements.query.js';

const SOURCE = 'urn:qazyna:pool:viabtc';
const FILE = Buffer.from(JSON.stringify([{ paymentId: '1', amount: '5', address: 'bc1qllf33yhp7m80sfm35fce0tagcckey7dljauwd5', txid: 'ab'.repeat(32), paidAt: '2026-03-01T00:00:00Z' }]));
const ACTOR = { subject: 's', organisation: 'o', roles: [] } as unknown as Actor;

describe('a statement of a pool that signs', () => {
  const pair = generateKeyPair();
  let desk: MiningDesk;
  let controller: StatementsController;

  beforeEach(async () => {
    desk = await MiningDesk.open('viabtc', 'antpool');
    // In the sandbox's mode: a file is asked for its signature wherever somebody signs for it.
    const signatures = new UpstreamSignatures(new PublisherDirectory(desk.store), systemClock, 'accepted', { inc: () => undefined });
    controller = new StatementsController(desk.statements, desk.archive, undefined as unknown as StatementList, signatures);
  });
  afterEach(() => desk.end());

  async function register(): Promise<void> {
    const event = (type: string, data: object): object => ({ id: crypto.randomUUID(), type, data, metadata: { ...SPEC_METADATA, schemaVersion: 1 } });
    const day = (n: number): string => new Date(Date.now() + n * 86_400_000).toISOString();
    await desk.store.append(streamOf.publisher('via'), 'no-stream', [
      event('operations.publisher-registered', { publisherId: 'via', organisation: 'viabtc', remit: { sources: [SOURCE], grants: [{ pool: 'viabtc' }] } }),
      event('operations.publisher-key-added', { publisherId: 'via', keyId: 'k1', publicKey: pair.publicKeyText, validFrom: day(-9), validUntil: day(9) }),
    ] as never);
  }
  const signatureOf = (body: Buffer, as: { pool?: string; format?: string } = {}): string => {
    const id = `${as.pool ?? 'viabtc'}.reserve-01-${createHash('sha256').update(body).digest('hex')}-${as.format ?? 'canonical'}`;
    return sign({ body, attributes: { source: SOURCE, id, type: POOL_STATEMENT_TYPE }, keyId: { publisher: 'via', key: 'k1' }, privateKey: privateKeyOf(pair.privateKey), issuedAt: new Date() });
  };
  const handIn = async (signature: string | undefined, { pool = 'viabtc', body = FILE, format = 'canonical' as const } = {}): Promise<string> => {
    try {
      const answer = (await controller.receive({ pool, account: 'reserve-01', format }, 'application/json', signature, signature === undefined ? undefined : SOURCE, body, ACTOR)) as { duplicate: boolean };
      return answer.duplicate ? 'duplicate' : 'taken';
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      return `${error.status} ${error.code}`;
    }
  };
  const received = async (): Promise<StatementReceived[]> => (await desk.events('statement-')).filter(({ type }) => type === 'mining.statement-received').map(({ data }) => data as unknown as StatementReceived);

  it('is refused without a signature, and leaves nothing', async () => {
    await register();
    expect(await handIn(undefined)).toBe('401 unsigned-upload');
    expect(await received()).toEqual([]);
    expect(await desk.events('payout-')).toEqual([]);
  });

  it('is taken with one, which is kept and can be checked with the file', async () => {
    await register();
    expect(await handIn(signatureOf(FILE))).toBe('taken');
    const [statement] = await received();
    const reading = parseSignature(statement?.signed?.signature ?? '');
    expect(reading.ok && verify({ signature: reading.signature, body: Buffer.from(statement?.rawBase64 ?? '', 'base64'), publicKey: publicKeyOf(pair.publicKeyText) })).toBe(true);
    expect(statement?.signed?.body).toBeUndefined();
  });

  it('is refused under a signature for other bytes, another account or another format', async () => {
    await register();
    expect(await handIn(signatureOf(FILE), { body: Buffer.from('[]') })).toBe('401 signature-invalid');
    expect(await handIn(signatureOf(FILE, { pool: 'antpool' }))).toBe('401 signature-other-message');
    expect(await handIn(signatureOf(FILE, { format: 'viabtc' }))).toBe('401 signature-other-message');
    expect(await handIn(signatureOf(FILE, { pool: 'antpool' }), { pool: 'antpool' })).toBe('403 signature-outside-remit');
    expect(await handIn('nonsense')).toBe('401 signature-malformed');
  });

  it('that was handed in before anybody signed is a duplicate still, unsigned; of another pool it needs none', async () => {
    expect(await handIn(undefined)).toBe('taken');
    await register();
    expect(await handIn(undefined)).toBe('duplicate');
    expect(await handIn(undefined, { pool: 'antpool' })).toBe('taken');
  });
});

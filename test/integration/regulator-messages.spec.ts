import { ENERGY_READING_TYPE, LICENCE_ACT_TYPE, streamOf, type LicenceActTaken } from '@qazyna/contracts';
import { SqliteEventStore } from '@qazyna/event-store';
import { loadJurisdiction } from '@qazyna/jurisdiction';
import { decodeRecord, encodeRecord, type MessageBatch } from '@qazyna/messaging';
import { EnergyService, FarmsService, LicencesService, RegulatorConsumer } from '@qazyna/mining-ingest';
import { PublisherDirectory, UpstreamSignatures } from '@qazyna/service-kit';
import { generateKeyPair, privateKeyOf, sign, type KeyPair } from '@qazyna/signing';
import { SimulatedClock } from '@qazyna/testing';

const NOW = new Date('2026-03-01T09:30:00Z');
const SOURCE = 'urn:qazyna:regulator:energy';
const METADATA = { actor: { subject: 's', organisation: 'o' }, correlationId: 'c' };
const ACT = { licenceId: 'L-1', actId: 'S-1', act: 'suspend', effectiveAt: '2026-02-01T00:00:00Z', document: { reference: 'R-1', authority: 'regulator', sha256: 'ab'.repeat(32) } };
const READING = { farmId: 'F-1', meterId: 'M-1', from: '2026-02-01T00:00:00Z', to: '2026-02-01T01:00:00Z', energyWh: '5' };

describe('the regulator\'s messages, where signatures are required', () => {
  let store: SqliteEventStore;
  let pair: KeyPair;
  let consumer: RegulatorConsumer;

  /** The energy regulator may report readings, and no more. */
  beforeEach(async () => {
    store = SqliteEventStore.open({ file: ':memory:' });
    pair = generateKeyPair();
    const clock = new SimulatedClock(NOW);
    await may('energy-readings', 'no-stream', 1);
    const licences = new LicencesService(store, clock, loadJurisdiction());
    await licences.issue({ licenceId: 'L-1', kind: 'mining', holder: 'holder', validFrom: '2025-01-01T00:00:00Z' }, METADATA);
    await new FarmsService(store, clock, loadJurisdiction()).register({ farmId: 'F-1', licenceId: 'L-1', energySource: 'hydro', meters: ['M-1'] }, METADATA);
    const signatures = new UpstreamSignatures(new PublisherDirectory(store), clock, 'required', { inc: () => undefined });
    consumer = new RegulatorConsumer(licences, new EnergyService(store, clock), signatures);
  });
  afterEach(() => store.close());

  async function may(register: 'energy-readings' | 'licence-acts', expected: 'no-stream' | bigint, id: number): Promise<void> {
    const remit = { sources: [SOURCE], grants: [{ register }] };
    const event = (index: number, type: string, data: Record<string, unknown>) => ({ id: `00000000-0000-4000-8000-0000000000${id}${index}`, type, data: data as never, metadata: { ...METADATA, schemaVersion: 1 } });
    const first = event(0, expected === 'no-stream' ? 'operations.publisher-registered' : 'operations.publisher-remit-changed', { publisherId: 'energy', ...(expected === 'no-stream' ? { organisation: 'energy' } : {}), remit });
    const key = event(1, 'operations.publisher-key-added', { publisherId: 'energy', keyId: 'k1', publicKey: pair.publicKeyText, validFrom: '2026-01-01T00:00:00Z', validUntil: '2027-01-01T00:00:00Z' });
    await store.append(streamOf.publisher('energy'), expected, expected === 'no-stream' ? [first, key] : [first]);
  }

  function message(type: string, id: string, data: object, signed = true): MessageBatch[number] {
    const plain = { id, source: SOURCE, type, extensions: {}, data };
    const signature = sign({ body: Buffer.from(JSON.stringify(data)), attributes: plain, keyId: { publisher: 'energy', key: 'k1' }, privateKey: privateKeyOf(pair.privateKey), issuedAt: NOW });
    return { event: decodeRecord(encodeRecord({ ...plain, extensions: signed ? { signature } : {} })) } as MessageBatch[number];
  }
  const take = async (...batch: MessageBatch): Promise<string[]> => (await consumer.take(batch)).map((outcome) => (outcome.kind === 'done' ? 'done' : outcome.code));
  const acts = async (): Promise<LicenceActTaken[]> => {
    const taken: LicenceActTaken[] = [];
    for await (const page of store.readStream(streamOf.licence('L-1'))) taken.push(...page.filter(({ type }) => type === 'mining.licence-suspended').map(({ data }) => data as unknown as LicenceActTaken));
    return taken;
  };

  it('take effect in their order within the remit of who signed them, each once, with the proof', async () => {
    await may('licence-acts', 1n, 2);
    const batch = [message(LICENCE_ACT_TYPE, 'a', ACT), message(LICENCE_ACT_TYPE, 'b', ACT)];
    expect(await take(...batch)).toEqual(['done', 'done']);
    expect(await take(...batch)).toEqual(['done', 'done']);
    expect((await acts()).map(({ actId, signed }) => [actId, signed?.publisherId])).toEqual([['S-1', 'energy']]);
    expect(await take(message(LICENCE_ACT_TYPE, 'c', { ...ACT, effectiveAt: '2026-02-02T00:00:00Z' }))).toEqual(['licence-act-conflict']);
  });

  it('are put aside unsigned, or by one who may not say that, and change nothing', async () => {
    expect(await take(message(LICENCE_ACT_TYPE, 'a', ACT), message(LICENCE_ACT_TYPE, 'b', ACT, false), message(ENERGY_READING_TYPE, 'c', READING, false))).toEqual(['signature-outside-remit', 'signature-missing', 'signature-missing']);
    expect(await acts()).toEqual([]);
  });

  it('have a result each where readings and acts, sound and not, come together', async () => {
    expect(await take(message(ENERGY_READING_TYPE, 'a', READING), message(LICENCE_ACT_TYPE, 'b', ACT), message(ENERGY_READING_TYPE, 'c', { ...READING, meterId: 'M-9' }), message(ENERGY_READING_TYPE, 'd', READING))).toEqual([
      'done', 'signature-outside-remit', 'meter-unknown', 'done',
    ]);
  });
});

import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseMessage, ScreeningResult, type ScreenedAddress } from '@qazyna/contracts';
import { indexed } from './list-archive.store.js';
import { entriesOf } from './list-entries.adapter.js';
import { readList } from './list-formats.adapter.js';
import { ListProvider, type LoadedList } from './list-provider.adapter.js';
import type { ScreeningProvider } from './screening-provider.js';
import { VendorProvider } from './vendor-provider.adapter.js';

const clock = { now: () => new Date('2026-03-01T00:00:00Z') };
const LISTED: ScreenedAddress = { address: '12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h', chain: 'bitcoin' };
const CLEAN: ScreenedAddress = { address: '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa', chain: 'bitcoin' };

type Behaviour = 'well' | 'unavailable' | 'slow' | 'garbage' | 'pending' | 'unknown-level';
interface Staged {
  readonly provider: ScreeningProvider;
  readonly close: () => Promise<void>;
}

/** What every provider keeps, whatever stands behind it; a behaviour that it cannot have is left out. */
function contract(name: string, behaviours: readonly Behaviour[], stage: (behaviour: Behaviour) => Promise<Staged>): void {
  describe(`the contract of providers: ${name}`, () => {
    let staged: Staged | undefined;
    const providerThat = async (behaviour: Behaviour): Promise<ScreeningProvider> => (staged = await stage(behaviour)).provider;
    afterEach(async () => {
      await staged?.close();
      staged = undefined;
    });

    it('answers for each address in order, with results that are sound', async () => {
      const provider = await providerThat('well');
      const results = await provider.screen([CLEAN, LISTED, CLEAN]);
      expect(results.map(({ address, chain }) => ({ address, chain }))).toEqual([CLEAN, LISTED, CLEAN]);
      for (const result of results) expect(parseMessage(ScreeningResult, result)).toMatchObject({ ok: true });
      expect(results.map(({ level, status }) => [status, provider.meaningOf(level)])).toEqual([['complete', 'clear'], ['complete', 'hold'], ['complete', 'clear']]);
    });

    it('does not know a level that it never named', async () => expect((await providerThat('well')).meaningOf('unknown')).toBe('unknown'));

    it('says nothing of no addresses', async () => expect(await (await providerThat('well')).screen([])).toEqual([]));

    it.each(behaviours.filter((each) => each !== 'well'))('%s: never throws, never hangs, never clear', async (behaviour) => {
      const provider = await providerThat(behaviour);
      const started = performance.now();
      const [result] = await provider.screen([CLEAN]);
      expect(performance.now() - started).toBeLessThan(4_000);
      expect(parseMessage(ScreeningResult, result)).toMatchObject({ ok: true });
      expect(result?.status === 'complete' && provider.meaningOf(result.level) === 'clear').toBe(false);
      expect(result?.status).toBe(behaviour === 'pending' ? 'pending' : behaviour === 'unknown-level' ? 'complete' : 'error');
    });
  });
}

const FILES = {
  'ofac-sdn': `<sdnList><sdnEntry><uid>1</uid><programList><program>CYBER2</program></programList><idList><id><idType>Digital Currency Address - XBT</idType><idNumber>${LISTED.address}</idNumber></id></idList></sdnEntry></sdnList>`,
  'ofac-sdn-advanced': `<Sanctions><FeatureTypeValues><FeatureType ID="344">Digital Currency Address - XBT</FeatureType></FeatureTypeValues><Profile ID="1"><Feature FeatureTypeID="344"><VersionDetail>${LISTED.address}</VersionDetail></Feature></Profile></Sanctions>`,
  text: LISTED.address,
  opensanctions: JSON.stringify({ id: 'x', schema: 'CryptoWallet', properties: { publicKey: [LISTED.address] } }),
} as const;

for (const format of ['ofac-sdn', 'ofac-sdn-advanced', 'text', 'opensanctions'] as const) {
  contract(`a list in ${format}`, ['well', 'unavailable'], async (behaviour) => {
    const { entries } = entriesOf((await readList(format, new TextEncoder().encode(FILES[format]))).found);
    const loaded: LoadedList = { list: 'spec', version: '1', contentSha256: 'ab'.repeat(32), entries: indexed(entries) };
    return { provider: new ListProvider('spec', () => (behaviour === 'unavailable' ? undefined : loaded), clock), close: () => Promise.resolve() };
  });
}

type Door = (asked: { readonly method: string; readonly path: string; readonly address: string | undefined; readonly times: number }, response: ServerResponse) => void;

/** A vendor on this machine that does as it is told. */
async function vendor(door: Door, options: { readonly attemptsMax?: number; readonly pollsMax?: number } = {}): Promise<Staged & { readonly asked: string[] }> {
  const asked: string[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const [method = '', path = ''] = [request.method, request.url];
      asked.push(`${method} ${path} ${request.headers.authorization ?? ''}`);
      const body = Buffer.concat(chunks).toString();
      door({ method, path, address: body === '' ? undefined : (JSON.parse(body) as ScreenedAddress).address, times: asked.length }, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2/`;
  return {
    asked,
    provider: new VendorProvider({ url, key: 'secret', clearLevels: ['none', 'low'], clock, timeoutMs: 300, retryMs: 5, random: () => 0.5, ...options }),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const json = (response: ServerResponse, body: object, status = 200): void => void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
const complete = (address: string | undefined): object => ({ requestId: `r-${address ?? ''}`, status: 'complete', level: address === LISTED.address ? 'Severe' : 'Low', categories: ['mixer'], exposure: '12%', listVersion: '7' });

const DOORS: Readonly<Record<Behaviour, Door>> = {
  'well': ({ address }, response) => json(response, complete(address)),
  'unavailable': (_asked, response) => json(response, {}, 503),
  'slow': () => undefined,
  'garbage': (_asked, response) => void response.writeHead(200).end('<html>{'),
  'pending': (_asked, response) => json(response, { requestId: 'r-1', status: 'pending' }, 202),
  'unknown-level': (_asked, response) => json(response, { requestId: 'r-1', status: 'complete', level: 'unknown' }),
};

contract('a vendor over HTTP', ['well', 'unavailable', 'slow', 'garbage', 'pending', 'unknown-level'], (behaviour) => vendor(DOORS[behaviour]));

describe('a vendor that misbehaves', () => {
  let staged: Awaited<ReturnType<typeof vendor>> | undefined;
  const behind = async (door: Door, options?: { readonly attemptsMax?: number; readonly pollsMax?: number }): Promise<Awaited<ReturnType<typeof vendor>>> => (staged = await vendor(door, options));
  afterEach(() => staged?.close());

  it.each([429, 500, 503])('is asked again after %i, with its key', async (status) => {
    const { provider, asked } = await behind(({ address, times }, response) => (times < 3 ? void response.writeHead(status, { 'retry-after': '0' }).end() : json(response, complete(address))));
    expect(await provider.screen([CLEAN])).toMatchObject([{ status: 'complete', level: 'Low', categories: ['mixer'], exposure: '12%', listVersion: '7' }]);
    expect(asked).toEqual(Array.from({ length: 3 }, () => 'POST /v2/screenings Bearer secret'));
  });

  it('is not asked again after it refused', async () => {
    const { provider, asked } = await behind((_asked, response) => json(response, {}, 401));
    expect(await provider.screen([CLEAN])).toMatchObject([{ status: 'error', level: 'unknown' }]);
    expect(asked).toHaveLength(1);
  });

  it('may cut its answer off once', async () => {
    const { provider } = await behind(({ address, times }, response) => {
      if (times > 1) return json(response, complete(address));
      response.writeHead(200, { 'content-length': '500' }).write('{"requestId":');
      setTimeout(() => response.destroy(), 20);
    });
    expect(await provider.screen([CLEAN])).toMatchObject([{ status: 'complete' }]);
  });

  it.each([
    ['no number', { status: 'complete', level: 'low' }],
    ['a status of its own', { requestId: 'r', status: 'done', level: 'low' }],
    ['no level', { requestId: 'r', status: 'complete' }],
    ['a level that is no text', { requestId: 'r', status: 'complete', level: 0 }],
    ['another address', { requestId: 'r', status: 'complete', level: 'low', address: LISTED.address }],
    ['categories that are no list', { requestId: 'r', status: 'complete', level: 'low', categories: 'mixer' }],
    ['a list in place of an object', [1]],
  ])('JSON with %s is no answer', async (_what, body) => {
    const { provider } = await behind((_asked, response) => json(response, body));
    expect(await provider.screen([CLEAN])).toMatchObject([{ status: 'error', level: 'unknown' }]);
  });

  it('an answer without end is cut off', async () => {
    const { provider } = await behind((_asked, response) => void response.writeHead(200).end(`{"requestId":"${'x'.repeat(400_000)}"}`), { attemptsMax: 1 });
    expect(await provider.screen([CLEAN])).toMatchObject([{ status: 'error' }]);
  });

  it('a pending answer is asked for by its number, within one call and in the next', async () => {
    const { provider, asked } = await behind(({ address, times, method }, response) => {
      if (method === 'POST') return json(response, { requestId: 'r 1', status: 'pending' }, 202);
      return json(response, times < 4 ? { requestId: 'r 1', status: 'pending' } : complete(address));
    }, { pollsMax: 2 });
    expect(await provider.screen([CLEAN])).toMatchObject([{ status: 'pending', requestId: 'r 1' }]);
    expect(await provider.screen([CLEAN])).toMatchObject([{ status: 'complete' }]);
    expect(asked.map((each) => each.split(' Bearer')[0])).toEqual(['POST /v2/screenings', 'GET /v2/screenings/r%201', 'GET /v2/screenings/r%201', 'GET /v2/screenings/r%201']);
  });
});

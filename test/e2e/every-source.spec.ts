import { STATEMENT_SAMPLES } from '@qazyna/mining-ingest/fuzz';
import { allItems, ask, call, until, type Problem } from '../system/caller.js';
import { attributes, binaryHeaders, fact, LICENCE } from '../system/messages.js';
import { Standalone } from '../system/standalone.js';

/** The wallet of the pools' own documented statements. */
const WALLET = 'bc1qllf33yhp7m80sfm35fce0tagcckey7dljauwd5';
const MEDIA_TYPES = { 'json': 'application/json', 'csv': 'text/csv', 'json-lines': 'application/x-ndjson' };
/** What a person waits for; the median of all must be below, a single one may meet a busy machine. */
const A_SECOND = 1_000;

interface Row {
  readonly status: string;
  readonly payoutId?: string;
  readonly kind?: string;
  readonly code?: string;
}

/** Every act and every format as its sender sends it, and how long it takes until others see what became of it. */
describe('what is sent is seen', () => {
  let standalone: Standalone;
  const seenAfterMs: number[] = [];

  beforeAll(async () => {
    standalone = await Standalone.start({ story: false });
    await post('/v1/licences', 'regulator', { licenceId: LICENCE, kind: 'mining', holder: 'a-farm', validFrom: '2015-01-01T00:00:00Z' });
    for (const pool of new Set(STATEMENT_SAMPLES.map(poolOf))) await post('/v1/pool-accounts', 'custodian', { pool, account: 'reserve-01', licenceId: LICENCE, network: 'mainnet', payoutAddress: WALLET });
  }, 60_000);
  afterAll(async () => {
    const sorted = [...seenAfterMs].sort((a, b) => a - b);
    process.stdout.write(`seen after: median ${Math.round(sorted[sorted.length >> 1] ?? 0)} ms, at most ${Math.round(sorted.at(-1) ?? 0)} ms, of ${sorted.length} messages\n`);
    await standalone.remove();
  }, 30_000);

  const post = <T>(path: string, role: string, body: object): Promise<T> => ask<T>(standalone.url, path, { role, body: JSON.stringify(body) });
  const poolOf = ({ format }: { readonly format: string }): string => (format === 'canonical' ? 'any-pool' : format);

  /** From when the sender has the answer until the reader has. */
  async function seen<T>(what: string, question: () => Promise<T>, wanted: (answer: T) => boolean): Promise<T> {
    const answered = performance.now();
    const answer = await until(what, question, wanted, 10_000);
    seenAfterMs.push(performance.now() - answered);
    return answer;
  }

  let days = 0;
  async function publish(caseNumber: string, act: string, changes: object): Promise<{ readonly status: number; readonly body: { readonly status?: string; readonly code?: string; readonly factId?: string } }> {
    const { assets, ...rest } = fact(caseNumber, { act, effectiveAt: new Date(Date.UTC(2026, 0, ++days)).toISOString() });
    const body = JSON.stringify({ ...rest, ...(act === 'reported' ? { assets } : {}), ...changes });
    const answer = await call(standalone.url, '/v1/seizure-facts', { role: 'law-enforcement', headers: binaryHeaders('ce-', attributes('fact', `every-${days}`)), body });
    return { status: answer.status, body: JSON.parse(answer.text) as Problem & { status: never } };
  }
  const caseOf = (caseNumber: string) => ask<{ legalStatus: string; held: number; assets: { legalStatus: string }[]; history: { factId: string; state: string; act: string }[] }>(standalone.url, `/v1/cases/afm.${caseNumber.replace('/', '_')}`, { role: 'auditor' });

  const PROCEEDS = { asset: 'qazyna:local/iso4217:KZT', amount: '4200000000', location: { kind: 'bank-account', reference: 'deposit-1' } };
  const ACTS: [caseNumber: string, act: string, status: string, changes: object][] = [
    ['1/1', 'reported', 'reported', {}],
    ['1/1', 'restriction', 'restricted', { lapsesAt: '2026-01-12T00:00:00Z' }],
    ['1/1', 'arrest', 'arrested', {}],
    ['1/1', 'evidence', 'evidence', {}],
    ['1/1', 'pre-verdict-sale', 'evidence', { assetIds: ['1'], proceeds: PROCEEDS }],
    ['1/1', 'confiscation-order', 'confiscation-ordered', {}],
    ['1/1', 'finality', 'final', {}],
    ['1/1', 'state-property-decision', 'state-property', {}],
    ['1/1', 'reversal', 'reversed', {}],
    ['1/1', 'release-to-owner', 'released', {}],
    ['1/2', 'reported', 'reported', {}],
    ['1/2', 'arrest', 'arrested', {}],
    ['1/2', 'return-to-victim', 'returned-to-victim', { victim: { reference: 'V-2026-0007', manner: 'value', value: { currency: 'KZT', amount: '250000000', datedAt: '2026-01-05T00:00:00Z' } } }],
  ];
  it.each(ACTS)('case %s: %s makes it %s', async (caseNumber, act, status, changes) => {
    const { body } = await publish(caseNumber, act, changes);
    expect(body.status).toBe('accepted');
    const shown = await seen(act, () => caseOf(caseNumber), ({ history }) => history.some(({ factId, state }) => factId === body.factId && state === 'applied'));
    expect(shown.legalStatus).toBe(status);
  });

  it('a correction of a report makes the case one that was withdrawn', async () => {
    const { body: reported } = await publish('1/3', 'reported', {});
    const { body } = await publish('1/3', 'correction', { corrects: reported.factId, annuls: true });
    expect(body.status).toBe('accepted');
    await seen('the correction', () => caseOf('1/3'), ({ legalStatus, assets }) => legalStatus === 'withdrawn' && assets.every((each) => each.legalStatus === 'withdrawn'));
  });

  it('an act that presupposes another waits, visibly, and applies when it comes', async () => {
    const { body: held } = await publish('1/4', 'finality', { effectiveAt: '2026-02-03T00:00:00Z' });
    expect(held.status).toBe('held');
    await seen('that it waits', () => ask<{ items: { caseId: string }[] }>(standalone.url, '/v1/cases?held=yes', { role: 'auditor' }), ({ items }) => items.some(({ caseId }) => caseId === 'afm.1_4'));
    for (const [index, act] of ['reported', 'arrest', 'confiscation-order'].entries()) await publish('1/4', act, { effectiveAt: `2026-01-0${index + 1}T00:00:00Z` });
    await seen('that it applies', () => caseOf('1/4'), ({ held: waiting, legalStatus }) => waiting === 0 && legalStatus === 'final');
  });

  it.each([
    ['an act that came too late', '1/1', 'return-to-victim', { victim: { reference: 'V-1', manner: 'in-kind' } }, 'case-released'],
    ['a restriction longer than the law allows', '1/2', 'restriction', { lapsesAt: '2026-12-31T00:00:00Z' }, 'restriction-too-long'],
    ['a share above the whole', '1/2', 'confiscation-order', { share: { numerator: '3', denominator: '2' } }, 'share-exceeds-whole'],
    ['a person\'s number in free text', '1/2', 'arrest', { document: { reference: 'IIN 900101300126', authority: 'court', sha256: 'c0'.repeat(32) } }, 'validation-failed'],
  ])('%s is refused by its rule', async (_what, caseNumber, act, changes, code) => {
    const { status, body } = await publish(caseNumber, act, changes);
    expect([status >= 400 && status < 500, body.code]).toEqual([true, code]);
  });

  it('a refused act stays in the history of its case, with what it was', async () => {
    const { history } = await until('the refused act', () => caseOf('1/1'), ({ history: acts }) => acts.some(({ state }) => state === 'refused'), 10_000);
    expect(history.filter(({ state }) => state === 'refused')).toMatchObject([{ act: 'return-to-victim', effectiveAt: expect.stringMatching(/^2026-/) as string, detail: { code: 'case-released', document: { authority: expect.any(String) as string } } }]);
  });

  const SUMMARIES: Readonly<Record<string, object>> = {
    'btcpool-kz payments': { accepted: 1, held: 1 },
    'btcpool-kz profits': { accepted: 4 },
    'viabtc payments': { accepted: 2 },
    'viabtc profits': { accepted: 2 },
    'viabtc payments in CSV': { refused: 1, unreadable: 2 },
    'f2pool transactions': { accepted: 2, information: 1 },
    'antpool payouts': { accepted: 1 },
    'antpool received': { accepted: 1 },
    'braiins payouts': { accepted: 1, information: 2 },
    'canonical list': { accepted: 2 },
    'canonical CSV': { duplicate: 2 },
    'canonical lines': { accepted: 2 },
    'statutory CSV': { recorded: 2 },
    'statutory list': { refused: 1 },
  };
  it.each(STATEMENT_SAMPLES.map((sample) => [`${sample.format} ${sample.name}`, sample] as const))('%s: every row is accepted, held, refused or kept as unreadable', async (name, sample) => {
    const answer = await ask<{ statementId: string; summary: object; results: Row[] }>(standalone.url, `/v1/pool-statements?pool=${poolOf(sample)}&account=reserve-01&format=${sample.format}`, {
      role: 'pool-operator', headers: { 'content-type': MEDIA_TYPES[sample.media] }, body: sample.text,
    });
    expect(answer.summary).toEqual(SUMMARIES[name]);
    expect(answer.results).toHaveLength(sample.rows);
    const payouts = answer.results.filter(({ payoutId, status }) => payoutId !== undefined && status !== 'refused');
    if (payouts.length > 0) {
      const listed = await seen(name, () => allItems<{ payoutId: string; status: string }>(standalone.url, `/v1/payouts?pool=${poolOf(sample)}`, { role: 'auditor' }), (items) => payouts.every(({ payoutId }) => items.some((item) => item.payoutId === payoutId)));
      for (const { payoutId, status } of payouts) expect(listed.find((item) => item.payoutId === payoutId)?.status).toBe(status === 'duplicate' ? 'accepted' : status);
    }
    await seen('the statement', () => allItems<{ statementId: string }>(standalone.url, `/v1/pool-statements?pool=${poolOf(sample)}`, { role: 'auditor' }), (items) => items.some(({ statementId }) => statementId === answer.statementId));
  });

  it('is seen within a second', () => {
    const sorted = [...seenAfterMs].sort((a, b) => a - b);
    expect(sorted.length).toBeGreaterThan(30);
    expect(sorted[sorted.length >> 1]).toBeLessThan(A_SECOND);
  });
});

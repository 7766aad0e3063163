import { runCommand } from '@qazyna/cli';
import { attackEndpoints } from '../fuzz/endpoints.js';
import { ask, call } from '../system/caller.js';
import { Standalone } from '../system/standalone.js';

const SEED = 1;
const PER_OPERATION = 20;

/** A short form of `npm run fuzz -- --endpoints`: whatever is sent, the service answers, and says what was wrong. */
describe('every operation of the HTTP interface, attacked', () => {
  let standalone: Standalone;
  beforeAll(async () => {
    standalone = await Standalone.start({ story: true });
  }, 180_000);
  afterAll(() => standalone.remove(), 30_000);

  it('answers with a problem that has a code, and never with a 5xx or nothing', async () => {
    const { requests, faults, byStatus, unsound } = await attackEndpoints({ url: standalone.url, seed: SEED, perOperation: PER_OPERATION });
    expect(faults).toEqual([]);
    // What the description gives as an example meets the rules it describes.
    expect(unsound).toEqual([]);
    expect(requests).toBeGreaterThan(1_500);
    // It reaches behind the doors as well: not everything is refused at once.
    expect(byStatus['200'] ?? 0).toBeGreaterThan(requests / 10);
  }, 180_000);

  it('is whole afterwards: figures, readiness, and the audit of the pipeline', async () => {
    expect((await call(standalone.url, '/health/ready')).status).toBe(200);
    await ask(standalone.url, '/v1/holdings');
    expect((await call(standalone.url, '/')).status).toBe(200);
    await standalone.stop();
    let out = '';
    const code = await runCommand(['audit', 'pipeline', '--json', '--grace', '0'], { env: { QAZYNA_DATA_DIR: standalone.dataDir }, isInteractive: false, signal: new AbortController().signal, out: (text) => void (out += text), err: () => undefined });
    expect({ code, findings: (JSON.parse(out) as { findings: { severity: string }[] }).findings.filter(({ severity }) => severity !== 'notice') }).toEqual({ code: 0, findings: [] });
  }, 60_000);
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { PayoutClaim } from '@qazyna/contracts';
import { systemClock } from '@qazyna/event-store';
import { loadJurisdiction } from '@qazyna/jurisdiction';
import { createLogger, loadPlatformConfig, ReadModelHost, type ReadModelDefinition } from '@qazyna/service-kit';
import { earningsReadModel } from '../earnings/earnings.read-model.js';
import { EarningsService } from '../earnings/earnings.service.js';
import { MiningDesk, SPEC_METADATA, WALLET } from '../spec-support/mining-desk.js';
import { AmountHistories } from './amount-history.query.js';
import { miningReadModel } from './payouts.read-model.js';
import { PayoutsService } from './payouts.service.js';

/** Every wait has a bound of its own; this one is for a busy machine. */
jest.setTimeout(30_000);

const claim = (day: number, amount: string): PayoutClaim => ({
  pool: 'btcpool-kz',
  account: 'reserve-01',
  paymentId: `${day}`,
  asset: 'bip122:000000000019d6689c085ae165831e93/slip44:0',
  amount,
  address: WALLET,
  txid: `${day}`.padStart(64, '0'),
  paidAt: `2026-03-0${day}T12:00:00Z`,
});

it('holds a payout above or below what was earned since the one before, and an officer releases it', async () => {
  const desk = await MiningDesk.open('btcpool-kz');
  const folder = mkdtempSync(join(tmpdir(), 'qazyna-amounts-'));
  const open = (definition: ReadModelDefinition): ReadModelHost => {
    const host = ReadModelHost.open(definition, { dataDir: folder, store: desk.store, clock: systemClock, logger: createLogger({ service: 'spec', level: 'silent', pretty: false }) });
    host.start();
    return host;
  };
  const [earnings, payouts] = [open(earningsReadModel), open(miningReadModel)];
  try {
    const { config } = loadPlatformConfig({}, { standalone: true, usesChain: false });
    const service = new PayoutsService(desk.store, config, new AmountHistories(earnings, payouts, loadJurisdiction('kz')));
    const receive = async (...claims: readonly PayoutClaim[]): Promise<(string | undefined)[]> =>
      (await service.receive(claims.map((each) => ({ claim: each, way: 'http', metadata: SPEC_METADATA })))).map(({ status, code }) => code ?? status);

    expect(await receive(claim(2, '999999'))).toEqual(['accepted']);
    for (let day = 1; day <= 7; day++) {
      const date = `2026-03-0${day}`;
      const reported = { earningsId: `btcpool-kz.reserve-01~${date}`, poolAccountId: 'btcpool-kz.reserve-01', asset: claim(1, '1').asset, date, hashRate: '1', parts: [], total: '1000', scheme: 'fpps' as const };
      await new EarningsService(desk.store).take(reported, 'http', SPEC_METADATA);
    }
    const last = (await desk.events('earnings-')).at(-1);
    const paid = (await desk.events('payout-')).at(-1);
    if (last === undefined || paid === undefined) throw new Error('nothing was recorded');
    await Promise.all([earnings.caughtUpTo(last.position, 20_000), payouts.caughtUpTo(paid.position, 20_000)]);

    // Newest first, as pools list them: each is counted from the one before it in the same batch.
    expect(await receive(claim(7, '3061'), claim(5, '3100'), claim(3, '979'))).toEqual(['amount-implausible', 'amount-implausible', 'amount-implausible']);
    expect(await receive(claim(6, '1500'), claim(4, '1000'))).toEqual(['accepted', 'accepted']);
    expect(await service.decide('btcpool-kz.reserve-01~5', { decision: 'release', reason: 'a bonus, by letter' }, SPEC_METADATA)).toEqual({ status: 'accepted' });
  } finally {
    await Promise.all([earnings.close(), payouts.close()]);
    await desk.end();
    rmSync(folder, { recursive: true });
  }
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteEventStore, systemClock, type EventStore, type RecordedEvent } from '@qazyna/event-store';
import { loadJurisdiction } from '@qazyna/jurisdiction';
import { loadPlatformConfig } from '@qazyna/service-kit';
import { LicencesService } from '../licences/licences.service.js';
import { PayoutsService } from '../payouts/payouts.service.js';
import { PoolAccountsService } from '../pools/pool-accounts.service.js';
import { StatementArchive } from '../pools/statement-archive.service.js';
import { StatementRows } from '../pools/statement-rows.service.js';
import { StatementsService } from '../pools/statements.service.js';

export const WALLET = 'bc1qllf33yhp7m80sfm35fce0tagcckey7dljauwd5';
export const SPEC_METADATA = { actor: { subject: 'spec', organisation: 'spec' }, correlationId: 'spec' };

/** Mining's own services over a store in a folder of its own, for specs. */
export class MiningDesk {
  readonly archive: StatementArchive;
  readonly statements: StatementsService;
  readonly payouts: PayoutsService;

  private constructor(
    readonly store: EventStore,
    private readonly folder: string,
    private readonly close: () => Promise<void>,
  ) {
    const { config } = loadPlatformConfig({}, { standalone: true, usesChain: false });
    this.payouts = new PayoutsService(store, config);
    this.archive = new StatementArchive(store);
    this.statements = new StatementsService(store, config, this.archive, new StatementRows(store, this.payouts, undefined));
  }

  /** With account `reserve-01` at each of these pools, under one licence, paying to one mainnet wallet. */
  static async open(...pools: readonly string[]): Promise<MiningDesk> {
    const folder = mkdtempSync(join(tmpdir(), 'qazyna-mining-'));
    const store = SqliteEventStore.open({ file: join(folder, 'events.db') });
    const desk = new MiningDesk(store, folder, () => store.close());
    const { config } = loadPlatformConfig({}, { standalone: true, usesChain: false });
    await new LicencesService(store, systemClock, loadJurisdiction()).issue({ licenceId: 'L-1', kind: 'mining', holder: 'holder', validFrom: '2010-01-01T00:00:00Z' }, SPEC_METADATA);
    const accounts = new PoolAccountsService(store, systemClock, config);
    for (const pool of pools) await accounts.register({ pool, account: 'reserve-01', licenceId: 'L-1', network: 'mainnet', payoutAddress: WALLET }, SPEC_METADATA);
    return desk;
  }

  async events(...prefixes: readonly string[]): Promise<readonly RecordedEvent[]> {
    const events: RecordedEvent[] = [];
    for await (const page of this.store.readAll(prefixes.length === 0 ? {} : { filter: { streamPrefixes: prefixes } })) events.push(...page);
    return events;
  }

  async end(): Promise<void> {
    await this.close();
    rmSync(this.folder, { recursive: true });
  }
}

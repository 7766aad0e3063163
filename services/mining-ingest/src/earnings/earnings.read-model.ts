import type { BlockConnected, BlockDisconnected, ChainDayRecorded, EarningsJudged, EarningsReported, PoolAccountTermsSet } from '@qazyna/contracts';
import type { RecordedEvent } from '@qazyna/event-store';
import { bitcoinAsset } from '@qazyna/ledger';
import type { ReadModelDefinition, ReadModelWriter } from '@qazyna/service-kit';
import { dayNumber, SETTLED_BLOCKS } from '../plausibility/chain-day.js';

const DAY_S = 86_400;

/** Earnings by day, the chain's blocks and days, accounts' terms, what was judged, and what is to be judged again. The chain is read from custody's stream, as reporting reads it. */
export const earningsReadModel: ReadModelDefinition = {
  name: 'mining-earnings',
  version: 2,
  streamPrefixes: ['earnings-', 'network-day-', 'chain-', 'pool-account-'],
  schema: `
    CREATE TABLE earnings (
      earnings_id TEXT PRIMARY KEY, sequence TEXT NOT NULL UNIQUE, pool_account_id TEXT NOT NULL, asset TEXT NOT NULL, date TEXT NOT NULL, day INTEGER NOT NULL,
      hash_rate TEXT, scheme TEXT NOT NULL, parts TEXT NOT NULL, total TEXT NOT NULL, statement_sha256 TEXT, recorded_at TEXT NOT NULL, judgement TEXT, verdict TEXT, revision INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX earnings_by_account ON earnings (pool_account_id, day);
    CREATE INDEX earnings_by_day ON earnings (day, asset);
    CREATE TABLE judgements (
      subject TEXT PRIMARY KEY, sequence TEXT NOT NULL UNIQUE, pool_account_id TEXT NOT NULL, first_date TEXT NOT NULL, days INTEGER NOT NULL, verdict TEXT NOT NULL,
      judgement TEXT NOT NULL, recorded_at TEXT NOT NULL
    ) STRICT;
    CREATE INDEX judgements_by_verdict ON judgements (verdict, sequence);
    CREATE TABLE terms (
      pool_account_id TEXT NOT NULL, sequence TEXT NOT NULL, from_date TEXT NOT NULL, fee_ppm INTEGER, hash_rate TEXT, PRIMARY KEY (pool_account_id, sequence)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE to_judge (pool_account_id TEXT NOT NULL, day INTEGER NOT NULL, sequence TEXT NOT NULL, PRIMARY KEY (pool_account_id, day)) STRICT;
    CREATE INDEX to_judge_by_sequence ON to_judge (sequence, pool_account_id, day);
    CREATE TABLE chain_days (network TEXT NOT NULL, date TEXT NOT NULL, facts TEXT NOT NULL, PRIMARY KEY (network, date)) STRICT;
    CREATE TABLE blocks (
      network TEXT NOT NULL, hash TEXT NOT NULL, height INTEGER NOT NULL, time INTEGER NOT NULL, bits TEXT NOT NULL, subsidy TEXT NOT NULL, fees TEXT NOT NULL,
      PRIMARY KEY (network, hash)
    ) STRICT;
    CREATE INDEX blocks_by_height ON blocks (network, height);
    CREATE INDEX blocks_by_time ON blocks (network, time);
  `,
  apply(db, event) {
    const at = event.recordedAt.toISOString();
    switch (event.type) {
      case 'mining.earnings-reported':
      case 'mining.earnings-corrected': {
        const { earningsId, poolAccountId, asset, date, hashRate, scheme, parts, total, statementSha256, revision } = event.data as unknown as EarningsReported;
        db.run(
          `INSERT INTO earnings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, ?)
           ON CONFLICT (earnings_id) DO UPDATE SET hash_rate = excluded.hash_rate, scheme = excluded.scheme, parts = excluded.parts, total = excluded.total,
             statement_sha256 = excluded.statement_sha256, recorded_at = excluded.recorded_at, revision = excluded.revision`,
          earningsId, event.position, poolAccountId, asset, date, dayNumber(date), hashRate ?? null, scheme, JSON.stringify(parts), total, statementSha256 ?? null, at, revision ?? 1,
        );
        touch(db, event, poolAccountId, dayNumber(date));
        return;
      }
      case 'mining.earnings-judged': {
        const judged = event.data as unknown as EarningsJudged;
        const { subject, poolAccountId, from, days, verdict } = judged;
        const text = JSON.stringify(judged);
        db.run('INSERT OR REPLACE INTO judgements VALUES (?, ?, ?, ?, ?, ?, ?, ?)', subject, event.position, poolAccountId, from, days, verdict, text, at);
        db.run('UPDATE earnings SET judgement = ?, verdict = ? WHERE earnings_id = ?', text, verdict, subject);
        // What it rests on may have changed again before it was written: it is looked at once more.
        touch(db, event, poolAccountId, dayNumber(from));
        return;
      }
      case 'mining.pool-account-terms-set': {
        const { poolAccountId, from, poolFeePpm, hashRate } = event.data as unknown as PoolAccountTermsSet;
        db.run('INSERT INTO terms VALUES (?, ?, ?, ?, ?)', poolAccountId, event.position, from, poolFeePpm ?? null, hashRate ?? null);
        db.run('INSERT OR REPLACE INTO to_judge SELECT DISTINCT pool_account_id, day, ? FROM earnings WHERE pool_account_id = ? AND day >= ?', event.position, poolAccountId, dayNumber(from));
        return;
      }
      case 'mining.chain-day-recorded': {
        const facts = event.data as unknown as ChainDayRecorded;
        db.run('INSERT OR REPLACE INTO chain_days VALUES (?, ?, ?)', facts.network, facts.date, JSON.stringify(facts));
        touchDays(db, event, facts.network, dayNumber(facts.date), dayNumber(facts.date));
        return;
      }
      case 'custody.block-connected': {
        const { network, hash, height, time, bits, subsidy, fees } = event.data as unknown as BlockConnected;
        // Blocks recorded before these figures were kept say nothing here.
        if (bits === undefined || subsidy === undefined || fees === undefined) return;
        const seconds = Math.floor(Date.parse(time) / 1000);
        db.run('INSERT OR REPLACE INTO blocks VALUES (?, ?, ?, ?, ?, ?, ?)', network, hash, height, seconds, bits, subsidy, fees);
        touchAround(db, event, network, height, seconds);
        return;
      }
      case 'custody.block-disconnected': {
        const { network, hash } = event.data as unknown as BlockDisconnected;
        const block = db.get('SELECT height, time FROM blocks WHERE network = ? AND hash = ?', network, hash);
        if (block === undefined) return;
        db.run('DELETE FROM blocks WHERE network = ? AND hash = ?', network, hash);
        touchAround(db, event, network, block['height'] as number, block['time'] as number);
        return;
      }
    }
  },
};

function touch(db: ReadModelWriter, { position }: RecordedEvent, poolAccountId: string, day: number): void {
  db.run('INSERT OR REPLACE INTO to_judge VALUES (?, ?, ?)', poolAccountId, day, position);
}

/** A block says something of its own day, and settles days that ended before the last few blocks. */
function touchAround(db: ReadModelWriter, event: RecordedEvent, network: string, height: number, seconds: number): void {
  const before = db.get('SELECT min(time) AS time FROM blocks WHERE network = ? AND height >= ? AND height < ?', network, height - SETTLED_BLOCKS - 1, height)?.['time'] as number | null | undefined;
  touchDays(db, event, network, Math.floor(Math.min(before ?? seconds, seconds) / DAY_S) - 1, Math.floor(seconds / DAY_S));
}

function touchDays(db: ReadModelWriter, { position }: RecordedEvent, network: string, first: number, last: number): void {
  const asset = bitcoinAsset(network as ChainDayRecorded['network']).id;
  db.run('INSERT OR REPLACE INTO to_judge SELECT DISTINCT pool_account_id, day, ? FROM earnings WHERE day >= ? AND day <= ? AND asset = ?', position, first, last, asset);
}

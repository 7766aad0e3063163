import type { BlockConnected, BlockDisconnected, ChainDayRecorded, EarningsJudged, EarningsReported } from '@qazyna/contracts';
import type { ReadModelDefinition } from '@qazyna/service-kit';
import { dayNumber } from '../plausibility/chain-day.js';

/** Earnings by day, the chain's blocks and days, and what was judged. The chain is read from custody's stream, as reporting reads it. */
export const earningsReadModel: ReadModelDefinition = {
  name: 'mining-earnings',
  version: 1,
  streamPrefixes: ['earnings-', 'network-day-', 'chain-'],
  schema: `
    CREATE TABLE earnings (
      earnings_id TEXT PRIMARY KEY, sequence TEXT NOT NULL UNIQUE, pool_account_id TEXT NOT NULL, asset TEXT NOT NULL, date TEXT NOT NULL, day INTEGER NOT NULL,
      hash_rate TEXT, scheme TEXT NOT NULL, parts TEXT NOT NULL, total TEXT NOT NULL, statement_sha256 TEXT, recorded_at TEXT NOT NULL, judgement TEXT, verdict TEXT
    ) STRICT;
    CREATE INDEX earnings_by_account ON earnings (pool_account_id, day);
    CREATE INDEX earnings_unjudged ON earnings (day) WHERE verdict IS NULL;
    CREATE TABLE judgements (
      subject TEXT PRIMARY KEY, sequence TEXT NOT NULL UNIQUE, pool_account_id TEXT NOT NULL, first_date TEXT NOT NULL, days INTEGER NOT NULL, verdict TEXT NOT NULL,
      judgement TEXT NOT NULL, recorded_at TEXT NOT NULL
    ) STRICT;
    CREATE INDEX judgements_by_verdict ON judgements (verdict, sequence);
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
      case 'mining.earnings-reported': {
        const { earningsId, poolAccountId, asset, date, hashRate, scheme, parts, total, statementSha256 } = event.data as unknown as EarningsReported;
        db.run(
          'INSERT INTO earnings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL)',
          earningsId, event.position, poolAccountId, asset, date, dayNumber(date), hashRate ?? null, scheme, JSON.stringify(parts), total, statementSha256 ?? null, at,
        );
        return;
      }
      case 'mining.earnings-judged': {
        const judged = event.data as unknown as EarningsJudged;
        const { subject, poolAccountId, from, days, verdict } = judged;
        const text = JSON.stringify(judged);
        db.run('INSERT OR REPLACE INTO judgements VALUES (?, ?, ?, ?, ?, ?, ?, ?)', subject, event.position, poolAccountId, from, days, verdict, text, at);
        db.run('UPDATE earnings SET judgement = ?, verdict = ? WHERE earnings_id = ?', text, verdict, subject);
        return;
      }
      case 'mining.chain-day-recorded': {
        const facts = event.data as unknown as ChainDayRecorded;
        db.run('INSERT OR REPLACE INTO chain_days VALUES (?, ?, ?)', facts.network, facts.date, JSON.stringify(facts));
        return;
      }
      case 'custody.block-connected': {
        const { network, hash, height, time, bits, subsidy, fees } = event.data as unknown as BlockConnected;
        // Blocks recorded before these figures were kept say nothing here.
        if (bits === undefined || subsidy === undefined || fees === undefined) return;
        db.run('INSERT OR REPLACE INTO blocks VALUES (?, ?, ?, ?, ?, ?, ?)', network, hash, height, Math.floor(Date.parse(time) / 1000), bits, subsidy, fees);
        return;
      }
      case 'custody.block-disconnected': {
        const { network, hash } = event.data as unknown as BlockDisconnected;
        db.run('DELETE FROM blocks WHERE network = ? AND hash = ?', network, hash);
        return;
      }
    }
  },
};

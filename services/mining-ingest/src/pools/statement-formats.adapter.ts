import { antpool } from './antpool.adapter.js';
import { braiins } from './braiins.adapter.js';
import { btcpoolKz } from './btcpool-kz.adapter.js';
import { canonical } from './canonical.adapter.js';
import { f2pool } from './f2pool.adapter.js';
import type { PoolStatementParser } from './statement.js';
import { statutory } from './statutory.adapter.js';
import { viabtc } from './viabtc.adapter.js';

/** One parser per format. A pool's own format has the pool's registered short name. */
export const STATEMENT_PARSERS: ReadonlyMap<string, PoolStatementParser> = new Map(
  [btcpoolKz, viabtc, f2pool, antpool, braiins, canonical, statutory].map((parser) => [parser.format, parser]),
);

export const STATEMENT_FORMATS: readonly string[] = [...STATEMENT_PARSERS.keys()];

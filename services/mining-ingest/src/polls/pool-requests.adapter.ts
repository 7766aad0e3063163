import { createHmac } from 'node:crypto';
import { windowsOf } from './poll.js';

/** A request to a pool. Headers and body may hold secrets: neither is ever logged. */
export interface PoolRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface PageWanted {
  /** From 0. */
  readonly page: number;
  /** Rows of the pages before: a pool may give fewer than were asked for. */
  readonly rows: number;
  readonly now: Date;
}

/** Pages of one list. */
export interface PageSequence {
  readonly request: (wanted: PageWanted) => PoolRequest;
  /** False where one answer is the whole list. */
  readonly paged: boolean;
  /** The first page has the newest rows, and there is no way to ask for a span: reading stops at rows that are old enough. */
  readonly newestFirst: boolean;
}

export type PolledRows = 'payouts' | 'earnings';

export interface PoolAsked {
  /** Address of the pool's interface, without a path of its own. */
  readonly url: string;
  readonly account: string;
  readonly rows: PolledRows;
  readonly pageRows: number;
  readonly credentials: Readonly<Record<string, string>>;
}

export interface PoolFamily {
  /** What must be given, each from the environment or a file. */
  readonly credentials: readonly string[];
  readonly rows: readonly PolledRows[];
  /** What to ask for to see everything from `from` on. */
  readonly sequences: (asked: PoolAsked, from: Date, to: Date) => readonly PageSequence[];
}

const WINDOW_DAYS = 30;
const day = (time: Date): string => time.toISOString().slice(0, 10);
const seconds = (time: Date): number => Math.floor(time.getTime() / 1000);
const under = (base: string, path: string, query: Readonly<Record<string, string>> = {}): string => {
  const url = new URL(`${base.replace(/\/+$/, '')}${path}`);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
};
const get = (url: string, headers: Readonly<Record<string, string>>): PoolRequest => ({ method: 'GET', url, headers: { accept: 'application/json', ...headers } });

/** Offset and limit over the whole history, newest first. Assumed: the key goes into `X-API-KEY`, as in the family it belongs to. */
const btcpoolKz: PoolFamily = {
  credentials: ['token'],
  rows: ['payouts', 'earnings'],
  sequences: ({ url, rows, pageRows, credentials }) => [
    {
      paged: true,
      newestFirst: true,
      request: ({ rows: offset }) =>
        get(under(url, '', { v: '1', method: rows === 'payouts' ? 'payment_history' : 'profit_history', currency: 'BTC', offset: String(offset), limit: String(pageRows) }), { 'x-api-key': credentials['token'] ?? '' }),
    },
  ],
};

/** `X-API-KEY`; spans of days in UTC, each in pages from 1. */
const viabtc: PoolFamily = {
  credentials: ['token'],
  rows: ['payouts', 'earnings'],
  sequences: ({ url, rows, pageRows, credentials }, from, to) =>
    windowsOf(from, to, WINDOW_DAYS).map((window) => ({
      paged: true,
      newestFirst: false,
      request: ({ page }) =>
        get(under(url, rows === 'payouts' ? '/res/openapi/v1/wallet/payment/history' : '/res/openapi/v1/profit/history', { coin: 'BTC', start_date: day(window.from), end_date: day(window.to), utc: 'true', page: String(page + 1), limit: String(pageRows) }), { 'x-api-key': credentials['token'] ?? '' }),
    })),
};

/** `F2P-API-SECRET`; POST with JSON; a span in Unix seconds, without pages. Assumed: `type` is `payout` or `revenue`. */
const f2pool: PoolFamily = {
  credentials: ['token'],
  rows: ['payouts', 'earnings'],
  sequences: ({ url, account, rows, credentials }, from, to) =>
    windowsOf(from, to, WINDOW_DAYS).map((window) => ({
      paged: false,
      newestFirst: false,
      request: () => ({
        method: 'POST',
        url: under(url, '/v2/assets/transactions/list'),
        headers: { accept: 'application/json', 'content-type': 'application/json', 'f2p-api-secret': credentials['token'] ?? '' },
        body: JSON.stringify({ currency: 'bitcoin', mining_user_name: account, type: rows === 'payouts' ? 'payout' : 'revenue', start_time: seconds(window.from), end_time: seconds(window.to) }),
      }),
    })),
};

/** A form signed with `HMAC-SHA256(userId + key + nonce)` in upper-case hex, the nonce in ms; pages from 1, newest first. */
const antpool: PoolFamily = {
  credentials: ['userId', 'key', 'secret'],
  rows: ['payouts', 'earnings'],
  sequences: ({ url, rows, pageRows, credentials }) => [
    {
      paged: true,
      newestFirst: true,
      request: ({ page, now }) => {
        const { userId = '', key = '', secret = '' } = credentials;
        const nonce = String(now.getTime());
        const signature = createHmac('sha256', secret).update(`${userId}${key}${nonce}`).digest('hex').toUpperCase();
        const form = new URLSearchParams({ key, nonce, signature, coin: 'BTC', type: rows === 'payouts' ? 'payout' : 'recv', page: String(page + 1), pageSize: String(pageRows) });
        return { method: 'POST', url: under(url, '/api/paymentHistoryV2.htm'), headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' }, body: form.toString() };
      },
    },
  ],
};

/** `Pool-Auth-Token`; a span of days, without pages. */
const braiins: PoolFamily = {
  credentials: ['token'],
  rows: ['payouts'],
  sequences: ({ url, credentials }, from, to) =>
    windowsOf(from, to, WINDOW_DAYS).map((window) => ({
      paged: false,
      newestFirst: false,
      request: () => get(under(url, '/accounts/payouts/json/btc', { from: day(window.from), to: day(window.to) }), { 'pool-auth-token': credentials['token'] ?? '' }),
    })),
};

/** How each family's public interface is asked. What its documents leave open is assumed, and said here. */
export const POOL_FAMILIES: ReadonlyMap<string, PoolFamily> = new Map(Object.entries({ 'btcpool-kz': btcpoolKz, viabtc, f2pool, antpool, braiins }));

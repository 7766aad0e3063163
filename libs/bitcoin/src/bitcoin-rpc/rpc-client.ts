import { setTimeout as sleep } from 'node:timers/promises';
import { ChainSourceMismatch, ChainSourceUnavailable } from '../chain-source.js';

export interface RpcClientOptions {
  /** `http://user:password@host:port`; the credentials are taken out and never appear in an error or a log. */
  readonly url: string;
  /** For one attempt. Default 30 s: a large block over a slow line takes its time. */
  readonly timeoutMs?: number;
  /** Attempts in all for a call that got no answer. Default 4. */
  readonly attemptsMax?: number;
  /** Pause before the second attempt; it doubles up to 5 s. Default 200 ms. */
  readonly backoffMs?: number;
}

export type RpcParameter = string | number | boolean | readonly RpcParameter[];

/** The node understood the call and refused it. `rpcCode` is the node's. */
export class RpcRefused extends Error {
  override readonly name = 'RpcRefused';
  readonly code = 'bitcoin-rpc-refused';

  constructor(
    readonly method: string,
    readonly rpcCode: number,
    message: string,
  ) {
    super(`${method}: ${message} (code ${rpcCode})`);
  }
}

const BACKOFF_MS_MAX = 5_000;
/** The largest block is 4 MB, 8 MB in hexadecimal. */
const ANSWER_BYTES_MAX = 16 * 1024 * 1024;
/** "Loading block index": the node answers soon. */
const RPC_IN_WARMUP = -28;

/** JSON-RPC 1.0 over HTTP as Bitcoin Core and btcd speak it. */
export class RpcClient {
  /** Where the node is, without credentials. */
  readonly address: string;
  private readonly authorization: string | undefined;
  private readonly timeoutMs: number;
  private readonly attemptsMax: number;
  private readonly backoffMs: number;
  private nextId = 0;

  /** @throws {RangeError} the URL is not http(s) */
  constructor(options: RpcClientOptions) {
    const url = parseUrl(options.url);
    this.authorization =
      url.username === '' ? undefined : `Basic ${Buffer.from(`${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`).toString('base64')}`;
    url.username = '';
    url.password = '';
    this.address = url.href;
    this.timeoutMs = options.timeoutMs ?? 30_000;
    this.attemptsMax = options.attemptsMax ?? 4;
    this.backoffMs = options.backoffMs ?? 200;
  }

  /**
   * Calls a method that only reads, so that trying again is harmless.
   * @throws {ChainSourceUnavailable} no answer after every attempt
   * @throws {ChainSourceMismatch} the node refuses the credentials
   * @throws {RpcRefused} the node refused the call
   */
  async call(method: string, parameters: readonly RpcParameter[], signal?: AbortSignal): Promise<unknown> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.attempt(method, parameters, signal);
      } catch (error) {
        signal?.throwIfAborted();
        if (!(error instanceof ChainSourceUnavailable) || attempt >= this.attemptsMax) throw error;
        await sleep(Math.min(this.backoffMs * 2 ** (attempt - 1), BACKOFF_MS_MAX), undefined, signal === undefined ? {} : { signal });
      }
    }
  }

  private async attempt(method: string, parameters: readonly RpcParameter[], signal: AbortSignal | undefined): Promise<unknown> {
    this.nextId += 1;
    const timeout = AbortSignal.timeout(this.timeoutMs);
    let status: number;
    let text: string;
    try {
      const response = await fetch(this.address, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(this.authorization === undefined ? {} : { authorization: this.authorization }) },
        body: JSON.stringify({ jsonrpc: '1.0', id: this.nextId, method, params: parameters }),
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
        redirect: 'error',
      });
      status = response.status;
      text = await readBounded(response);
    } catch (error) {
      if (error instanceof ChainSourceMismatch) throw error;
      const why = timeout.aborted ? `no answer within ${this.timeoutMs} ms` : causeOf(error);
      throw new ChainSourceUnavailable(`${method} at ${this.address}: ${why}`);
    }
    if (status === 401 || status === 403) throw new ChainSourceMismatch(`${this.address} refuses the credentials (HTTP ${status})`);
    return this.resultOf(method, status, text);
  }

  private resultOf(method: string, status: number, text: string): unknown {
    let answer: unknown;
    try {
      answer = JSON.parse(text);
    } catch {
      // A proxy's error page, or an answer cut short.
      throw new ChainSourceUnavailable(`${method} at ${this.address}: HTTP ${status} without JSON`);
    }
    if (typeof answer !== 'object' || answer === null) throw new ChainSourceUnavailable(`${method} at ${this.address}: the answer is no object`);
    const { error, result } = answer as { error?: unknown; result?: unknown };
    if (typeof error === 'object' && error !== null) {
      const { code, message } = error as { code?: unknown; message?: unknown };
      const reason = typeof message === 'string' ? message : 'refused without a reason';
      if (code === RPC_IN_WARMUP) throw new ChainSourceUnavailable(`${method} at ${this.address}: ${reason}`);
      throw new RpcRefused(method, typeof code === 'number' ? code : 0, reason);
    }
    if (status !== 200 || result === undefined) throw new ChainSourceUnavailable(`${method} at ${this.address}: HTTP ${status} without a result`);
    return result;
  }
}

function parseUrl(text: string): URL {
  // The text itself holds a password, so it is not repeated here.
  if (!URL.canParse(text)) throw new RangeError('the address of the Bitcoin node is no URL');
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new RangeError('the address of the Bitcoin node must begin with http: or https:');
  return url;
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const reader = (response.body as ReadableStream<Uint8Array> | null)?.getReader();
  for (;;) {
    const part = await reader?.read();
    if (part === undefined || part.value === undefined) return Buffer.concat(chunks).toString('utf8');
    bytes += part.value.length;
    if (bytes > ANSWER_BYTES_MAX) {
      await reader?.cancel();
      throw new ChainSourceMismatch(`the answer is longer than ${ANSWER_BYTES_MAX} bytes: this is no Bitcoin node`);
    }
    chunks.push(part.value);
  }
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no connection';
  const cause = error.cause;
  return cause instanceof Error ? cause.message || 'no connection' : error.message;
}

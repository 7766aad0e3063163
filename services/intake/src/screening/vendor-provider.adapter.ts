import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { ScreenedAddress, ScreeningResult } from '@qazyna/contracts';
import type { Clock } from '@qazyna/event-store';
import { parseStrictJson } from '@qazyna/service-kit';
import type { LevelMeaning } from './findings.js';
import { addressKey } from './screened-address.adapter.js';
import { UNKNOWN, type ScreeningProvider } from './screening-provider.js';

export interface VendorOptions {
  /** `POST {url}/screenings` asks, `GET {url}/screenings/{requestId}` asks again. */
  readonly url: string;
  readonly key?: string;
  /** Levels that let pass; every other is held, and one never named before is unknown. */
  readonly clearLevels: readonly string[];
  readonly clock: Clock;
  /** Bound on each attempt. Default 5 s. */
  readonly timeoutMs?: number;
  readonly attemptsMax?: number;
  readonly retryMs?: number;
  /** How often a pending answer is asked for before it is reported as pending. */
  readonly pollsMax?: number;
  readonly random?: () => number;
}

const CONCURRENT_MAX = 8;
const BODY_BYTES_MAX = 256 * 1024;
const RETRY_AFTER_MS_MAX = 10_000;
const PENDING_MAX = 100_000;
const NO_ANSWER = '0'.repeat(64);

/** Why an attempt gave no answer, and whether another may. */
class Failed extends Error {
  constructor(
    message: string,
    readonly mayRetry: boolean,
    readonly afterMs?: number,
  ) {
    super(message);
  }
}

/** A vendor's screening over HTTP. Whatever it does, there is a result within a bound; what is no sound answer holds. */
export class VendorProvider implements ScreeningProvider {
  readonly name = 'vendor';
  /** Numbers of answers that were pending, by address: they are asked for again and not anew. */
  private readonly pending = new Map<string, string>();

  constructor(private readonly options: VendorOptions) {}

  async screen(addresses: readonly ScreenedAddress[], { signal }: { readonly signal?: AbortSignal } = {}): Promise<readonly ScreeningResult[]> {
    const results: ScreeningResult[] = [];
    for (let from = 0; from < addresses.length; from += CONCURRENT_MAX) {
      results.push(...(await Promise.all(addresses.slice(from, from + CONCURRENT_MAX).map((each) => this.screenOne(each, signal)))));
    }
    return results;
  }

  meaningOf(level: string): LevelMeaning {
    if (this.options.clearLevels.includes(level.toLowerCase())) return 'clear';
    return level.toLowerCase() === UNKNOWN ? 'unknown' : 'hold';
  }

  private async screenOne(asked: ScreenedAddress, signal: AbortSignal | undefined): Promise<ScreeningResult> {
    const key = addressKey(asked);
    const known = this.pending.get(key);
    try {
      let result = known === undefined ? await this.ask(asked, 'POST', '/screenings', signal) : await this.ask(asked, 'GET', `/screenings/${encodeURIComponent(known)}`, signal);
      for (let poll = 0; result.status === 'pending' && poll < (this.options.pollsMax ?? 2); poll += 1) {
        await pause(this.delay(poll), undefined, signal === undefined ? {} : { signal });
        result = await this.ask(asked, 'GET', `/screenings/${encodeURIComponent(result.requestId)}`, signal);
      }
      this.pending.delete(key);
      if (result.status === 'pending' && this.pending.size < PENDING_MAX) this.pending.set(key, result.requestId);
      return result;
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof Failed)) throw error;
      // A number that the vendor no longer knows must not be asked for again for ever.
      if (!error.mayRetry) this.pending.delete(key);
      return { ...this.asked(asked), requestId: known ?? '-', status: 'error', level: UNKNOWN, categories: [], rawHash: NO_ANSWER };
    }
  }

  private async ask(asked: ScreenedAddress, method: 'GET' | 'POST', path: string, signal: AbortSignal | undefined): Promise<ScreeningResult> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return this.read(asked, await this.send(method, path, asked, signal));
      } catch (error) {
        signal?.throwIfAborted();
        if (!(error instanceof Failed) || !error.mayRetry || attempt >= (this.options.attemptsMax ?? 3)) throw error;
        await pause(error.afterMs ?? this.delay(attempt), undefined, signal === undefined ? {} : { signal });
      }
    }
  }

  private async send(method: 'GET' | 'POST', path: string, { chain, address }: ScreenedAddress, signal: AbortSignal | undefined): Promise<Buffer> {
    const { url, key, timeoutMs = 5_000 } = this.options;
    const bound = AbortSignal.timeout(timeoutMs);
    try {
      const answer = await fetch(`${url.replace(/\/+$/, '')}${path}`, {
        method,
        redirect: 'error',
        headers: { accept: 'application/json', 'content-type': 'application/json', ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) },
        ...(method === 'POST' ? { body: JSON.stringify({ chain, address }) } : {}),
        signal: signal === undefined ? bound : AbortSignal.any([bound, signal]),
      });
      if (!answer.ok) {
        await answer.body?.cancel();
        throw new Failed(`the vendor answered ${answer.status}`, answer.status === 429 || answer.status >= 500, retryAfterMs(answer.headers.get('retry-after')));
      }
      return await boundedBody(answer);
    } catch (error) {
      if (error instanceof Failed) throw error;
      throw new Failed(`the vendor does not answer: ${error instanceof Error ? error.message : String(error)}`, true);
    }
  }

  /** A sound answer names its number, a status, and a level once it is complete; anything else is none. */
  private read(asked: ScreenedAddress, raw: Buffer): ScreeningResult {
    const parsed = parseStrictJson(raw);
    if (!parsed.ok || typeof parsed.value !== 'object' || parsed.value === null) throw new Failed('the vendor\'s answer is no JSON object', true);
    const { requestId, status, level, categories = [], exposure, listVersion, address } = parsed.value as Record<string, unknown>;
    if (!isLabel(requestId, 128) || (status !== 'pending' && status !== 'complete')) throw new Failed('the vendor\'s answer has no requestId or status', false);
    if (address !== undefined && address !== asked.address) throw new Failed('the vendor\'s answer is for another address', false);
    if (!Array.isArray(categories) || categories.length > 50 || !categories.every((each) => isLabel(each, 64))) throw new Failed('the vendor\'s categories are not a list of words', false);
    if (status === 'complete' && !isLabel(level, 64)) throw new Failed('the vendor\'s answer is complete and has no level', false);
    return {
      ...this.asked(asked),
      requestId,
      status,
      level: isLabel(level, 64) ? level : UNKNOWN,
      categories: [...new Set(categories)],
      ...(isLabel(exposure, 64) ? { exposure } : {}),
      ...(isLabel(listVersion, 64) && !/\s/.test(listVersion) ? { listVersion } : {}),
      rawHash: createHash('sha256').update(raw).digest('hex'),
    };
  }

  private asked({ address, chain }: ScreenedAddress): Omit<ScreeningResult, 'requestId' | 'status' | 'level' | 'categories' | 'rawHash'> {
    return { address, chain, provider: this.name, listVersion: '-', screenedAt: this.options.clock.now().toISOString() };
  }

  /** Twice as long each time, between half and the whole of it. */
  private delay(attempt: number): number {
    const { retryMs = 500, random = Math.random } = this.options;
    return retryMs * 2 ** Math.min(attempt, 6) * (0.5 + random() / 2);
  }
}

async function boundedBody(answer: Response): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of answer.body ?? []) {
    pieces.push(Buffer.from(piece as Uint8Array));
    bytes += pieces.at(-1)?.length ?? 0;
    if (bytes > BODY_BYTES_MAX) throw new Failed('the vendor\'s answer is too long', false);
  }
  return Buffer.concat(pieces);
}

function retryAfterMs(header: string | null): number | undefined {
  return header !== null && /^\d{1,6}$/.test(header) ? Math.min(Number(header) * 1_000, RETRY_AFTER_MS_MAX) : undefined;
}

function isLabel(value: unknown, max: number): value is string {
  return typeof value === 'string' && value.length >= 1 && value.length <= max && /^[\x20-\x7e]+$/.test(value);
}

/** A token bucket: so many requests a minute, a few of them at once. Times in ms; the caller brings them. */
export class RequestRate {
  private tokens: number;
  private at: number | undefined;

  constructor(
    private readonly perMinute: number,
    private readonly atOnce: number,
  ) {
    this.tokens = atOnce;
  }

  /** Takes one request and says how long to wait before it is made; 0 when it may be made now. */
  take(now: number): number {
    const earned = this.at === undefined ? 0 : (Math.max(0, now - this.at) * this.perMinute) / 60_000;
    this.tokens = Math.min(this.atOnce, this.tokens + earned) - 1;
    this.at = Math.max(now, this.at ?? now);
    return this.tokens >= 0 ? 0 : Math.ceil((-this.tokens * 60_000) / this.perMinute);
  }
}

/** A pause before the next try: anywhere between nothing and a bound that doubles, so that clients spread out. `random` is in [0, 1). */
export function fullJitterMs(attempt: number, random: number, { firstMs, maxMs }: { readonly firstMs: number; readonly maxMs: number }): number {
  return Math.floor(random * Math.min(maxMs, firstMs * 2 ** Math.min(attempt - 1, 30)));
}

/** `Retry-After` in ms: seconds, or a date; undefined when absent or neither. */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  const text = header.trim();
  if (/^[0-9]{1,9}$/.test(text)) return Number.parseInt(text, 10) * 1000;
  const time = Date.parse(text);
  return Number.isNaN(time) || !/[A-Za-z]/.test(text) ? undefined : Math.max(0, time - now);
}

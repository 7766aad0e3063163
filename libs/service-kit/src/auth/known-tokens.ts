import { createHash } from 'node:crypto';
import type { Actor } from './actor.js';

/** How long a token that verified is believed without asking again: so long a withdrawn signing key still opens doors. */
const BELIEVED_MS_MAX = 60_000;
const KNOWN_MAX = 10_000;

interface Known {
  readonly actor: Actor;
  readonly untilMs: number;
}

/** Tokens that verified a moment ago, by their hash: their text is kept nowhere. Bounded; the oldest go first. */
export class KnownTokens {
  private readonly known = new Map<string, Known>();

  /** @param knownMax most tokens remembered */
  constructor(private readonly knownMax = KNOWN_MAX) {}

  /** @param nowMs milliseconds of the epoch */
  actorOf(token: string, nowMs: number): Actor | undefined {
    const name = nameOf(token);
    const found = this.known.get(name);
    if (found === undefined || found.untilMs > nowMs) return found?.actor;
    this.known.delete(name);
    return undefined;
  }

  /** @param expiresMs when the token says it ends; it is never believed beyond */
  remember(token: string, actor: Actor, expiresMs: number, nowMs: number): void {
    this.known.set(nameOf(token), { actor, untilMs: Math.min(expiresMs, nowMs + BELIEVED_MS_MAX) });
    for (const oldest of this.known.keys()) {
      if (this.known.size <= this.knownMax) return;
      this.known.delete(oldest);
    }
  }
}

function nameOf(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}

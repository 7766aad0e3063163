import type { Position } from '@qazyna/event-store';
import type { RebuildProgress } from './beside-build.js';

const BAR_WIDTH = 30;

/** One line for people: a bar, the share done, events, speed and the time left. */
export function progressLine(name: string, { events, perSecond, position, target }: RebuildProgress, elapsedMs: number): string {
  const share = position === undefined ? 0 : target === undefined ? 1 : shareDone(position, target);
  const speed = `${events} events, ${perSecond}/s`;
  if (share === undefined) return `${name}: ${speed}`;
  const filled = Math.round(share * BAR_WIDTH);
  const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}`;
  const leftS = share > 0 ? Math.round((elapsedMs / share - elapsedMs) / 1000) : undefined;
  return `${name} ${bar} ${(share * 100).toFixed(0).padStart(3)} %  ${speed}${leftS === undefined ? '' : `, ${leftS} s left`}`;
}

/**
 * A position is opaque and only its order is promised; both stores begin theirs with a number that grows with the log,
 * which is enough for a bar. Undefined where it is not so.
 */
function shareDone(position: Position, target: Position): number | undefined {
  const [at, end] = [position, target].map((text) => Number.parseInt(/^\d+/.exec(text)?.[0] ?? '', 10));
  if (at === undefined || end === undefined || Number.isNaN(at) || Number.isNaN(end) || end === 0) return undefined;
  return Math.min(at / end, 1);
}

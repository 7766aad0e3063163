import type { Position } from '@qazyna/event-store';
import { progressLine } from './progress-line.js';

const at = (position: string | undefined, target: string | undefined) =>
  progressLine('reporting', { events: 500, perSecond: 1000, position: position as Position | undefined, target: target as Position | undefined }, 500);

describe('the line of a rebuild', () => {
  it('shows a bar, the share and the time left', () => expect(at('0025', '0100')).toBe('reporting ████████░░░░░░░░░░░░░░░░░░░░░░  25 %  500 events, 1000/s, 2 s left'));
  it('is full at the end, and for an empty log', () => {
    expect(at('0100', '0100')).toContain('100 %');
    expect(at(undefined, '0100')).toContain('  0 %');
  });
  it('has no bar for positions that do not begin with a number', () => expect(at('x', 'y')).toBe('reporting: 500 events, 1000/s'));
});

import { ConcurrencyConflict, StoreUnavailable, TooManyConflicts } from '@qazyna/event-store';
import { problemOf } from './problem-of.js';

describe('an error of the store, as an answer', () => {
  it.each([new StoreUnavailable('away'), new ConcurrencyConflict('case-1', 0n, 1n), new TooManyConflicts('case-1', 9)])('%s is "not now", never a fault of the service', (error) => {
    const { status, code } = problemOf(error);
    expect([status, code]).toEqual([503, error.code]);
  });
});

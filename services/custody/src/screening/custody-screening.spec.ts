import type { ScreeningNoted } from '@qazyna/contracts';
import { specification } from '@qazyna/testing';
import { custodyScreeningDecider, type CustodyScreeningEvent } from './custody-screening.js';

const noted = (number: number, held: boolean): ScreeningNoted => ({ depositId: `${'ab'.repeat(32)}.0`, held, code: held ? 'listed' : 'clear', number });
const event = (number: number, held: boolean): CustodyScreeningEvent => ({ type: 'custody.screening-noted', data: noted(number, held) });
const { given } = specification(custodyScreeningDecider);

describe('what custody was told of a deposit\'s screening', () => {
  it('is noted, and noted anew when it changes', () => {
    given().when(noted(1, true)).then(event(1, true));
    given(event(1, true)).when(noted(3, false)).then(event(3, false));
  });

  it('is not changed by the same word again, or by one that was overtaken', () => {
    given(event(1, true)).when(noted(1, true)).thenNothing();
    given(event(3, true)).when(noted(2, false)).thenNothing();
  });
});

import type { AcquisitionFact, PurchaseFill, PurchaseOrder, PurchaseSettlement } from '@qazyna/contracts';
import { specification } from '@qazyna/testing';
import fc from 'fast-check';
import { costOf, isAbove } from './exact-prices.js';
import { purchaseDecider, purchaseStatus, type PurchaseCommand, type PurchaseEvent, type PurchaseState } from './purchase.js';

const { given } = specification(purchaseDecider);
const BTC = 'bip122:000000000019d6689c085ae165831e93/slip44:0';
const decimalsOf = (asset: string): number | undefined => (asset === BTC ? 8 : undefined);

const order = (changes: Partial<PurchaseOrder> = {}): PurchaseOrder => ({ orderId: 'BUY-1', asset: BTC, amount: '100000000', currency: 'USD', limitPrice: '100000', venue: 'exchange-a', mandate: 'RES-4', orderedAt: '2026-03-01T09:00:00Z', ...changes });
const fill = (fillId: string, changes: Partial<PurchaseFill> = {}): PurchaseFill => ({ orderId: 'BUY-1', fillId, amount: '40000000', price: '97412.55', currency: 'USD', venue: 'exchange-a', filledAt: '2026-03-01T10:00:00Z', ...changes });
const settlement = (settlementId: string, changes: Partial<PurchaseSettlement> = {}): PurchaseSettlement => ({ orderId: 'BUY-1', settlementId, amount: '40000000', txid: 'ab'.repeat(32), outputIndex: 0, settledAt: '2026-03-01T11:00:00Z', ...changes });

const hash = (text: string): string => Buffer.from(text).toString('hex').padEnd(64, '0').slice(0, 64);
const take = (body: Partial<AcquisitionFact>, contentHash: string): PurchaseCommand => ({ kind: 'take', fact: { agency: 'treasury', kind: 'purchase-order', ...body }, contentHash: hash(contentHash), decimalsOf });
const takeOrder = (changes: Partial<PurchaseOrder> = {}, content = 'order'): PurchaseCommand => take({ order: order(changes) }, content);
const takeFill = (id: string, changes: Partial<PurchaseFill> = {}, content = id): PurchaseCommand => take({ kind: 'purchase-fill', fill: fill(id, changes) }, content);
const takeSettlement = (id: string, changes: Partial<PurchaseSettlement> = {}, content = id): PurchaseCommand => take({ kind: 'purchase-settlement', settlement: settlement(id, changes) }, content);
const decide = (partId: string, decision: 'release' | 'reject'): PurchaseCommand => ({ kind: 'decide', orderId: 'BUY-1', partId, decision: { decision, reason: 'as confirmed in writing' }, decimalsOf });

const ordered: PurchaseEvent = { type: 'intake.purchase-ordered', data: { ...order(), agency: 'treasury', contentHash: hash('order') } };
const filled = (id: string, total: string, cost: string, changes: Partial<PurchaseFill> = {}): PurchaseEvent => ({ type: 'intake.purchase-filled', data: { ...fill(id, changes), contentHash: hash(id), cost, filled: total } });

/** Carries commands out one after another. */
function told(...commands: readonly PurchaseCommand[]): { readonly state: PurchaseState; readonly events: readonly PurchaseEvent[]; readonly answers: readonly string[] } {
  let state = purchaseDecider.initialState();
  const events: PurchaseEvent[] = [];
  const answers: string[] = [];
  for (const command of commands) {
    const decision = purchaseDecider.decide(command, state);
    answers.push(decision.kind === 'refused' ? decision.refusal.code : decision.events.map(({ type, data }) => `${type.replace('intake.purchase-', '')}${'code' in data ? ` ${data.code}` : ''}`).join(', '));
    if (decision.kind === 'refused') continue;
    events.push(...decision.events);
    state = decision.events.reduce((folded, event) => purchaseDecider.evolve(folded, event), state);
  }
  return { state, events, answers };
}

describe('a market purchase', () => {
  it('is ordered, filled at exact prices and announced as delivered', () => {
    given().when(takeOrder()).then(ordered);
    given(ordered).when(takeFill('T-1')).then(filled('T-1', '40000000', '38965.02'));
    const { state, answers } = told(takeOrder(), takeFill('T-1'), takeFill('T-2', { amount: '60000000', price: '99999.99' }), takeSettlement('W-1', { amount: '100000000' }));
    expect(answers).toEqual(['ordered', 'filled', 'filled', 'settled']);
    expect(purchaseStatus(state)).toBe('settled');
  });

  it('counts the same message once, and refuses other content under the same id', () => {
    given(ordered).when(takeOrder()).thenNothing();
    given(ordered, filled('T-1', '40000000', '38965.02')).when(takeFill('T-1')).thenNothing();
    given(ordered).when(takeOrder({ amount: '1' }, 'another')).thenRefused('acquisition-conflict', 'order.orderId');
    given(ordered, filled('T-1', '40000000', '38965.02')).when(takeFill('T-1', { price: '1' }, 'another')).thenRefused('acquisition-conflict', 'id');
  });

  it('takes facts in any order: what comes before its order waits, visibly, and counts when it comes', () => {
    const { state, answers } = told(takeSettlement('W-1'), takeFill('T-1'), takeOrder());
    expect(answers).toEqual(['part-held order-unknown', 'part-held order-unknown', 'ordered, filled, settled']);
    expect([state.filled, state.settled]).toEqual([40_000_000n, 40_000_000n]);
  });

  it('holds a price over the limit, more than was ordered, and a delivery of more than was bought', () => {
    expect(told(takeOrder(), takeFill('T-1', { price: '100000.01' })).answers[1]).toBe('part-held price-over-limit');
    expect(told(takeOrder(), takeFill('T-1', { amount: '100000001' })).answers[1]).toBe('part-held overfilled');
    const { answers } = told(takeOrder(), takeSettlement('W-1'), takeFill('T-1'));
    expect(answers.slice(1)).toEqual(['part-held settles-more-than-filled', 'filled, settled']);
  });

  it('never counts one output for two deliveries', () => {
    expect(told(takeOrder(), takeFill('T-1'), takeSettlement('W-1', { amount: '1' }), takeSettlement('W-2', { amount: '1' })).answers[3]).toBe('part-held delivered-twice');
  });

  it('refuses a fill in another currency or at another venue, and finds it out when the order comes late', () => {
    given(ordered).when(takeFill('T-1', { currency: 'EUR' })).thenRefused('currency-differs', 'fill.currency');
    given(ordered).when(takeFill('T-1', { venue: 'exchange-b' })).thenRefused('venue-differs', 'fill.venue');
    expect(told(takeFill('T-1', { currency: 'EUR' }), takeOrder(), decide('fill:T-1', 'release'), decide('fill:T-1', 'reject')).answers).toEqual([
      'part-held order-unknown', 'ordered, part-held currency-differs', 'hold-not-waivable', 'part-decided',
    ]);
  });

  it('an officer releases or rejects what is held, once', () => {
    const over = [takeOrder(), takeFill('T-1', { price: '100000.01' })];
    expect(told(...over, decide('fill:T-1', 'release')).answers[2]).toBe('part-decided, filled');
    expect(told(...over, decide('fill:T-1', 'reject'), decide('fill:T-1', 'reject'), decide('fill:T-1', 'release'), takeFill('T-1', { price: '100000.01' })).answers.slice(2)).toEqual(['part-decided', '', 'part-not-held', '']);
    expect(told(takeFill('T-1'), decide('fill:T-1', 'release'), decide('fill:T-9', 'reject')).answers.slice(1)).toEqual(['hold-not-waivable', 'part-unknown']);
  });

  it('is of a registered asset', () => given().when(takeOrder({ asset: 'qazyna:local/pieces:unheard-of' })).thenRefused('asset-unknown', 'order.asset'));

  it('comes to the same in whatever order the messages arrive, each any number of times', () => {
    const messages = [takeOrder(), takeFill('T-1'), takeFill('T-2', { amount: '60000000' }), takeSettlement('W-1'), takeSettlement('W-2', { amount: '60000000', outputIndex: 1 })];
    fc.assert(
      fc.property(fc.shuffledSubarray([...messages, ...messages], { minLength: 10, maxLength: 10 }), (arrived) => {
        const { state } = told(...arrived);
        expect([state.filled, state.settled, purchaseStatus(state), [...state.parts.values()].filter(({ status }) => status !== 'counted').length]).toEqual([100_000_000n, 100_000_000n, 'settled', 0]);
      }),
      { numRuns: 200 },
    );
  });
});

describe('exact prices', () => {
  it('cost what they cost, to the last digit', () => {
    expect(costOf('40000000', '97412.55', 8)).toBe('38965.02');
    expect(costOf('1', '0.1', 8)).toBe('0.000000001');
    expect(costOf('3', '1000', 0)).toBe('3000');
    expect(costOf('9007199254740993', '0.3', 0)).toBe('2702159776422297.9');
  });

  it('are compared by value and not by text', () => {
    expect([isAbove('100000.00', '100000'), isAbove('9', '10'), isAbove('0.10000001', '0.1')]).toEqual([false, false, true]);
  });
});

import { TailOfChain, type ChainRecord } from './followed-chain.js';

const connected = (height: number, hash: string): ChainRecord => ({ type: 'custody.block-connected', data: { network: 'regtest', height, hash, previousHash: '', time: '', deposits: 0 } });
const disconnected = (height: number, hash: string): ChainRecord => ({ type: 'custody.block-disconnected', data: { network: 'regtest', height, hash } });

function tailOf(records: readonly ChainRecord[], max = 100): string[] {
  const tail = new TailOfChain(max);
  for (const record of [...records].reverse()) tail.take(record);
  return tail.blocks.map(({ hash }) => hash);
}

describe('the tail of the followed chain', () => {
  it('is newest first', () => expect(tailOf([connected(0, 'a'), connected(1, 'b')])).toEqual(['b', 'a']));
  it('leaves out what a reorganisation took back', () =>
    expect(tailOf([connected(0, 'a'), connected(1, 'b'), connected(2, 'c'), disconnected(2, 'c'), disconnected(1, 'b'), connected(1, 'x')])).toEqual(['x', 'a']));
  it('knows a block that left and came back', () => expect(tailOf([connected(0, 'a'), connected(1, 'b'), disconnected(1, 'b'), connected(1, 'x'), disconnected(1, 'x'), connected(1, 'b')])).toEqual(['b', 'a']));
  it('may end in a disconnection, where a crash came between', () => expect(tailOf([connected(0, 'a'), connected(1, 'b'), disconnected(1, 'b')])).toEqual(['a']));
  it('is bounded', () => expect(tailOf([connected(0, 'a'), connected(1, 'b'), connected(2, 'c')], 2)).toEqual(['c', 'b']));
});

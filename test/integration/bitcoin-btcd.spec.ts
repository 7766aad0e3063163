import { BitcoinRpcSource, deriveAddress, parseDescriptor, SandboxChain, sandboxVaultDescriptor } from '@qazyna/bitcoin';
import { answerFromNode, BITCOIN_NODE, chainSourceContract, describeWith, startBitcoinNode, startFaultyRpc, type BitcoinNode } from '@qazyna/testing';

const VAULT = parseDescriptor(sandboxVaultDescriptor('integration', 'regtest'), 'regtest');
const MINING_ADDRESS = deriveAddress(VAULT, { change: 0, index: 0 }).address;

/** Real blocks and real reorganisations: the newest blocks are declared invalid and others mined in their place. */
async function reorganise(node: BitcoinNode, depth: number, newBlocks: number): Promise<string> {
  const height = Number(await node.client.call('getblockcount', []));
  const oldest = String(await node.client.call('getblockhash', [height - depth + 1]));
  await node.client.call('invalidateblock', [oldest]);
  await node.client.call('generate', [newBlocks]);
  return oldest;
}

await describeWith(BITCOIN_NODE, 'bitcoin on a real node', (origin) => {
  chainSourceContract('Bitcoin RPC on a real node', async () => {
    const node = await startBitcoinNode(origin, { miningAddress: MINING_ADDRESS });
    await node.client.call('generate', [6]);
    const between = await startFaultyRpc(answerFromNode(node.url));
    const source = new BitcoinRpcSource({ url: between.url, network: 'regtest', pollMs: 50, backoffMs: 10, attemptsMax: 2 });
    return {
      source,
      mine: async (blocks) => void (await node.client.call('generate', [blocks])),
      reorganise: async (depth, newBlocks) => void (await reorganise(node, depth, newBlocks)),
      breakOff: () => {
        between.faults.down = true;
        return Promise.resolve(() => {
          between.faults.down = false;
          return Promise.resolve();
        });
      },
      corrupt: (change) => {
        between.faults.corrupt = change;
      },
      dispose: async () => {
        await source.close();
        await between.close();
        await node.stop();
      },
    };
  });

  describe('a node', () => {
    let node: BitcoinNode;
    let source: BitcoinRpcSource;

    beforeEach(async () => {
      node = await startBitcoinNode(origin, { miningAddress: MINING_ADDRESS });
      source = new BitcoinRpcSource({ url: node.url, network: 'regtest' });
    }, 60_000);
    afterEach(async () => {
      await source.close();
      await node.stop();
    });

    it('goes back to the first branch when it is reconsidered and has more work', async () => {
      await node.client.call('generate', [8]);
      const before = await source.tip();
      const oldest = await reorganise(node, 4, 2);
      expect(await source.tip()).toMatchObject({ height: before.height - 2 });
      await node.client.call('reconsiderblock', [oldest]);
      expect(await source.tip()).toEqual(before);
      expect((await source.block(before.hash)).transactions[0]?.outputs[0]?.address).toBe(MINING_ADDRESS);
    }, 60_000);

    // Only on a node of our own: the blocks are those of a chain that starts at the first block.
    const own = 'program' in origin ? it : it.skip;
    own('accepts every block of the sandbox chain, a reorganised branch with spends included', async () => {
      const chain = SandboxChain.open({ file: ':memory:', seed: 'submitted to a real node' });
      const submit = async (hashes: readonly string[]): Promise<void> => {
        for (const hash of hashes) {
          const raw = Buffer.from(await chain.rawBlock(hash)).toString('hex');
          // A node answers null when it has taken the block, else the reason why not.
          expect(await node.client.call('submitblock', [raw])).toBeNull();
        }
      };
      const best = async (from: number): Promise<string[]> => {
        const { height } = await chain.tip();
        return Promise.all(Array.from({ length: height - from + 1 }, async (_, i) => (await chain.blockHash(from + i)) ?? ''));
      };
      const orders = (count: number): { address: string; amount: bigint }[] =>
        Array.from({ length: count }, (_, i) => ({ address: deriveAddress(VAULT, { change: 0, index: i % 20 }).address, amount: BigInt(10_000 + i) }));

      await submit(await best(1));
      await chain.pay(orders(3_000));
      await chain.mine(2);
      await chain.pay(orders(5));
      await chain.pay(orders(7));
      // Past 150 the reward halves; past 432 btcd itself enforces segwit and taproot.
      await chain.mine(400);
      await submit(await best(111));
      expect(await source.tip()).toEqual(await chain.tip());

      const late = await chain.pay(orders(40));
      const alsoDropped = await chain.pay(orders(2));
      await chain.mine(3);
      await submit(await best(513));
      expect(await source.tip()).toEqual(await chain.tip());
      const { connected } = await chain.reorganise(3, { newBlocks: 5, dropTransactions: alsoDropped.txids });
      await submit(connected.map(({ hash }) => hash));
      const tip = await chain.tip();
      expect(await source.tip()).toEqual(tip);
      const first = await source.block(connected[0]?.hash ?? '');
      expect(first).toEqual(await chain.block(first.hash));
      expect(first.transactions.map(({ txid }) => txid).slice(1)).toEqual(late.txids);
      await chain.close();
    }, 120_000);
  });
});

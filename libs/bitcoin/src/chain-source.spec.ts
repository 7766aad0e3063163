import { SandboxChain } from '@qazyna/bitcoin';
import { BitcoinRpcSource } from './bitcoin-rpc/bitcoin-rpc-source.js';
import { answerFromSandbox, chainSourceContract, InterruptibleSource, startFaultyRpc } from '@qazyna/testing';

chainSourceContract('sandbox', () => {
  const chain = SandboxChain.open({ file: ':memory:', seed: 'contract', premine: 5 });
  const source = new InterruptibleSource(chain);
  return Promise.resolve({
    source,
    mine: async (blocks) => void (await chain.mine(blocks)),
    reorganise: async (depth, newBlocks) => void (await chain.reorganise(depth, { newBlocks })),
    breakOff: () => {
      source.away = true;
      return Promise.resolve(() => {
        source.away = false;
        return Promise.resolve();
      });
    },
    dispose: () => chain.close(),
  });
}, { blocksTravel: false });

chainSourceContract('Bitcoin RPC', async () => {
  const chain = SandboxChain.open({ file: ':memory:', seed: 'contract', premine: 5 });
  const node = await startFaultyRpc(answerFromSandbox(chain));
  const source = new BitcoinRpcSource({ url: node.url, network: 'regtest', pollMs: 20, backoffMs: 5, attemptsMax: 2 });
  return {
    source,
    mine: async (blocks) => void (await chain.mine(blocks)),
    reorganise: async (depth, newBlocks) => void (await chain.reorganise(depth, { newBlocks })),
    breakOff: () => {
      node.faults.down = true;
      return Promise.resolve(() => {
        node.faults.down = false;
        return Promise.resolve();
      });
    },
    corrupt: (change) => {
      node.faults.corrupt = change;
    },
    dispose: async () => {
      await source.close();
      await node.close();
      await chain.close();
    },
  };
});

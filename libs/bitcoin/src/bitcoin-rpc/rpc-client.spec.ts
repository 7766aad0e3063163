import { FAULTY_RPC_PASSWORD, startFaultyRpc, type FaultyRpc } from '@qazyna/testing';
import { BlockUnknown, ChainSourceMismatch, ChainSourceUnavailable } from '../chain-source.js';
import { networkParameters } from '../networks.js';
import { BitcoinRpcSource } from './bitcoin-rpc-source.js';
import { RpcClient, RpcRefused } from './rpc-client.js';

describe('the RPC client', () => {
  let node: FaultyRpc;
  let client: RpcClient;

  beforeEach(async () => {
    node = await startFaultyRpc((method) => (method === 'answer' ? Promise.resolve(42) : Promise.reject(new RpcRefused(method, -32601, 'Method not found'))));
    client = new RpcClient({ url: node.url, timeoutMs: 200, attemptsMax: 3, backoffMs: 5 });
  });
  afterEach(() => node.close());

  const failure = async (call: Promise<unknown>): Promise<Error> => {
    const error: unknown = await call.catch((reason: unknown) => reason);
    if (error instanceof Error) return error;
    throw new Error('the call succeeded');
  };

  it('gives the result', async () => {
    expect(await client.call('answer', [])).toBe(42);
  });

  it('tries a bounded number of times and never shows the credentials', async () => {
    node.faults.down = true;
    const error = await failure(client.call('answer', []));
    expect(error).toBeInstanceOf(ChainSourceUnavailable);
    expect(node.calls).toHaveLength(3);
    expect(`${error.message} ${error.stack ?? ''} ${JSON.stringify(error)} ${client.address}`).not.toContain(FAULTY_RPC_PASSWORD);
  });

  it('goes on when the node comes back between two attempts', async () => {
    node.faults.status = 503;
    const answer = new RpcClient({ url: node.url, attemptsMax: 10, backoffMs: 20 }).call('answer', []);
    setTimeout(() => (node.faults.status = undefined), 50);
    expect(await answer).toBe(42);
  });

  it('waits no longer than its timeout', async () => {
    node.faults.silent = true;
    expect((await failure(client.call('answer', []))).message).toMatch(/no answer within 200 ms/);
  });

  it('does not repeat what the node refused', async () => {
    expect(await failure(client.call('unknown', []))).toMatchObject({ code: 'bitcoin-rpc-refused', rpcCode: -32601 });
    expect(node.calls).toEqual(['unknown']);
  });

  it('says that credentials are refused, once', async () => {
    const wrong = new RpcClient({ url: node.url.replace(FAULTY_RPC_PASSWORD, 'wrong'), backoffMs: 5 });
    expect(await failure(wrong.call('answer', []))).toBeInstanceOf(ChainSourceMismatch);
    expect(node.calls).toHaveLength(1);
  });

  it('refuses a URL without repeating it', () => {
    expect(() => new RpcClient({ url: 'secret-password' })).toThrow(expect.not.objectContaining({ message: expect.stringContaining('secret') as string }) as Error);
    expect(() => new RpcClient({ url: 'ftp://a:secret@host' })).toThrow(/http/);
  });

  it('knows no block that btcd has just taken out of its best chain, so that whoever follows it looks again', async () => {
    const best = '12'.repeat(32);
    const genesis = networkParameters('regtest').genesisHash;
    const btcd = await startFaultyRpc((method) => {
      if (method === 'getblockhash') return Promise.resolve(genesis);
      return method === 'getbestblockhash' ? Promise.resolve(best) : Promise.reject(new RpcRefused(method, -32603, `${method}: block ${best} is not in the main chain`));
    });
    const source = new BitcoinRpcSource({ url: btcd.url, network: 'regtest' });
    await expect(source.tip()).rejects.toBeInstanceOf(BlockUnknown);
    await source.close();
    await btcd.close();
  });

  it('refuses a node of another network', async () => {
    const other = await startFaultyRpc(() => Promise.resolve('0'.repeat(64)));
    const source = new BitcoinRpcSource({ url: other.url, network: 'mainnet' });
    await expect(source.ping()).rejects.toBeInstanceOf(ChainSourceMismatch);
    await source.close();
    await expect(source.ping()).rejects.toBeInstanceOf(ChainSourceUnavailable);
    await other.close();
  });
});

import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BlockUnknown, RpcClient, RpcRefused, type RpcParameter, type SandboxChain } from '@qazyna/bitcoin';

export type RpcAnswer = (method: string, parameters: readonly RpcParameter[]) => Promise<unknown>;

/** What goes wrong between a node and who asks it; change it at any time. */
export interface RpcFaults {
  /** Connections are cut without an answer. */
  down: boolean;
  /** The answer never comes. */
  silent: boolean;
  /** Answered with this status and a page of HTML. */
  status: number | undefined;
  /** Applied to every raw block. */
  corrupt: ((raw: Uint8Array) => Uint8Array) | undefined;
}

export interface FaultyRpc {
  /** With credentials. */
  readonly url: string;
  readonly faults: RpcFaults;
  /** Calls received, the failed ones included. */
  readonly calls: readonly string[];
  close(): Promise<void>;
}

export const FAULTY_RPC_PASSWORD = 'correct-horse';

/** A JSON-RPC server on 127.0.0.1 that answers by `answer` and misbehaves on demand. */
export async function startFaultyRpc(answer: RpcAnswer): Promise<FaultyRpc> {
  const faults: RpcFaults = { down: false, silent: false, status: undefined, corrupt: undefined };
  const calls: string[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const { method, params, id } = JSON.parse(await bodyOf(request)) as { method: string; params: RpcParameter[]; id: number };
      calls.push(method);
      if (faults.down) return void request.socket.destroy();
      if (faults.silent) return;
      if (faults.status !== undefined) return void response.writeHead(faults.status, { 'content-type': 'text/html' }).end('<html>no</html>');
      const expected = `Basic ${Buffer.from(`tester:${FAULTY_RPC_PASSWORD}`).toString('base64')}`;
      if (request.headers.authorization !== expected) return void response.writeHead(401).end();
      try {
        const result = await answer(method, params);
        const changed = method === 'getblock' && faults.corrupt !== undefined && typeof result === 'string' ? Buffer.from(faults.corrupt(Buffer.from(result, 'hex'))).toString('hex') : result;
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ result: changed, error: null, id }));
      } catch (error) {
        const refusal = error instanceof RpcRefused ? { code: error.rpcCode, message: error.message } : { code: -1, message: String(error) };
        response.writeHead(500, { 'content-type': 'application/json' }).end(JSON.stringify({ result: null, error: refusal, id }));
      }
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://tester:${FAULTY_RPC_PASSWORD}@127.0.0.1:${port}`, faults, calls, close };
}

/** Answers as a node would that has the sandbox chain, with Bitcoin Core's error codes. */
export function answerFromSandbox(chain: SandboxChain): RpcAnswer {
  return async (method, [first]) => {
    switch (method) {
      case 'getbestblockhash':
        return (await chain.tip()).hash;
      case 'getblockhash': {
        const hash = await chain.blockHash(Number(first));
        if (hash === undefined) throw new RpcRefused(method, -8, 'Block height out of range');
        return hash;
      }
      case 'getblockheader':
        return knownOr(method, async () => ({ height: (await chain.block(String(first))).height }));
      case 'getblock':
        return knownOr(method, async () => Buffer.from(await chain.rawBlock(String(first))).toString('hex'));
      default:
        throw new RpcRefused(method, -32601, 'Method not found');
    }
  };
}

/** Passes every call on to a real node. */
export function answerFromNode(url: string): RpcAnswer {
  const client = new RpcClient({ url });
  return (method, parameters) => client.call(method, parameters);
}

async function knownOr<T>(method: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof BlockUnknown) throw new RpcRefused(method, -5, 'Block not found');
    throw error;
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RpcClient, RpcRefused } from '@qazyna/bitcoin';
import { Missing, type Requirement } from '../tiers.js';
import { buildBtcd } from './build.js';

/** Where a real node comes from: one that runs already, or a program to start. */
export type BitcoinNodeOrigin = { readonly url: string } | { readonly program: string };

export interface BitcoinNode {
  /** With credentials. */
  readonly url: string;
  readonly client: RpcClient;
  /** Stops the process where this function started it, and removes its data. */
  stop(): Promise<void>;
}

const STARTED_MS_MAX = 20_000;
const STOPPED_MS_MAX = 5_000;

/** A real Bitcoin node on regtest: `BITCOIN_RPC_URL`, else btcd built with Go. */
export const BITCOIN_NODE: Requirement<BitcoinNodeOrigin> = {
  name: 'a Bitcoin node',
  enable: 'install Go, or set BITCOIN_RPC_URL to a regtest node with generate and invalidateblock',
  requiredInCi: true,
  async find() {
    const url = process.env['BITCOIN_RPC_URL'];
    if (url !== undefined && url !== '') return { url };
    const program = await buildBtcd();
    return program instanceof Missing ? program : { program };
  },
};

/** A node of its own where none is given; undefined, with one line on standard error, where none can be had. */
export async function startBtcd(options: { readonly miningAddress?: string } = {}): Promise<BitcoinNode | undefined> {
  const origin = await BITCOIN_NODE.find();
  if (!(origin instanceof Missing)) return startBitcoinNode(origin, options);
  process.stderr.write(`no Bitcoin node: ${origin.reason}. To enable: ${BITCOIN_NODE.enable}\n`);
  return undefined;
}

/** @throws when the node does not answer in time */
export async function startBitcoinNode(origin: BitcoinNodeOrigin, options: { readonly miningAddress?: string } = {}): Promise<BitcoinNode> {
  if ('url' in origin) return { url: origin.url, client: new RpcClient({ url: origin.url }), stop: () => Promise.resolve() };
  const folder = mkdtempSync(join(tmpdir(), 'qazyna-btcd-'));
  const [rpcPort, peerPort] = [await freePort(), await freePort()];
  const config = join(folder, 'btcd.conf');
  writeFileSync(config, '');
  const flags = ['regtest', 'notls', 'nodnsseed', 'txindex', `configfile=${config}`, `datadir=${folder}`, `logdir=${join(folder, 'logs')}`];
  flags.push('rpcuser=tester', 'rpcpass=regtest', `rpclisten=127.0.0.1:${rpcPort}`, `listen=127.0.0.1:${peerPort}`);
  if (options.miningAddress !== undefined) flags.push(`miningaddr=${options.miningAddress}`);
  const node = spawn(origin.program, flags.map((flag) => `--${flag}`), { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [node.stdout, node.stderr]) stream.on('data', (chunk: Buffer) => (output = (output + chunk.toString('utf8')).slice(-2_000)));
  const url = `http://tester:regtest@127.0.0.1:${rpcPort}`;
  const client = new RpcClient({ url });
  const stop = async (): Promise<void> => {
    await endProcess(node);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await untilAnswers(url, node);
  } catch (error) {
    await stop();
    throw new Error(`btcd did not start: ${output}`, { cause: error });
  }
  return { url, client, stop };
}

async function untilAnswers(url: string, node: ChildProcess): Promise<void> {
  const probe = new RpcClient({ url, attemptsMax: 1, timeoutMs: 1_000 });
  const deadline = Date.now() + STARTED_MS_MAX;
  for (;;) {
    try {
      await probe.call('getbestblockhash', []);
      return;
    } catch (error) {
      if (error instanceof RpcRefused || Date.now() > deadline || node.exitCode !== null) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

function endProcess(node: ChildProcess): Promise<void> {
  if (node.exitCode !== null || node.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const hard = setTimeout(() => node.kill('SIGKILL'), STOPPED_MS_MAX);
    node.once('exit', () => {
      clearTimeout(hard);
      resolve();
    });
    node.kill('SIGTERM');
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

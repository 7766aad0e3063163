import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench, BenchOutcome, BenchSession } from './bench.js';
import { productionNodeOptions } from '../system/production-start.js';
import { registerAccounts, tokenOf } from './door.js';
import { LineProcess } from './line-process.js';
import type { LoadOrder, LoadReport } from './http/load-process.js';
import type { ContestResult, Run } from './measuring.js';

interface Shape {
  readonly name: string;
  readonly connections: number;
  readonly bulk: number;
  readonly requests: number;
}

const SHAPES: readonly Shape[] = [
  { name: 'singles, 1 connection', connections: 1, bulk: 1, requests: 3_000 },
  { name: 'singles, 32 connections', connections: 32, bulk: 1, requests: 16_000 },
  { name: 'bulks of 100, 1 connection', connections: 1, bulk: 100, requests: 300 },
  { name: 'bulks of 100, 8 connections', connections: 8, bulk: 100, requests: 600 },
  { name: 'bulks of 1,000, 1 connection', connections: 1, bulk: 1_000, requests: 40 },
  { name: 'bulks of 1,000, 8 connections', connections: 8, bulk: 1_000, requests: 80 },
];
const QUICK_SHARE = 10;
const AIM = 0.6;

export const httpBench: Bench = {
  name: 'http',
  title: 'payouts over HTTP to accepted, durably',
  run: measure,
};

/** A server under load, and where its payment ids stand: none is sent twice. */
interface Side {
  readonly url: string;
  readonly token: string;
  next: number;
}

async function measure(session: BenchSession): Promise<BenchOutcome> {
  for (const folder of ['ours', 'bare-two', 'bare-one']) mkdirSync(join(session.folder, folder));
  const processes = {
    ours: new LineProcess('http/service-process.ts', [join(session.folder, 'ours')], productionNodeOptions().split(' ')),
    two: new LineProcess('http/bare-process.ts', [join(session.folder, 'bare-two', 'events.db'), '2']),
    one: new LineProcess('http/bare-process.ts', [join(session.folder, 'bare-one', 'events.db'), '1']),
    load: new LineProcess('http/load-process.ts', []),
  };
  try {
    const ours = await opened(processes.ours);
    const two = await opened(processes.two);
    const one = await opened(processes.one);
    await registerAccounts(ours.url, 1);
    const side = { ours: { ...ours, token: await tokenOf(ours.url, 'pool-operator') }, two, one };
    const contests: ContestResult[] = [];
    for (const shape of SHAPES) {
      const scaled = session.quick ? { ...shape, requests: Math.max(shape.connections, Math.ceil(shape.requests / QUICK_SHARE)) } : shape;
      contests.push(
        ...(await session.contest({
          name: shape.name,
          unit: 'payouts/s',
          ours: () => send(processes.load, side.ours, scaled),
          limits: [
            { against: 'a bare Node server: JSON.parse and the same two rows, grouped', aim: AIM, run: () => send(processes.load, side.two, scaled) },
            { against: 'the same with one row', run: () => send(processes.load, side.one, scaled) },
          ],
        })),
      );
    }
    return { kind: 'measured', contests };
  } finally {
    await Promise.all(Object.values(processes).map((each) => each.stop()));
  }
}

async function opened(process: LineProcess): Promise<Side> {
  const { url } = await process.read<{ url: string }>();
  return { url, token: 'none', next: 1 };
}

async function send(load: LineProcess, side: Side, { connections, bulk, requests }: Shape): Promise<Run> {
  const order: LoadOrder = { url: side.url, token: side.token, connections, bulk, requests, from: side.next, accounts: 1 };
  const payouts = bulk * requests;
  side.next += payouts;
  const { seconds, accepted } = await load.ask<LoadReport>(order);
  if (accepted !== payouts) throw new Error(`${accepted} payouts were accepted instead of ${payouts}`);
  return { operations: payouts, seconds };
}

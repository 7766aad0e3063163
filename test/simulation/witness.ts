import type { Block } from '@qazyna/bitcoin';
import type { RecordedEvent } from '@qazyna/event-store';
import type { Role } from '@qazyna/service-kit';
import type { ServiceNode } from './nodes/service-node.js';
import type { MinedBlock, RawEvent, RawRecord, Testimony } from './oracle/testimony.js';
import { MANY_CASE } from './workload/registers.js';
import type { Stage } from './workload/stage.js';
import { positionNumber, type EventLog } from './world/event-log.js';
import type { Blockchain } from './world/simulated-chain.js';
import type { Topics } from './world/topics.js';

export interface Scene {
  readonly stage: Stage;
  readonly log: EventLog;
  readonly topics: Topics;
  readonly blockchain: Blockchain;
}

const GROUPS = [
  ['intake', 'qazyna.seizure-facts.v1'],
  ['intake', 'qazyna.acquisitions.v1'],
  ['mining-ingest', 'qazyna.mining-payouts.v1'],
  ['intake', 'qazyna.custody-events.v1'],
  ['intake-screening', 'qazyna.intake-events.v1'],
  ['custody-screening', 'qazyna.intake-events.v1'],
  ['mining-earnings', 'qazyna.mining-earnings.v1'],
  ['custody', 'qazyna.mining-events.v1'],
  ['custody', 'qazyna.intake-events.v1'],
] as const;

/** What is not up, read, relayed or followed, as far as can be seen from outside; undefined where all is at rest. */
export async function unrest(scene: Scene & { readonly nodes: readonly ServiceNode[] }): Promise<string | undefined> {
  const { stage, log, topics, blockchain, nodes } = scene;
  const down = nodes.find(({ isUp }) => !isUp);
  if (down !== undefined) return `${down.name} is down`;
  for (const [group, topic] of GROUPS) {
    if (!topics.names().includes(topic)) return `there is no topic ${topic}`;
    if (topics.partitions(topic).some((records, partition) => topics.offset(group, topic, partition) < records.length)) return `${group} has not read ${topic}`;
  }
  const last = log.stream('chain-regtest').at(-1);
  if (last?.data['hash'] !== blockchain.best.at(-1)?.hash) return 'custody does not follow the chain';
  for (const node of nodes) {
    const ready = await stage.client.read(node, '/health/ready');
    if (ready?.status !== 200) return `${node.name} is not ready: ${ready?.text ?? 'no answer'}`;
  }
  const alarms = await stage.client.read(stage.custody, '/v1/alarms', 'auditor');
  if (alarms?.status !== 200) return 'the alarms cannot be had';
  const { refusedEntries } = JSON.parse(alarms.text) as { readonly refusedEntries: readonly unknown[] };
  return refusedEntries.length === 0 ? undefined : `the journal refuses entries: ${JSON.stringify(refusedEntries)}`;
}

/** Lists that may be longer than a page are asked for whole. */
const PAGES: readonly (readonly [keyof Pick<Stage, 'intake' | 'mining' | 'custody' | 'reporting'>, string, Role | undefined])[] = [
  ['reporting', '/v1/holdings', undefined],
  ['reporting', '/v1/conflicts?limit=1000', 'auditor'],
  ['custody', '/v1/accounts?limit=1000', undefined],
  ['custody', '/v1/journal/entries?limit=1000', undefined],
  ['custody', '/v1/deposits?limit=1000', 'auditor'],
  ['custody', '/v1/alarms?limit=1000', 'auditor'],
  ['custody', '/v1/vaults', 'auditor'],
  ['mining', '/v1/payouts?limit=1000', 'auditor'],
  ['mining', '/v1/licences', 'auditor'],
  ['mining', '/v1/pool-accounts', 'auditor'],
  ['intake', '/v1/cases?limit=1000', 'auditor'],
  ['intake', '/v1/purchases?limit=1000', 'auditor'],
  ['intake', '/v1/donations?limit=1000', 'auditor'],
  ['intake', `/v1/cases/${MANY_CASE}/assets?limit=1000`, 'auditor'],
];

/** Everything the oracle may see. */
export async function takeTestimony(scene: Scene & { readonly confirmations: number }): Promise<Testimony> {
  const { stage, log, topics, blockchain, confirmations } = scene;
  const pages: Record<string, unknown> = {};
  for (const [node, path, role] of PAGES) {
    const answer = await stage.client.read(stage[node], path, role);
    pages[path.split('?')[0] ?? path] = answer === undefined ? null : (JSON.parse(answer.text) as unknown);
  }
  return {
    sent: stage.client.sent,
    events: log.all.map(rawEvent),
    topics: Object.fromEntries(topics.names().map((name) => [name, topics.records(name).map(rawRecord)])),
    chain: blockchain.best.map(minedBlock),
    mined: [...new Map(blockchain.all.flatMap((block) => minedBlock(block).transactions.map((transaction) => [transaction.txid, transaction]))).values()],
    origins: blockchain.all.flatMap(({ transactions }) => transactions.map(({ txid, inputs }) => ({ txid, addresses: inputs.flatMap((input) => blockchain.earlier.get(input.txid)?.outputs[input.vout]?.address ?? []) }))),
    confirmations,
    pages,
    endedAt: new Date(Math.floor(stage.faults.time.nowMs)).toISOString(),
  };
}

function rawEvent({ position, stream, revision, id, type, data, recordedAt }: RecordedEvent): RawEvent {
  return { position: positionNumber(position), stream, revision: Number(revision), id, type, data, recordedAt: recordedAt.toISOString() };
}

function rawRecord({ partition, offset, key, headers, value }: { partition: number; offset: bigint; key: string | null; headers: Readonly<Record<string, string>>; value: Uint8Array | null }): RawRecord {
  return { partition, offset: Number(offset), key, headers, value: value === null ? null : Buffer.from(value).toString('utf8') };
}

function minedBlock({ height, hash, time, transactions }: Block): MinedBlock {
  return {
    height,
    hash,
    time: time.toISOString(),
    transactions: transactions.map(({ txid, coinbase, inputs, outputs }) => ({
      txid,
      coinbase,
      inputs,
      outputs: outputs.map(({ vout, amount, address }) => ({ vout, amount: amount.toString(), ...(address === undefined ? {} : { address }) })),
    })),
  };
}

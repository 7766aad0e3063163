import { AGENCY, eventHeaders, eventRecord, fact, FACT_TYPE, FACTS_TOPIC, type FactContent } from './messages.js';
import type { Registers, SeizureCase } from './registers.js';
import { linger, type Stage } from './stage.js';

const WAY_OF_THE_LAW = ['reported', 'restriction', 'arrest', 'confiscation-order', 'finality', 'state-property-decision'];
const SOURCE = `urn:qazyna:agency:${AGENCY}`;
const DAY_MS = 86_400_000;

/** Agencies publish acts over their cases: in the order of the law or as registries happen to send them. */
export async function agenciesAtWork(stage: Stage, registers: Registers): Promise<void> {
  await Promise.all(registers.cases.map((seizure) => oneCase(stage, seizure)));
}

async function oneCase(stage: Stage, { caseNumber, address }: SeizureCase): Promise<void> {
  const { chance, chain } = stage;
  const length = chance.between(1, WAY_OF_THE_LAW.length);
  const acts = WAY_OF_THE_LAW.slice(0, length);
  if (chance.happens(0.2)) acts.push('release-to-owner');
  if (chance.happens(0.2)) acts.push(chance.oneOf(WAY_OF_THE_LAW));
  const order = chance.happens(0.4) ? chance.shuffled(acts) : acts;
  const payments = (async () => {
    for (let n = chance.between(0, 2); n > 0 && address !== undefined; n -= 1) {
      await linger(stage, 3_000);
      chain.pay([{ address, amount: BigInt(chance.between(1_000, 9_000_000)) }]);
    }
  })();
  for (const [index, act] of order.entries()) {
    await linger(stage, 600);
    const inFuture = act === 'state-property-decision' && chance.happens(0.2);
    const effectiveAt = new Date(inFuture ? Math.floor(stage.faults.time.nowMs) + 3_000 : Date.UTC(2026, 0, 1) + index * DAY_MS).toISOString();
    await publish(stage, fact(chance, caseNumber, act, effectiveAt), `${caseNumber}-${act}-${index}`);
  }
  await payments;
}

async function publish(stage: Stage, content: FactContent, id: string): Promise<void> {
  const { chance } = stage;
  const send = async (body: FactContent): Promise<void> => {
    if (chance.happens(0.4)) {
      stage.client.publish({ command: 'publish-fact', key: id, content: body }, FACTS_TOPIC, eventRecord(FACT_TYPE, id, SOURCE, chance.happens(0.1) ? 'wrong-key' : `${AGENCY}.${body.caseNumber}`, body));
      return;
    }
    const { client, intake } = stage;
    await client.send({ command: 'publish-fact', key: id, content: body, to: intake, path: '/v1/seizure-facts', role: 'law-enforcement', body: JSON.stringify(body), headers: eventHeaders(FACT_TYPE, encodeURIComponent(id), SOURCE) });
  };
  await send(content);
  if (chance.happens(0.2)) await send(content);
  if (chance.happens(0.1)) await send({ ...content, effectiveAt: '2026-01-15T00:00:00Z' });
}

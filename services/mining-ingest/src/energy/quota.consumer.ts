import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { messageTypeOf, TOPICS, type EnergyReadingRecorded, type FarmQuotaSet } from '@qazyna/contracts';
import type { MessageBatch, Outcome } from '@qazyna/messaging';
import { QuotaNotes } from './quota-notes.service.js';

const READING = messageTypeOf('mining.energy-reading-recorded', 1);
const QUOTA = messageTypeOf('mining.farm-quota-set', 1);
const ACTOR = { subject: 'quota-watch', organisation: 'qazyna' } as const;

/** Each reading and quota leads to a look at the farm's month. Driven by what was recorded, so that no crash can lose it. */
@Controller()
export class QuotaConsumer {
  constructor(@Inject(QuotaNotes) private readonly notes: QuotaNotes) {}

  @EventPattern<string>(TOPICS.miningEvents, { group: 'mining-quotas', types: [READING, QUOTA] })
  async take(@Payload() batch: MessageBatch): Promise<readonly Outcome[]> {
    const seen = new Set<string>();
    for (const { event } of batch) {
      const metadata = { actor: ACTOR, correlationId: event.id };
      if (event.type === QUOTA) {
        const { farmId, effectiveFrom } = event.data as FarmQuotaSet;
        await this.notes.noteMonthsSince(farmId, effectiveFrom, metadata);
        continue;
      }
      const { farmId, month, from } = event.data as EnergyReadingRecorded;
      const key = `${farmId}~${month}`;
      if (!seen.has(key)) await this.notes.noteMonthOf(farmId, from, metadata);
      seen.add(key);
    }
    return batch.map(() => ({ kind: 'done' }));
  }
}

import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { ENERGY_READING_TYPE, LICENCE_ACT_TYPE, TOPICS, type EnergyReading, type LicenceAct } from '@qazyna/contracts';
import type { MessageBatch, Outcome } from '@qazyna/messaging';
import { actorMetadata, actorOfSource, deadLetterOf } from '@qazyna/service-kit';
import { EnergyService } from '../energy/energy.service.js';
import { LicencesService } from './licences.service.js';

type Message = MessageBatch[number];

/** What the regulator sends: acts over licences and readings of farms' meters. */
@Controller()
export class RegulatorConsumer {
  constructor(
    @Inject(LicencesService) private readonly licences: LicencesService,
    @Inject(EnergyService) private readonly energy: EnergyService,
  ) {}

  @EventPattern<string>(TOPICS.regulatorMessages, { group: 'mining-registers', types: [ENERGY_READING_TYPE, LICENCE_ACT_TYPE] })
  async take(@Payload() batch: MessageBatch): Promise<readonly Outcome[]> {
    const outcomes = new Array<Outcome>(batch.length);
    const readings: { readonly index: number; readonly message: Message }[] = [];
    for (const [index, message] of batch.entries()) {
      if (message.event.type === ENERGY_READING_TYPE) readings.push({ index, message });
      else outcomes[index] = await this.takeAct(message);
    }
    for (const group of bySource(readings)) {
      const [first] = group;
      if (first === undefined) continue;
      const results = await this.energy.record(
        group.map(({ message }) => message.event.data as EnergyReading),
        { actor: actorMetadata(actorOfSource(first.message.event.source)), correlationId: first.message.event.id },
      );
      group.forEach(({ index }, at) => {
        const result = results[at];
        outcomes[index] = result?.status === 'refused' ? deadLetterOf(result) : { kind: 'done' };
      });
    }
    return outcomes;
  }

  private async takeAct({ event }: Message): Promise<Outcome> {
    const outcome = await this.licences.act(event.data as LicenceAct, 'kafka', { actor: actorMetadata(actorOfSource(event.source)), correlationId: event.id });
    return 'refusal' in outcome ? deadLetterOf(outcome.refusal) : { kind: 'done' };
  }
}

/** Readings of one publisher are recorded together under its name. */
function bySource<T extends { readonly message: Message }>(items: readonly T[]): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(item.message.event.source, [...(groups.get(item.message.event.source) ?? []), item]);
  return [...groups.values()];
}

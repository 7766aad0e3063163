import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { ENERGY_READING_TYPE, LICENCE_ACT_TYPE, TOPICS, type EnergyReading, type LicenceAct, type SignedMessage } from '@qazyna/contracts';
import type { Refusal } from '@qazyna/event-store';
import type { MessageBatch, Outcome } from '@qazyna/messaging';
import { actorMetadata, actorOfMessage, deadLetterOf, UpstreamSignatures, type UpstreamMessage } from '@qazyna/service-kit';
import { readingMessage } from '../energy/reading-message.adapter.js';
import { EnergyService } from '../energy/energy.service.js';
import { LicencesService } from './licences.service.js';

type Message = MessageBatch[number];
type Admitted = { readonly item: Message; readonly signed?: SignedMessage };
interface Taken extends Partial<Refusal> {
  readonly status: string;
}

/** What the regulator sends: acts over licences and readings of farms' meters, each signed by who may speak of them. */
@Controller()
export class RegulatorConsumer {
  constructor(
    @Inject(LicencesService) private readonly licences: LicencesService,
    @Inject(EnergyService) private readonly energy: EnergyService,
    @Inject(UpstreamSignatures) private readonly signatures: UpstreamSignatures,
  ) {}

  @EventPattern<string>(TOPICS.regulatorMessages, { group: 'mining-registers', types: [ENERGY_READING_TYPE, LICENCE_ACT_TYPE] })
  async take(@Payload() batch: MessageBatch): Promise<readonly Outcome[]> {
    const results = await this.signatures.admit(
      batch,
      (message) => this.asSpoken(message),
      (admitted) => this.takeAll(admitted),
    );
    return results.map((result) => (result.status === 'refused' ? deadLetterOf(result) : { kind: 'done' }));
  }

  private asSpoken({ event, receivedAt }: Message): UpstreamMessage {
    if (event.type === ENERGY_READING_TYPE) return readingMessage({ event, reading: event.data as EnergyReading, receivedAt }, this.energy);
    const act = event.data as LicenceAct;
    return { event, spoken: { about: 'register', register: 'licence-acts', subject: `licence ${act.licenceId}` }, receivedAt, known: () => this.licences.knows(act) };
  }

  /** Results in the order of the messages; the readings of one publisher are recorded together, under its name. */
  private async takeAll(admitted: readonly Admitted[]): Promise<Taken[]> {
    const results = new Array<Taken>(admitted.length);
    const readings = new Map<string, { readonly index: number; readonly one: Admitted }[]>();
    for (const [index, one] of admitted.entries()) {
      const { event } = one.item;
      if (event.type !== ENERGY_READING_TYPE) results[index] = await this.takeAct(one);
      else readings.set(metadataOf(one).actor.subject, [...(readings.get(metadataOf(one).actor.subject) ?? []), { index, one }]);
    }
    for (const group of readings.values()) {
      const [first] = group;
      if (first === undefined) continue;
      const offered = group.map(({ one: { item, signed } }) => ({ reading: item.event.data as EnergyReading, ...(signed === undefined ? {} : { signed }) }));
      const recorded = await this.energy.record(offered, metadataOf(first.one));
      group.forEach(({ index }, at) => (results[index] = recorded[at] ?? { status: 'accepted' }));
    }
    return results;
  }

  private async takeAct(one: Admitted): Promise<Taken> {
    const outcome = await this.licences.act(one.item.event.data as LicenceAct, 'kafka', metadataOf(one), one.signed);
    return 'refusal' in outcome ? { status: 'refused', ...outcome.refusal } : { status: outcome.status };
  }
}

function metadataOf({ item: { event }, signed }: Admitted): { readonly actor: ReturnType<typeof actorMetadata>; readonly correlationId: string } {
  return { actor: actorMetadata(actorOfMessage(event.source, signed)), correlationId: event.id };
}

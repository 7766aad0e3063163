import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { messageTypeOf, TOPICS, type ActApplied, type DepositSeen } from '@qazyna/contracts';
import type { MessageBatch, Outcome } from '@qazyna/messaging';
import { CONFIG, type PlatformConfig } from '@qazyna/service-kit';
import { addressForm, addressKey } from './screened-address.adapter.js';
import { ScreeningService, type AskedSubject } from './screening.service.js';

type Message = MessageBatch[number]['event'];

@Controller()
export class ScreeningConsumer {
  constructor(
    @Inject(ScreeningService) private readonly screening: ScreeningService,
    @Inject(CONFIG) private readonly config: PlatformConfig,
  ) {}

  /** Deposits that custody holds until their origin is screened. */
  @EventPattern<string>(TOPICS.custodyEvents, { group: 'intake', types: [messageTypeOf('custody.deposit-seen', 1)] })
  async deposits(@Payload() batch: MessageBatch): Promise<readonly Outcome[]> {
    return this.ask(batch, ({ data }) => {
      const { depositId, sources } = data as DepositSeen;
      return sources === undefined ? undefined : { subjectId: `deposit.${depositId}`, addresses: formsOf(sources.addresses), unknownSources: sources.unknown };
    });
  }

  /** Addresses that a case's acts name. */
  @EventPattern<string>(TOPICS.intakeEvents, { group: 'intake-screening', types: [messageTypeOf('intake.act-applied', 1)] })
  async cases(@Payload() batch: MessageBatch): Promise<readonly Outcome[]> {
    return this.ask(batch, ({ data }) => {
      const { caseId, assets = [] } = data as ActApplied;
      const addresses = assets.flatMap(({ location }) => (location.kind === 'address' && location.address !== undefined ? [location.address] : []));
      return this.config.screening === 'off' || addresses.length === 0 ? undefined : { subjectId: `case.${caseId}`, addresses: formsOf(addresses), unknownSources: 0 };
    });
  }

  private async ask(batch: MessageBatch, askedOf: (message: Message) => AskedSubject | undefined): Promise<readonly Outcome[]> {
    await Promise.all(
      batch.map(async ({ event }) => {
        const asked = askedOf(event);
        if (asked !== undefined) await this.screening.request(asked, event.id, event.extensions['correlationid'] ?? event.id);
      }),
    );
    return batch.map(() => ({ kind: 'done' }));
  }
}

/** Each address once, in its one form. */
function formsOf(written: readonly string[]): AskedSubject['addresses'] {
  const forms = new Map(written.map(addressForm).map((form) => [addressKey(form), { address: form.address, chain: form.chain }]));
  return [...forms.values()];
}

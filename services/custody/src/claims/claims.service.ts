import { Inject, Injectable } from '@nestjs/common';
import { streamOf, type PayoutAccepted } from '@qazyna/contracts';
import { handleCommand, type EventStore } from '@qazyna/event-store';
import { EVENT_STORE } from '@qazyna/service-kit';
import { LEADER_STORE } from '../custody.tokens.js';
import { claimDecider } from './claim.js';

const CUSTODY = { subject: 'custody', organisation: 'qazyna' };

@Injectable()
export class ClaimsService {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(LEADER_STORE) private readonly leaderStore: EventStore,
  ) {}

  /** Notes accepted payouts, each once, by whichever instance they were delivered to. @throws {StoreUnavailable | StoreTimeout} deliver the same batch again */
  async register(claims: readonly { readonly claim: PayoutAccepted; readonly correlationId: string; readonly causationId: string }[]): Promise<void> {
    await Promise.all(
      claims.map(({ claim, correlationId, causationId }) =>
        handleCommand(this.store, claimDecider, {
          stream: streamOf.claim(claim.payoutId),
          command: { kind: 'register', claim: plain(claim) },
          commandId: 'register',
          metadata: { actor: CUSTODY, correlationId, causationId },
          expectNew: true,
        }),
      ),
    );
  }

  /** The output stays unidentified; an officer must look. */
  async dispute(payoutId: string, code: string, message: string): Promise<void> {
    await handleCommand(this.leaderStore, claimDecider, {
      stream: streamOf.claim(payoutId),
      command: { kind: 'dispute', dispute: { payoutId, code, message: message.slice(0, 500) } },
      commandId: 'dispute',
      metadata: { actor: CUSTODY, correlationId: payoutId },
    });
  }
}

/** A validated message is an instance of its class; what is recorded is its fields. */
function plain({ payoutId, poolAccountId, licenceId, asset, amount, address, txid, outputIndex, paidAt }: PayoutAccepted): PayoutAccepted {
  return { payoutId, poolAccountId, licenceId, asset, amount, address, txid, ...(outputIndex === undefined ? {} : { outputIndex }), paidAt };
}

import { Inject, Injectable } from '@nestjs/common';
import { streamOf, type DepositSeen } from '@qazyna/contracts';
import { handleCommand, type CommandOutcome, type EventStore } from '@qazyna/event-store';
import { LEADER_STORE } from '../custody.tokens.js';
import { depositDecider, type ClaimedOutput, type DepositCommand, type DepositEvent, type DepositState } from './deposit.js';

/** Commands under way at once: enough to share the store's durable writes, few enough to bound memory. */
const CONCURRENT_MAX = 500;
const CUSTODY = { subject: 'custody', organisation: 'qazyna' };

/**
 * Carries commands out on the streams of deposits. `place` is where the chain's own stream stood: with it each command
 * has one identity, and a repetition after a crash is the same command.
 */
@Injectable()
export class DepositsService {
  constructor(@Inject(LEADER_STORE) private readonly store: EventStore) {}

  async see(seen: readonly DepositSeen[], place: string): Promise<void> {
    await inChunks(seen, (each) => this.carryOut(each.depositId, { kind: 'see', seen: each }, `see:${each.blockHash}@${place}`, { expectNew: true }));
  }

  async confirm(due: readonly { readonly depositId: string; readonly blockHash: string }[], tipHeight: number, required: number, place: string): Promise<void> {
    await inChunks(due, ({ depositId, blockHash }) => this.carryOut(depositId, { kind: 'confirm', blockHash, tipHeight, required }, `confirm:${blockHash}@${place}`));
  }

  async takeBack(gone: readonly { readonly depositId: string; readonly blockHash: string }[], place: string): Promise<void> {
    await inChunks(gone, ({ depositId, blockHash }) => this.carryOut(depositId, { kind: 'take-back', blockHash }, `take-back:${blockHash}@${place}`));
  }

  spend(depositId: string, spentBy: string, height: number): Promise<CommandOutcome<DepositState, DepositEvent>> {
    return this.carryOut(depositId, { kind: 'spend', spentBy, height }, `spend:${spentBy}`);
  }

  match(depositId: string, claim: ClaimedOutput): Promise<CommandOutcome<DepositState, DepositEvent>> {
    return this.carryOut(depositId, { kind: 'match', claim }, `match:${claim.payoutId}`, { correlationId: claim.payoutId });
  }

  private carryOut(depositId: string, command: DepositCommand, commandId: string, { correlationId = depositId, expectNew = false } = {}): Promise<CommandOutcome<DepositState, DepositEvent>> {
    return handleCommand(this.store, depositDecider, {
      stream: streamOf.deposit(depositId),
      command,
      commandId,
      metadata: { actor: CUSTODY, correlationId },
      expectNew,
    });
  }
}

export async function inChunks<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < items.length; from += CONCURRENT_MAX) await Promise.all(items.slice(from, from + CONCURRENT_MAX).map(work));
}

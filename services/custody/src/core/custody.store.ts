import { STREAM_PREFIXES, streamOf, type AddressAssigned, type BlockConnected, type CaseStatePropertyNoted, type VaultRegistered } from '@qazyna/contracts';
import type { EventStore, ExpectedRevision, RecordedEvent } from '@qazyna/event-store';
import { caseCustodyDecider, type CaseCustodyEvent } from '../cases/case-custody.js';
import { claimDecider, type ClaimEvent, type ClaimState } from '../claims/claim.js';
import { depositDecider, type DepositEvent, type DepositState } from '../deposits/deposit.js';
import { vaultDecider, type VaultEvent, type VaultState } from '../vaults/vault.js';

/** Blocks remembered, and so the deepest reorganisation that can be followed. */
const BLOCKS_MAX = 2016;

const addTo = <K, V>(sets: Map<K, Set<V>>, key: K, value: V): void => {
  const set = sets.get(key);
  if (set) set.add(value);
  else sets.set(key, new Set([value]));
};

/** What custody knows, folded from its own streams: in memory only, rebuilt at each start. */
export class CustodyState {
  readonly vaults = new Map<string, VaultState>();
  readonly addresses = new Map<string, AddressAssigned>();
  readonly deposits = new Map<string, DepositState>();
  readonly claims = new Map<string, ClaimState>();
  readonly stateProperty = new Map<string, CaseStatePropertyNoted>();
  /** Blocks of the best chain that were followed, oldest first, without gaps. */
  readonly blocks: BlockConnected[] = [];
  chainRevision: ExpectedRevision = 'no-stream';
  /** Deposits in a block and not yet deep enough. */
  readonly awaiting = new Set<string>();
  private readonly byTransaction = new Map<string, Set<string>>();
  private readonly byHeight = new Map<number, Set<string>>();
  private readonly byCase = new Map<string, Set<string>>();
  private readonly claimsByTransaction = new Map<string, Set<string>>();
  private readonly frozen = new Set<string>();

  constructor(readonly network: string) {}

  /** Folds all of custody's streams but the journal. @throws {StoreUnavailable} */
  static async load(store: EventStore, network: string): Promise<CustodyState> {
    const state = new CustodyState(network);
    const streamPrefixes = STREAM_PREFIXES.custody.filter((prefix) => prefix !== streamOf.journal);
    for await (const page of store.readAll({ filter: { streamPrefixes } })) for (const event of page) state.apply(event);
    return state;
  }

  get tip(): BlockConnected | undefined {
    return this.blocks.at(-1);
  }

  isFrozen(vaultId: string): boolean {
    return this.frozen.has(vaultId);
  }

  depositsOf(txid: string): DepositState[] {
    return this.several(this.byTransaction.get(txid));
  }

  depositsAt(height: number): DepositState[] {
    return this.several(this.byHeight.get(height));
  }

  depositsForCase(caseId: string): DepositState[] {
    return this.several(this.byCase.get(caseId));
  }

  claimsOn(txid: string): ClaimState[] {
    return [...(this.claimsByTransaction.get(txid) ?? [])].flatMap((payoutId) => this.claims.get(payoutId) ?? []);
  }

  setVault(state: VaultState): void {
    if (!state.vault) return;
    this.vaults.set(state.vault.vaultId, state);
    for (const assigned of state.assigned) this.addresses.set(assigned.address, assigned);
  }

  setDeposit(state: DepositState): void {
    const { seen } = state;
    if (!seen) return;
    const { depositId, height, purpose, vaultId } = seen;
    const before = this.deposits.get(depositId)?.seen;
    if (before && before.height !== height) this.byHeight.get(before.height)?.delete(depositId);
    this.deposits.set(depositId, state);
    addTo(this.byTransaction, depositId.slice(0, 64), depositId);
    addTo(this.byHeight, height, depositId);
    if (purpose.kind === 'case') addTo(this.byCase, purpose.id, depositId);
    if (state.status === 'seen') this.awaiting.add(depositId);
    else this.awaiting.delete(depositId);
    if (state.spentBy !== undefined) this.frozen.add(vaultId);
  }

  setClaim(state: ClaimState): void {
    if (!state.claim) return;
    this.claims.set(state.claim.payoutId, state);
    addTo(this.claimsByTransaction, state.claim.txid, state.claim.payoutId);
  }

  /** Moves the chain by one block; called for recorded events only. */
  connect(block: BlockConnected, revision: bigint): void {
    this.blocks.push(block);
    if (this.blocks.length > BLOCKS_MAX) this.blocks.shift();
    this.chainRevision = revision;
  }

  disconnect(revision: bigint): void {
    this.blocks.pop();
    this.chainRevision = revision;
  }

  private several(ids: ReadonlySet<string> | undefined): DepositState[] {
    return [...(ids ?? [])].flatMap((id) => this.deposits.get(id) ?? []);
  }

  private apply(event: RecordedEvent): void {
    const { type, data, stream } = event;
    if (type === 'custody.block-connected') {
      if (stream === streamOf.chain(this.network)) this.connect(data as unknown as BlockConnected, event.revision);
    } else if (type === 'custody.block-disconnected') {
      if (stream === streamOf.chain(this.network)) this.disconnect(event.revision);
    } else if (type.startsWith('custody.deposit-') || type === 'custody.unapproved-spend-detected') {
      const change = { type, data } as unknown as DepositEvent;
      this.setDeposit(depositDecider.evolve(this.deposits.get(change.data.depositId) ?? depositDecider.initialState(), change));
    } else if (type.startsWith('custody.claim-')) {
      const change = { type, data } as unknown as ClaimEvent;
      this.setClaim(claimDecider.evolve(this.claims.get(change.data.payoutId) ?? claimDecider.initialState(), change));
    } else if (type === 'custody.vault-registered' || type === 'custody.address-assigned') {
      const { vaultId } = data as unknown as VaultRegistered;
      this.setVault(vaultDecider.evolve(this.vaults.get(vaultId) ?? vaultDecider.initialState(), { type, data } as unknown as VaultEvent));
    } else if (type === 'custody.case-state-property-noted') {
      const note = caseCustodyDecider.evolve(undefined, { type, data } as unknown as CaseCustodyEvent);
      if (note) this.stateProperty.set(note.caseId, note);
    }
  }
}


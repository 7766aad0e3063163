import { Inject, Injectable } from '@nestjs/common';
import { deriveAddress, DescriptorError, parseDescriptor, type BitcoinNetwork } from '@qazyna/bitcoin';
import { contentHash, streamOf, type AddressAssigned, type AddressAssignment, type AddressPurposeKind, type VaultFrozen, type VaultRegistered, type VaultRegistration } from '@qazyna/contracts';
import { handleCommand, loadState, type EventMetadata, type EventStore, type Position, type Refusal } from '@qazyna/event-store';
import { bitcoinAsset } from '@qazyna/ledger';
import { sourceRefusal, type JurisdictionProfile, type SourceKind } from '@qazyna/jurisdiction';
import { CONFIG, JURISDICTION, type PlatformConfig } from '@qazyna/service-kit';
import { LEADER_STORE } from '../custody.tokens.js';
import { purposeKey, vaultDecider, type VaultCommand, type VaultEvent, type VaultState } from './vault.js';
import { VaultDirectory } from './vault-directory.js';

type Metadata = Omit<EventMetadata, 'schemaVersion'>;
type Answer<T> = T | { readonly refusal: Refusal };

/** Streams of vaults. */
const VAULT_STREAMS = ['vault-'];

@Injectable()
export class VaultsService {
  readonly directory = new VaultDirectory(({ descriptor, network }) => keysOf(descriptor, network));
  /** Registrations and assignments, one after the other: each must see the keys and addresses of those before it. */
  private last: Promise<unknown> = Promise.resolve();
  /** Place in the log up to which `load` has looked. */
  private read: Position | undefined;

  constructor(
    @Inject(LEADER_STORE) private readonly store: EventStore,
    @Inject(CONFIG) private readonly config: PlatformConfig,
    @Inject(JURISDICTION) private readonly jurisdiction: JurisdictionProfile,
  ) {}

  /**
   * Reads into the directory every vault and address that it does not have yet, up to the log's end; nothing may be
   * followed or assigned before. A standby calls it again and again, since the leader registers and assigns.
   */
  async load(): Promise<void> {
    const { read } = this;
    const end = await this.store.head();
    for await (const page of this.store.readAll({ filter: { streamPrefixes: VAULT_STREAMS }, ...(read === undefined ? {} : { after: read }) })) {
      for (const event of page) this.directory.apply(event as unknown as VaultEvent);
    }
    this.read = end;
  }

  /** Registers a vault once. @throws {StoreUnavailable | StoreTimeout} send it again */
  register(registration: VaultRegistration, metadata: Metadata): Promise<Answer<VaultRegistered>> {
    const { vaultId, class: cls, tier, descriptor } = registration;
    const network = this.config.bitcoinNetwork;
    return this.inTurn(async () => {
      let keys: readonly string[];
      try {
        keys = keysOf(descriptor, network);
      } catch (error) {
        if (!(error instanceof DescriptorError)) throw error;
        return { refusal: { code: error.code, message: error.message, field: 'descriptor' } };
      }
      const outcome = await this.carryOut(
        vaultId,
        { kind: 'register', registration: { vaultId, class: cls, tier, descriptor }, network, asset: bitcoinAsset(network).id, keys, others: this.directory.all() },
        `register:${contentHash(registration)}`,
        metadata,
      );
      return 'refusal' in outcome ? outcome : (outcome.registered as VaultRegistered);
    });
  }

  /** The address of a purpose in a vault, assigned now or before. @throws {StoreUnavailable | StoreTimeout} send it again */
  assign({ vaultId, purpose }: AddressAssignment, metadata: Metadata): Promise<Answer<AddressAssigned>> {
    const foreign = foreignSource(purpose.kind, this.jurisdiction);
    if (foreign !== undefined) return Promise.resolve({ refusal: foreign });
    return this.inTurn(async () => {
      const { state } = await loadState(this.store, vaultDecider, streamOf.vault(vaultId));
      const { registered } = state;
      const descriptor = registered === undefined ? undefined : parseDescriptor(registered.descriptor, registered.network);
      const outcome = await this.carryOut(
        vaultId,
        {
          kind: 'assign',
          vaultId,
          purpose,
          addressAt: (index) => (descriptor === undefined ? '' : deriveAddress(descriptor, { change: 0, index }).address),
          holderOf: (address) => this.directory.assignment(address),
        },
        `assign:${contentHash(purpose)}`,
        metadata,
      );
      return 'refusal' in outcome ? outcome : (outcome.addresses.get(purposeKey(purpose)) as AddressAssigned);
    });
  }

  /** Freezes a vault after a spend that nobody approved. @throws {StoreUnavailable | StoreTimeout} send it again */
  async freeze(freeze: VaultFrozen, metadata: Metadata): Promise<void> {
    await this.carryOut(freeze.vaultId, { kind: 'freeze', freeze }, `freeze:${freeze.depositId}:${freeze.spentBy}`, metadata);
  }

  private async carryOut(vaultId: string, command: VaultCommand, commandId: string, metadata: Metadata): Promise<Answer<VaultState>> {
    const outcome = await handleCommand(this.store, vaultDecider, { stream: streamOf.vault(vaultId), command, commandId, metadata });
    if (outcome.kind === 'refused') return { refusal: outcome.refusal };
    // Before anyone is told: a payment to a new address must find it in the directory.
    for (const event of outcome.events) this.directory.apply(event);
    return outcome.state;
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.last.then(work, work);
    this.last = result.catch(() => undefined);
    return result;
  }
}

const SOURCES_OF: Readonly<Record<AddressPurposeKind, readonly SourceKind[]>> = {
  'case': ['seizure', 'forfeiture'],
  'pool-account': ['mining'],
  'purchase': ['purchase'],
  'donation': ['donation'],
};

/** Nothing is received from a source that the state's law does not have. Required fields are the source's own matter. */
function foreignSource(kind: AddressPurposeKind, jurisdiction: JurisdictionProfile): Refusal | undefined {
  const sources = SOURCES_OF[kind];
  if (jurisdiction.sources.some(({ source }) => sources.includes(source))) return undefined;
  const refused = sourceRefusal(jurisdiction, sources[0] as SourceKind, {});
  return refused === undefined ? undefined : { code: refused.code, message: refused.message, field: 'purpose.kind' };
}

function keysOf(descriptor: string, network: BitcoinNetwork): readonly string[] {
  return parseDescriptor(descriptor, network).keys.map(({ identity }) => identity);
}

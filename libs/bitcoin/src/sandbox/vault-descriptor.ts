import { HDKey } from '@scure/bip32';
import { descriptorChecksum } from '../descriptor-checksum.js';
import { sha256, toHex } from '../hashing.js';
import { networkParameters, type BitcoinNetwork } from '../networks.js';

/**
 * A 2-of-3 vault for the sandbox and for tests: `wsh(sortedmulti(2,…))` on BIP-48 paths, the same for the same name.
 * Anyone can compute its private keys from the name, so it is refused on mainnet; none leaves this function.
 * @throws {RangeError} on mainnet
 */
export function sandboxVaultDescriptor(name: string, network: BitcoinNetwork): string {
  if (network === 'mainnet') throw new RangeError('a sandbox vault holds no real coins: its keys follow from its name');
  const keys = ['first', 'second', 'third'].map((holder) => publicKeyExpression(`qazyna sandbox vault ${name} ${holder} key holder`, network));
  const body = `wsh(sortedmulti(2,${keys.join(',')}))`;
  return `${body}#${descriptorChecksum(body)}`;
}

function publicKeyExpression(seedPhrase: string, network: BitcoinNetwork): string {
  const { extendedPublicVersion, extendedPrivateVersion } = networkParameters(network);
  const master = HDKey.fromMasterSeed(sha256(Buffer.from(seedPhrase)), { public: extendedPublicVersion, private: extendedPrivateVersion });
  const account = master.derive("m/48'/1'/0'/2'");
  const fingerprint = toHex(Uint8Array.of(master.fingerprint >>> 24, (master.fingerprint >>> 16) & 255, (master.fingerprint >>> 8) & 255, master.fingerprint & 255));
  return `[${fingerprint}/48h/1h/0h/2h]${account.publicExtendedKey}/<0;1>/*`;
}

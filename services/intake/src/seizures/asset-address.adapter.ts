import { keccak_256 } from '@noble/hashes/sha3.js';
import { AddressError, parseAddress } from '@qazyna/bitcoin';
import type { CorrectedTerms, SeizureFact } from '@qazyna/contracts';
import type { Refusal } from '@qazyna/event-store';
import { findAsset } from '@qazyna/ledger';
import { addressForm } from '../screening/screened-address.adapter.js';

/** An address as its chain writes it, or the rule it breaks. */
export type CheckedAddress = { readonly address: string } | Omit<Refusal, 'field'>;

/** Checks an address for the network of an asset. Of chains not known here nothing can be said: they pass as they are. */
export function checkedAddress(assetId: string, written: string): CheckedAddress {
  if (assetId.startsWith('bip122:')) return bitcoinAddress(written, findAsset(assetId)?.network);
  if (assetId.startsWith('eip155:')) return evmAddress(written);
  if (assetId.startsWith('tron:')) return tronAddress(written);
  return { address: written };
}

/** The fact with each address of its assets as the chain writes it, so that one address is one text. */
export function withChainAddresses(fact: SeizureFact): SeizureFact {
  const located = <T extends { readonly asset: string; readonly location: SeizureLocation }>(asset: T): T => {
    const { address, kind } = asset.location;
    if (kind !== 'address' || address === undefined) return asset;
    const checked = checkedAddress(asset.asset, address);
    return 'address' in checked && checked.address !== address ? { ...asset, location: { ...asset.location, address: checked.address } } : asset;
  };
  const termsLocated = ({ assets, proceeds }: CorrectedTerms): CorrectedTerms => ({ ...(assets === undefined ? {} : { assets: assets.map(located) }), ...(proceeds === undefined ? {} : { proceeds: located(proceeds) }) });
  return { ...fact, ...termsLocated(fact), ...(fact.corrected === undefined ? {} : { corrected: { ...fact.corrected, ...termsLocated(fact.corrected) } }) };
}

type SeizureLocation = NonNullable<SeizureFact['assets']>[number]['location'];

function bitcoinAddress(written: string, network: string | undefined): CheckedAddress {
  try {
    return { address: parseAddress(written, network as Parameters<typeof parseAddress>[1]).address };
  } catch (error) {
    if (!(error instanceof AddressError)) throw error;
    return { code: error.code, message: error.message };
  }
}

function evmAddress(written: string): CheckedAddress {
  const { chain, address, sound } = addressForm(written);
  if (chain !== 'evm' || written !== written.trim()) return { code: 'address-wrong-network', message: 'the asset is on an Ethereum network, whose addresses are 0x and 40 hexadecimal digits' };
  if (!sound) return { code: 'address-checksum', message: 'the letters of the address do not have the case that its checksum (EIP-55) gives them' };
  return { address: withEvmChecksum(address.slice(2)) };
}

function withEvmChecksum(lower: string): string {
  const hash = Buffer.from(keccak_256(new TextEncoder().encode(lower))).toString('hex');
  return `0x${[...lower].map((digit, index) => (parseInt(hash[index] ?? '0', 16) >= 8 ? digit.toUpperCase() : digit)).join('')}`;
}

function tronAddress(written: string): CheckedAddress {
  if (addressForm(written).chain === 'tron' && written === written.trim()) return { address: written };
  return /^T[1-9A-HJ-NP-Za-km-z]{33}$/.test(written)
    ? { code: 'address-checksum', message: 'the checksum of the Tron address does not fit it' }
    : { code: 'address-wrong-network', message: 'the asset is on Tron, whose addresses are T and 33 letters and digits of base58' };
}

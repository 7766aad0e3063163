import { Field } from '../fields.js';
import { IdentifierField } from '../identifiers.js';

/** A vault of the sandbox: two of three keys, public ones only, with its checksum. */
const EXAMPLE_DESCRIPTOR =
  'wsh(sortedmulti(2,[aabffcad/48h/1h/0h/2h]tpubDEGu1Sr3zEa77oGhmymV7zeiuWze62JBwX7odPnQMnSxhXiHzddQE7S1ChzvHjbHLypFKSaVGLxQTUXF1fm8Ta11nFADX955XkzSAEdUqVe/<0;1>/*,[eaa34276/48h/1h/0h/2h]tpubDEYevU5Uebzo1cW8ZJzg8mTrJYrxLuucSsf7fBHFBomEuwvkhdmnXnYtrQDnZXDzDi6RxdC9eXqDTzqYmctRq3n4XJAS4fHksrKni41tmW4/<0;1>/*,[eec890ac/48h/1h/0h/2h]tpubDEdm8ZL6QYdVi7ZcHhc2ySAF37yPA859UGU7ijTrp8NiMXfazZDGQaLSivcV52RPmc7wDJH4mqXKCL4TUuD7AuEQQTwrvN6dqsazRBwE8S1/<0;1>/*))#2zljnckk';

export const ACCOUNT_CLASSES = ['reserve', 'held-in-trust', 'operational'] as const;
export const VAULT_TIERS = ['cold', 'warm'] as const;

export class VaultRegistration {
  @IdentifierField.name({ description: 'Name of the vault, chosen once', example: 'reserve-cold-1' })
  vaultId!: string;

  @Field.oneOf(ACCOUNT_CLASSES, { description: 'The book it belongs to', example: 'reserve' })
  class!: (typeof ACCOUNT_CLASSES)[number];

  @Field.oneOf(VAULT_TIERS, { description: 'How its keys are kept', example: 'cold' })
  tier!: (typeof VAULT_TIERS)[number];

  @Field.text({ max: 4000, pattern: /^[\x21-\x7e]+$/, patternMeans: 'printable ASCII without spaces', description: 'Output descriptor with checksum (BIP-380), public keys only', example: EXAMPLE_DESCRIPTOR })
  descriptor!: string;
}

export const ADDRESS_PURPOSES = ['case', 'pool-account', 'purchase', 'donation'] as const;
export type AddressPurposeKind = (typeof ADDRESS_PURPOSES)[number];

/** For whom an address receives. Asking again for the same purpose and vault returns the same address. */
export class AddressPurpose {
  @Field.oneOf(ADDRESS_PURPOSES, { description: 'A seizure case, a pool account, a purchase order or a donation campaign', example: 'case' })
  kind!: (typeof ADDRESS_PURPOSES)[number];

  @Field.text({ max: 97, pattern: /^[A-Za-z0-9._-]+$/, patternMeans: 'the id of a case, pool account, purchase order or campaign', description: 'Case id (`agency.number`), pool account id (`pool.account`), purchase order id or campaign id', example: 'afm.247100031_00142' })
  id!: string;

  @IdentifierField.assetId({ optional: true, description: 'The asset of the case it receives; without it, acts over single assets do not reach what arrives here', example: 'wallet-1' })
  assetId?: string;

  @IdentifierField.name({ optional: true, description: 'The licence to credit; required for a pool account', example: 'KZ-CM-0001' })
  licenceId?: string;
}

export class AddressAssignment {
  @IdentifierField.name({ description: 'Vault that will receive', example: 'trust-cold-1' })
  vaultId!: string;

  @Field.nested(() => AddressPurpose, { description: 'For whom' })
  purpose!: AddressPurpose;
}

/** The names things have on the wire, and the patterns that keep them safe inside stream and account names. */
import { Field, type FieldOptions } from './fields.js';

const AGENCY = /^[a-z][a-z0-9-]{1,31}$/;
const CASE_NUMBER = /^[A-Za-z0-9][A-Za-z0-9/.-]{0,63}$/;
/** Vault, licence and account names that operators choose. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9.-]{0,63}$/;
const POOL = /^[a-z][a-z0-9-]{1,31}$/;
const TXID = /^[0-9a-f]{64}$/;

export const IdentifierField = {
  agency: (options: Partial<FieldOptions> = {}): PropertyDecorator =>
    Field.text({ description: 'The agency that reports, by its registered short name', example: 'afm', ...options, max: 32, pattern: AGENCY, patternMeans: 'a short name in lower-case letters, digits and hyphens' }),
  caseNumber: (options: Partial<FieldOptions> = {}): PropertyDecorator =>
    Field.text({ description: 'The case number in the agency\'s own register', example: '247100031/00142', ...options, max: 64, pattern: CASE_NUMBER, patternMeans: 'letters, digits, "/", "." and "-"' }),
  caseId: (options: Partial<FieldOptions> = {}): PropertyDecorator =>
    Field.text({ description: 'Identity of a case: agency and case number', example: 'afm.247100031_00142', ...options, max: 97, pattern: /^[A-Za-z0-9._-]+$/ }),
  assetId: (options: Partial<FieldOptions> = {}): PropertyDecorator =>
    Field.text({ description: 'Identity of an asset within its case, given by the agency', example: 'wallet-1', ...options, max: 64, pattern: NAME, patternMeans: 'letters, digits, "." and "-"' }),
  assetIds: (options: Partial<FieldOptions> & { readonly description: string }): PropertyDecorator =>
    Field.texts({ example: ['wallet-1'], ...options, max: 1000, maxLength: 64, pattern: NAME, patternMeans: 'an asset id in letters, digits, "." and "-"' }),
  name: (options: Partial<FieldOptions> & { readonly description: string }): PropertyDecorator =>
    Field.text({ example: 'KZ-CM-0001', ...options, max: 64, pattern: NAME, patternMeans: 'letters, digits, "." and "-"' }),
  pool: (options: Partial<FieldOptions> = {}): PropertyDecorator =>
    Field.text({ description: 'The mining pool, by its registered short name', example: 'btcpool-kz', ...options, max: 32, pattern: POOL, patternMeans: 'a short name in lower-case letters, digits and hyphens' }),
  asset: (options: Partial<FieldOptions> = {}): PropertyDecorator =>
    Field.text({ description: 'The asset, by CAIP-19', example: 'bip122:000000000019d6689c085ae165831e93/slip44:0', ...options, max: 200, pattern: /^[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}\/[-a-z0-9]{3,12}:[-.%a-zA-Z0-9]{1,128}$/, patternMeans: 'a CAIP-19 asset id' }),
  /** Kept as the upstream wrote it: a malformed transaction id is held with a reason, not refused at the door. */
  claimedTxid: (options: Partial<FieldOptions> = {}): PropertyDecorator =>
    Field.text({ description: 'The transaction id the upstream names, as it wrote it', example: '7f37726aca676a11ae30277d1a12bfec761f3523dc64c151abe2ec7d410c36fb', ...options, max: 128, pattern: /^[\x21-\x7e]+$/, patternMeans: 'printable ASCII without spaces' }),
  txid: (options: Partial<FieldOptions> = {}): PropertyDecorator =>
    Field.text({ description: 'Transaction id', example: '7f37726aca676a11ae30277d1a12bfec761f3523dc64c151abe2ec7d410c36fb', ...options, min: 64, max: 64, pattern: TXID, patternMeans: 'a transaction id in 64 lower-case hex digits' }),
  blockHash: (options: Partial<FieldOptions> = {}): PropertyDecorator =>
    Field.text({ description: 'Block hash', example: '000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f', ...options, min: 64, max: 64, pattern: TXID, patternMeans: 'a block hash in 64 lower-case hex digits' }),
  address: (options: Partial<FieldOptions> = {}): PropertyDecorator =>
    Field.text({ description: 'An address of the asset\'s own chain and network', example: 'bc1qllf33yhp7m80sfm35fce0tagcckey7dljauwd5', ...options, max: 128, pattern: /^[A-Za-z0-9]+$/, patternMeans: 'letters and digits' }),
};

import { Field } from '../fields.js';

/** Addresses that one event names; a transaction that spends from more counts the rest as unknown. */
export const DEPOSIT_SOURCES_MAX = 500;

/** Where the coins of a deposit came from, by the inputs of its transaction. A coinbase has none: its coins are new. */
export class DepositSources {
  @Field.texts({ min: 0, max: DEPOSIT_SOURCES_MAX, maxLength: 128, pattern: /^[A-Za-z0-9]+$/, patternMeans: 'an address', description: 'Addresses that the transaction spends from, each once' })
  addresses!: string[];

  @Field.integer({ min: 0, max: 1_000_000, description: 'Inputs whose address cannot be told' })
  unknown!: number;
}

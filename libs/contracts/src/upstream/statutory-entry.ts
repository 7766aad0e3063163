import { Field } from '../fields.js';
import { IdentifierField } from '../identifiers.js';

/** A legal person's number, or an opaque reference where a natural person stands behind the entry. */
export const TAXPAYER = /^(bin:[0-9]{12}|person:[0-9a-f]{32})$/;
const LICENCE_NUMBER = /^[A-Za-zА-Яа-яЁё0-9][A-Za-zА-Яа-яЁё0-9./-]{0,63}$/;

/**
 * One row of the statutory pool feed: what an accredited pool declares to the tax authority of a distribution. Names
 * and numbers of natural persons are replaced by references before anything is recorded.
 */
export class StatutoryEntry {
  @Field.text({ max: 64, pattern: /^[A-Za-z0-9./-]+$/, patternMeans: 'letters, digits, ".", "/" and "-"', description: 'Sequence number in the feed', example: '2026-000123' })
  sequence!: string;

  @Field.text({ max: 39, pattern: TAXPAYER, patternMeans: '"bin:" and 12 digits, or "person:" and an opaque reference', description: 'The taxpayer: a legal person by its number, a natural person by an opaque reference', example: 'bin:060140000122' })
  taxpayer!: string;

  @Field.text({ max: 37, pattern: /^name:[0-9a-f]{32}$/, patternMeans: '"name:" and an opaque reference', description: 'The miner\'s name, as an opaque reference: the same name gives the same reference' })
  miner!: string;

  @Field.text({ max: 64, pattern: LICENCE_NUMBER, patternMeans: 'letters, digits, ".", "/" and "-"', description: 'Licence number as the feed has it', example: 'KZ-CM-0001' })
  licenceNumber!: string;

  @Field.text({ max: 10, pattern: /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/, patternMeans: 'a day such as 2026-03-01', description: 'Date of the licence', example: '2025-06-01' })
  licenceDate!: string;

  @IdentifierField.address({ description: 'The wallet that was paid' })
  wallet!: string;

  @Field.instant({ description: 'When the pool distributed it' })
  distributedAt!: string;

  @Field.baseUnits({ optional: true, description: 'Amount in base units, where the feed names one' })
  amount?: string;
}

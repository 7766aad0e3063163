import { Field } from '../fields.js';
import { IdentifierField } from '../identifiers.js';
import { LegalDocument } from './seizure-fact.js';

/** What is agreed or registered for a pool account from a day on. Later days of effect win; of two from one day, the one recorded last. */
export class PoolAccountTerms {
  @IdentifierField.name({ description: 'Id of the terms; one id is one set of terms', example: 'PT-2026-1' })
  termsId!: string;

  @Field.text({ min: 10, max: 10, pattern: /^\d{4}-\d{2}-\d{2}$/, patternMeans: 'a UTC day such as 2026-03-01', description: 'First UTC day with these terms', example: '2026-03-01' })
  from!: string;

  @Field.integer({ optional: true, min: 0, max: 999_999, description: 'What the pool keeps, in parts per million: used where a row of earnings does not name the pool\'s fee', example: 25_000 })
  poolFeePpm?: number;

  @Field.text({ optional: true, max: 101, pattern: /^\d{1,60}(\.\d{1,40})?$/, patternMeans: 'a plain decimal number', description: 'Hash rate in H/s of the equipment registered behind the account: used where the pool reports none', example: '1000000000000000' })
  hashRate?: string;

  @Field.nested(() => LegalDocument, { description: 'The document behind the terms' })
  document!: LegalDocument;
}

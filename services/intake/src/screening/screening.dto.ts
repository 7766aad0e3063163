import { Field, SCREENING_FORMATS, type ScreeningFormat } from '@qazyna/contracts';

export const STANDINGS = ['waiting', 'held', 'clear', 'released', 'kept', 'to-return'] as const;

class Paged {
  @Field.text({ optional: true, max: 512, description: 'The `next` of the page before' })
  after?: string;

  @Field.text({ optional: true, max: 9, description: 'Most items of a page, up to 1,000 (default 100)' })
  limit?: string;
}

export class HitQuery extends Paged {
  @Field.oneOf([...STANDINGS, 'all'], { optional: true, description: 'Only of this standing (default: held); `all` for every one' })
  standing?: (typeof STANDINGS)[number] | 'all';

  @Field.oneOf(['deposit', 'case'], { optional: true, description: 'Only deposits, or only cases' })
  kind?: 'deposit' | 'case';

  @Field.text({ optional: true, max: 128, pattern: /^[\x21-\x7e]+$/, patternMeans: 'an address', description: 'Only those with this address, in any writing' })
  address?: string;

  @Field.text({ optional: true, max: 64, pattern: /^[a-z-]+$/, patternMeans: 'a stable code', description: 'Only those held for this reason, such as listed or source-unknown' })
  reason?: string;
}

export class ListUploadQuery {
  @Field.text({ max: 32, pattern: /^[a-z][a-z0-9-]{1,31}$/, patternMeans: 'a short name in lower-case letters, digits and hyphens', description: 'Which list it is a version of', example: 'ofac' })
  list!: string;

  @Field.oneOf([...SCREENING_FORMATS, 'ofac'], { description: 'Format of the file; `ofac` tells the two files of OFAC apart by itself' })
  format!: ScreeningFormat | 'ofac';

  @Field.text({ optional: true, max: 64, pattern: /^[A-Za-z0-9][A-Za-z0-9._:-]*$/, patternMeans: 'letters, digits, ".", "_", ":" and "-"', description: 'Its version; by default the day it was published, or the beginning of its hash' })
  version?: string;

  @Field.oneOf(['true', 'false'], { optional: true, description: 'Take it although it has less than half the entries of the version before' })
  mayShrink?: 'true' | 'false';

  @Field.oneOf(['true', 'false'], { optional: true, description: 'Only say what would change' })
  dryRun?: 'true' | 'false';
}

export class ListHistoryQuery extends Paged {
  @Field.text({ optional: true, max: 32, pattern: /^[a-z][a-z0-9-]{1,31}$/, patternMeans: 'a short name', description: 'Only of this list' })
  list?: string;

  @Field.oneOf(['list-updated', 'type-unknown', 'rescreened'], { optional: true, description: 'Only updates, alerts of unknown types, or comparisons' })
  kind?: 'list-updated' | 'type-unknown' | 'rescreened';
}

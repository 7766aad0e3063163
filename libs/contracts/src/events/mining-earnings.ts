import { Field } from '../fields.js';
import { IdentifierField } from '../identifiers.js';
import { BITCOIN_NETWORKS } from '../names.js';
import { SignedMessage } from './publishers.js';

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const day = (description: string): PropertyDecorator => Field.text({ min: 10, max: 10, pattern: DAY, patternMeans: 'a UTC day such as 2026-03-01', description, example: '2026-03-01' });
const PLAIN_DECIMAL = /^\d{1,60}(\.\d{1,40})?$/;
const AMOUNT_OR_NONE = /^(0|[1-9][0-9]{0,39})$/;
const amount = (description: string): PropertyDecorator => Field.text({ max: 40, pattern: AMOUNT_OR_NONE, patternMeans: 'a whole number of base units from 0, as a decimal string', description, example: '58619' });

export class EarningsPart {
  @Field.text({ max: 16, pattern: /^[a-zA-Z]+$/, patternMeans: 'letters', description: 'Which part: pps, pplns, solo, fpps, fppsFees, ppapps, ppapplns, poolFees', example: 'pps' })
  part!: string;

  @amount('Base units')
  amount!: string;
}

/** What a pool says an account earned on one UTC day. It owes it; nothing moved. */
export class EarningsReported {
  @Field.text({ max: 220, description: 'Identity: `pool.account~day`, and the pool\'s own reference where it gives one' })
  earningsId!: string;

  @Field.text({ max: 97, description: 'Pool and account' })
  poolAccountId!: string;

  @IdentifierField.asset()
  asset!: string;

  @day('The UTC day')
  date!: string;

  @Field.text({ optional: true, max: 101, pattern: PLAIN_DECIMAL, patternMeans: 'a plain decimal number', description: 'Mean hash rate of the day in H/s, exactly as read', example: '293286989405200.68' })
  hashRate?: string;

  @Field.list(() => EarningsPart, { max: 16, description: 'The parts that the pool names' })
  parts!: EarningsPart[];

  @amount('What the account was credited, in base units')
  total!: string;

  @Field.oneOf(['pps', 'fpps', 'pplns', 'solo', 'mixed'], { description: 'How the pool shares' })
  scheme!: 'pps' | 'fpps' | 'pplns' | 'solo' | 'mixed';

  @Field.integer({ optional: true, min: 1, max: 1_000, description: 'Which word of the pool on the day it is; 1 when absent', example: 2 })
  revision?: number;

  @Field.sha256({ optional: true, description: 'The statement it was read from' })
  statementSha256?: string;

  @Field.nested(() => SignedMessage, { optional: true, description: 'Who signed it, with the proof; absent for a message taken unsigned and for a statement\'s row' })
  signed?: SignedMessage;
}

export class ChainStretch {
  @Field.integer({ min: 1, max: 86_400, description: 'Seconds of the day' })
  seconds!: number;

  @Field.text({ max: 101, optional: true, pattern: PLAIN_DECIMAL, patternMeans: 'a plain decimal number', description: 'Difficulty, where it is known as a decimal', example: '21448277761059' })
  difficulty?: string;

  @Field.text({ optional: true, min: 8, max: 8, pattern: /^[0-9a-f]{8}$/, patternMeans: '8 hexadecimal digits', description: 'Compact target of the blocks, from which the difficulty follows exactly', example: '17035d25' })
  bits?: string;

  @amount('Subsidy of a block, in base units')
  subsidy!: string;
}

/** What the chain says of one UTC day, as an officer brings it in for days before the chain was followed. */
export class ChainDayFacts {
  @Field.oneOf(BITCOIN_NETWORKS, { description: 'Network' })
  network!: (typeof BITCOIN_NETWORKS)[number];

  @day('The UTC day')
  date!: string;

  @Field.list(() => ChainStretch, { min: 1, max: 8, description: 'Stretches of one difficulty and subsidy, in order; together 86,400 seconds' })
  stretches!: ChainStretch[];

  @amount('Subsidies of the day\'s blocks together, in base units')
  subsidies!: string;

  @amount('Fees of the day\'s blocks together, in base units')
  fees!: string;

  @Field.freeText({ max: 200, description: 'Where the figures are from: a node and its heights, or a published source', why: 'a citation' })
  source!: string;

  @Field.integer({ optional: true, min: 1, max: 1_000, description: 'Higher than before to correct a day brought in earlier; 1 when absent', example: 2 })
  revision?: number;
}

/** One row that a judgement used, with everything it was reckoned from. */
export class JudgedDay {
  @Field.text({ max: 220, description: 'The reported day' })
  earningsId!: string;

  @day('The UTC day')
  date!: string;

  @Field.oneOf(['pps', 'fpps', 'pplns', 'solo', 'mixed'], { description: 'How the pool shares' })
  scheme!: 'pps' | 'fpps' | 'pplns' | 'solo' | 'mixed';

  @Field.text({ max: 101, pattern: PLAIN_DECIMAL, patternMeans: 'a plain decimal number', description: 'Mean hash rate of the day in H/s', example: '293286989405200.68' })
  hashRate!: string;

  @Field.oneOf(['pool', 'register'], { description: 'Whether the pool reported the hash rate, or it is the one registered behind the account' })
  hashRateFrom!: 'pool' | 'register';

  @amount('What the account was credited')
  credited!: string;

  @Field.text({ optional: true, max: 40, pattern: AMOUNT_OR_NONE, patternMeans: 'a whole number of base units from 0, as a decimal string', description: 'What the pool kept, where the row names it: added to what was credited' })
  poolFees?: string;

  @Field.integer({ optional: true, min: 0, max: 999_999, description: 'The registered fee, where the row names none: taken off what is expected' })
  poolFeePpm?: number;

  @Field.nested(() => ChainDayFacts, { description: 'What the chain said of the day' })
  chain!: ChainDayFacts;
}


/** A day or a window of earnings held against what the chain says it should be; with the figures, so that anyone can check. */
export class EarningsJudged {
  @Field.text({ max: 240, description: 'What was judged: an earnings id, or `pool.account~first day+days`' })
  subject!: string;

  @Field.text({ max: 97, description: 'Pool and account' })
  poolAccountId!: string;

  @day('First day judged')
  from!: string;

  @Field.integer({ min: 1, max: 366, description: 'Days judged together' })
  days!: number;

  @Field.oneOf(['within', 'above', 'below'], { description: 'Too much is as suspicious as too little' })
  verdict!: 'within' | 'above' | 'below';

  @amount('Base units reported')
  reported!: string;

  @amount('Base units expected, rounded to the nearest')
  expected!: string;

  @Field.text({ max: 60, pattern: /^-?\d+$/, patternMeans: 'a whole number', description: 'Deviation in parts per million of the expected amount', example: '-20001' })
  deviationPpm!: string;

  @Field.integer({ min: 0, max: 1_000_000, description: 'Deviation allowed on either side, in parts per million' })
  tolerancePpm!: number;

  @Field.sha256({ description: 'SHA-256 of the chain facts used (canonical JSON): other facts are another judgement' })
  chainSha256!: string;

  @Field.list(() => JudgedDay, { optional: true, max: 1_000, description: 'Everything it was reckoned from, so that anyone reckons it again; absent in judgements before this was kept' })
  basis?: JudgedDay[];

  @Field.sha256({ optional: true, description: 'SHA-256 of `{basis, days, tolerancePpm}` as canonical JSON: another basis is another judgement' })
  basisSha256?: string;

  @Field.integer({ optional: true, min: 1, max: 1_000_000, description: 'Which judgement of the subject it is, from 1' })
  revision?: number;

  @Field.sha256({ optional: true, description: '`basisSha256` of the judgement that this one takes the place of; of one made before that was kept, its `chainSha256`' })
  supersedes?: string;
}

export class ChainDayRecorded extends ChainDayFacts {}

export interface MiningEarningsEvents {
  'mining.earnings-reported': EarningsReported;
  'mining.earnings-judged': EarningsJudged;
  'mining.chain-day-recorded': ChainDayRecorded;
}

import { ApiProperty } from '@nestjs/swagger';
import { Field, IdentifierField } from '@qazyna/contracts';
import { ArrayMaxSize, IsArray, IsOptional, Matches } from 'class-validator';

export const DEPOSIT_STATES = ['seen', 'confirmed', 'taken-back'] as const;

export class DepositQuery {
  @Field.oneOf(DEPOSIT_STATES, { optional: true, description: 'Only deposits in this state' })
  state?: (typeof DEPOSIT_STATES)[number];

  @IdentifierField.name({ optional: true, description: 'Only deposits of this vault' })
  vault?: string;

  @IdentifierField.caseId({ optional: true, description: 'Only deposits for this case' })
  case?: string;

  @Field.text({ optional: true, max: 200, description: 'Only the deposit of this payout' })
  payout?: string;

  @IdentifierField.txid({ optional: true, description: 'Only outputs of this transaction' })
  txid?: string;

  @Field.oneOf(['yes'], { optional: true, description: 'Only deposits that are held for screening' })
  held?: 'yes';

  @Field.text({ optional: true, max: 512, description: 'The `next` of the page before' })
  after?: string;

  @Field.text({ optional: true, max: 9, description: 'Most items of a page, up to 1,000 (default 100)' })
  limit?: string;
}

export class SandboxOutput {
  @IdentifierField.address({ description: 'Whom to pay' })
  address!: string;

  @Field.baseUnits({ description: 'Satoshi' })
  amount!: string;
}

export class SandboxPayment {
  @Field.list(() => SandboxOutput, { min: 1, max: 50_000, description: 'Outputs, in order' })
  outputs!: SandboxOutput[];
}

export class SandboxMining {
  @Field.integer({ min: 1, max: 10_000, description: 'Blocks to mine' })
  blocks!: number;
}

export class SandboxReorganisation {
  @Field.integer({ min: 1, max: 10_000, description: 'Newest blocks to abandon' })
  depth!: number;

  @Field.integer({ optional: true, min: 2, max: 10_000, description: 'Length of the new branch; more than the depth (default: one more)' })
  blocks?: number;

  @ApiProperty({ type: [String], required: false, maxItems: 1000, description: 'Transactions that vanish in place of being mined again', example: ['7f37726aca676a11ae30277d1a12bfec761f3523dc64c151abe2ec7d410c36fb'] })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(1000)
  @Matches(/^[0-9a-f]{64}$/, { each: true, message: 'each of $property must be a transaction id in 64 lower-case hex digits' })
  dropTransactions?: string[];
}

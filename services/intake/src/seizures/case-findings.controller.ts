import { Body, Controller, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { AssetLocation, Field, IdentifierField, INHERITANCE_KINDS } from '@qazyna/contracts';
import { actorMetadata, correlationIdOrNew, CurrentActor, Roles, sendRefusal, type Actor, type Granted } from '@qazyna/service-kit';
import { SeizuresService, type OfficersResult } from './seizures.service.js';

/** Coins found where a case's coins are. */
export class CoinsFound {
  @Field.text({ max: 128, pattern: /^[\x21-\x7e]+$/, patternMeans: 'printable ASCII without spaces', description: 'Identity of the finding: the same finding counts once', example: 'fork-bch-1' })
  findingId!: string;

  @Field.oneOf(INHERITANCE_KINDS, { description: 'How they came to be there', example: 'fork' })
  kind!: (typeof INHERITANCE_KINDS)[number];

  @IdentifierField.assetId({ description: 'Identity they get within the case' })
  assetId!: string;

  @IdentifierField.assetId({ description: 'The asset at whose place they were found' })
  parentAssetId!: string;

  @IdentifierField.asset()
  asset!: string;

  @Field.baseUnits({ description: 'Amount found, in base units', example: '700' })
  amount!: string;

  @Field.nested(() => AssetLocation, { description: 'Where they are' })
  location!: AssetLocation;

  @Field.instant({ description: 'When they came to be there' })
  effectiveAt!: string;
}

export class FreezeNoticed {
  @IdentifierField.assetId({ description: 'The asset that is frozen' })
  assetId!: string;

  @Field.text({ max: 128, pattern: /^[\x21-\x7e]+$/, patternMeans: 'printable ASCII without spaces', description: 'Identity of the freeze', example: 'freeze-2026-11' })
  freezeId!: string;

  @Field.text({ max: 64, pattern: /^[a-z0-9][a-z0-9.-]*$/, patternMeans: 'a short name', description: 'The issuer', example: 'tether' })
  issuer!: string;

  @Field.text({ max: 128, pattern: /^[\x21-\x7e]+$/, patternMeans: 'printable ASCII without spaces', description: 'Where it can be checked: a transaction, or the reference of the issuer\'s letter', example: 'tether-2026-118' })
  reference!: string;

  @Field.instant({ description: 'Since when; for a lift, until when' })
  effectiveAt!: string;
}

const STATUS = { 'asset-not-found': 404, 'freeze-not-found': 404 };

@ApiTags('Seizures')
@Controller('v1/cases/:caseId')
export class CaseFindingsController {
  constructor(@Inject(SeizuresService) private readonly seizures: SeizuresService) {}

  @Post('findings')
  @HttpCode(200)
  @Roles('law-enforcement', 'custodian')
  @ApiOperation({ summary: 'Record coins nobody reported, found at an asset of the case', description: 'Forked coins, airdrops and dust inherit the case: they share the fate of the asset where they were found.' })
  async found(@Param('caseId') caseId: string, @Body() found: CoinsFound, @CurrentActor() actor: Actor): Promise<Granted<OfficersResult>> {
    return answer(await this.seizures.inherit({ caseId, ...found }, { actor: actorMetadata(actor), correlationId: correlationIdOrNew() }));
  }

  @Post('freezes')
  @HttpCode(200)
  @Roles('law-enforcement', 'custodian', 'compliance-officer')
  @ApiOperation({ summary: 'Record that a token\'s issuer froze an asset of the case', description: 'Nobody can move a frozen token, whatever the law says of it.' })
  async freeze(@Param('caseId') caseId: string, @Body() freeze: FreezeNoticed, @CurrentActor() actor: Actor): Promise<Granted<OfficersResult>> {
    return answer(await this.seizures.freeze('freeze', { caseId, ...freeze }, { actor: actorMetadata(actor), correlationId: correlationIdOrNew() }));
  }

  @Post('freezes/lifts')
  @HttpCode(200)
  @Roles('law-enforcement', 'custodian', 'compliance-officer')
  @ApiOperation({ summary: 'Record that the issuer lifted a freeze' })
  async lift(@Param('caseId') caseId: string, @Body() freeze: FreezeNoticed, @CurrentActor() actor: Actor): Promise<Granted<OfficersResult>> {
    return answer(await this.seizures.freeze('lift', { caseId, ...freeze }, { actor: actorMetadata(actor), correlationId: correlationIdOrNew() }));
  }
}

function answer(result: OfficersResult): Granted<OfficersResult> {
  return 'refusal' in result ? sendRefusal(result.refusal, STATUS) : result;
}

import { Body, Controller, Get, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { AddressAssignment, VaultRegistration, type AddressAssigned, type VaultRegistered } from '@qazyna/contracts';
import { actorMetadata, correlationIdOrNew, CurrentActor, Roles, ROLES, sendRefusal, type Actor } from '@qazyna/service-kit';
import { LEADERSHIP } from '../custody.tokens.js';
import { notLeading } from '../leadership/fenced.store.js';
import type { Leadership } from '../leadership/leadership.js';
import { VaultsQuery, type ListedVault } from './vaults.query.js';
import { VaultsService } from './vaults.service.js';

@ApiTags('Vaults')
@Controller('v1')
export class VaultsController {
  constructor(
    @Inject(VaultsService) private readonly vaults: VaultsService,
    @Inject(VaultsQuery) private readonly query: VaultsQuery,
    @Inject(LEADERSHIP) private readonly leadership: Leadership,
  ) {}

  @Post('vaults')
  @HttpCode(200)
  @Roles('custodian')
  @ApiOperation({ summary: 'Register a multisig vault', description: 'By its output descriptor with checksum: public keys only. Key sets are never shared between classes.' })
  async register(@Body() registration: VaultRegistration, @CurrentActor() actor: Actor): Promise<VaultRegistered> {
    this.mustLead();
    const outcome = await this.vaults.register(registration, { actor: actorMetadata(actor), correlationId: correlationIdOrNew() });
    return 'refusal' in outcome ? sendRefusal(outcome.refusal) : outcome;
  }

  @Post('deposit-addresses')
  @HttpCode(200)
  @Roles('custodian')
  @ApiOperation({ summary: 'Assign a deposit address', description: 'To a seizure case (held-in-trust vaults) or to a pool account (reserve vaults); for a case with several assets, to one of them by `assetId`. The same purpose gets the same address again.' })
  async assign(@Body() assignment: AddressAssignment, @CurrentActor() actor: Actor): Promise<AddressAssigned> {
    this.mustLead();
    const outcome = await this.vaults.assign(assignment, { actor: actorMetadata(actor), correlationId: correlationIdOrNew() });
    return 'refusal' in outcome ? sendRefusal(outcome.refusal) : outcome;
  }

  /** Needs a token: a descriptor gives away every address, and addresses may be under an embargo. */
  @Get('vaults')
  @Roles(...ROLES)
  @ApiOperation({ summary: 'All vaults with the addresses given out' })
  list(): { readonly items: readonly ListedVault[] } {
    return { items: this.query.all() };
  }

  /** Keys and addresses are compared over all vaults, in the memory of one process. @throws {ProblemError} 503 */
  private mustLead(): void {
    if (!this.leadership.ready) throw notLeading();
  }
}

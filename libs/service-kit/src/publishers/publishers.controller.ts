import { Body, Controller, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { actorMetadata, type Actor } from '../auth/actor.js';
import { CurrentActor, Roles } from '../auth/decorators.js';
import { correlationIdOrNew } from '../correlation/correlation.js';
import { parseCursor, type Page } from '../http/paging.js';
import { notFound, sendRefusal, type Granted } from '../http/problem.js';
import { isKeyName, isPublisherName } from '@qazyna/signing';
import { KeyRegistration, KeyRevocation, KeyRotation, PublisherRegistration, PublishersQuery, RemitChange, type ListedPublisher, type ShownPublisher } from './publishers.dto.js';
import { Publishers, type PublisherOutcome } from './publishers.service.js';

const READERS = ['operator', 'auditor', 'compliance-officer', 'regulator', 'law-enforcement', 'pool-operator'] as const;

export type PublisherAnswer = { readonly publisherId: string } & Granted<PublisherOutcome>;

@ApiTags('Publishers')
@Controller('v1/publishers')
export class PublishersController {
  constructor(private readonly publishers: Publishers) {}

  @Post()
  @HttpCode(200)
  @Roles('operator')
  @ApiOperation({ summary: 'Register a publisher of signed messages', description: 'With what it may speak for. The same again is `duplicate`; with other content it is a conflict (409).' })
  async register(@Body() registration: PublisherRegistration, @CurrentActor() actor: Actor): Promise<PublisherAnswer> {
    return answered(registration.publisherId, await this.publishers.register(registration, askedBy(actor)));
  }

  @Get()
  @Roles(...READERS)
  @ApiOperation({ summary: 'Registered publishers, by name' })
  list(@Query() query: PublishersQuery): Page<ListedPublisher> {
    return this.publishers.list(query, parseCursor(query));
  }

  @Get(':publisherId')
  @Roles(...READERS)
  @ApiOperation({ summary: 'One publisher with its keys', description: 'Every key it ever had, with the state of each now. Public keys only: with them anyone can check what it signed.' })
  async show(@Param('publisherId') publisherId: string): Promise<ShownPublisher> {
    const shown = await this.publishers.show(known(publisherId));
    if (shown === undefined) throw notFound(`publisher ${publisherId}`);
    return shown;
  }

  @Put(':publisherId/remit')
  @Roles('operator')
  @ApiOperation({ summary: 'Change what a publisher may speak for', description: 'It holds for the next message at any door.' })
  async changeRemit(@Param('publisherId') publisherId: string, @Body() { remit }: RemitChange, @CurrentActor() actor: Actor): Promise<PublisherAnswer> {
    return answered(publisherId, await this.publishers.changeRemit(known(publisherId), remit, askedBy(actor)));
  }

  @Post(':publisherId/keys')
  @HttpCode(200)
  @Roles('operator')
  @ApiOperation({ summary: 'Add a key', description: 'The body is what `qazyna sign keygen` prints. Compare the key with the publisher over another way than the one it came by.' })
  async addKey(@Param('publisherId') publisherId: string, @Body() key: KeyRegistration, @CurrentActor() actor: Actor): Promise<PublisherAnswer & { readonly keyId: string }> {
    return { ...answered(publisherId, await this.publishers.addKey(known(publisherId), key, askedBy(actor))), keyId: key.keyId };
  }

  @Post(':publisherId/keys/rotations')
  @HttpCode(200)
  @Roles('operator')
  @ApiOperation({ summary: 'Let a new key take over from an old one', description: 'Both count until `overlapUntil`; there is never a moment in which none does.' })
  async rotate(@Param('publisherId') publisherId: string, @Body() rotation: KeyRotation, @CurrentActor() actor: Actor): Promise<PublisherAnswer & { readonly keyId: string }> {
    return { ...answered(publisherId, await this.publishers.rotate(known(publisherId), rotation, askedBy(actor))), keyId: rotation.keyId };
  }

  @Post(':publisherId/keys/:keyId/revocation')
  @HttpCode(200)
  @Roles('operator', 'compliance-officer')
  @ApiOperation({ summary: 'Revoke a key from a moment on', description: 'It holds for the next message at any door. What was accepted before stays, with its signature, for officers to look at.' })
  async revoke(@Param('publisherId') publisherId: string, @Param('keyId') keyId: string, @Body() revocation: KeyRevocation, @CurrentActor() actor: Actor): Promise<PublisherAnswer & { readonly keyId: string }> {
    if (!isKeyName(keyId)) throw notFound('this key');
    return { ...answered(publisherId, await this.publishers.revoke(known(publisherId), keyId, revocation, askedBy(actor))), keyId };
  }
}

/** Nothing but a publisher's name names a stream here. @throws {ProblemError} 404 */
function known(publisherId: string): string {
  if (!isPublisherName(publisherId)) throw notFound('this publisher');
  return publisherId;
}

function answered(publisherId: string, outcome: PublisherOutcome): PublisherAnswer {
  return 'refusal' in outcome ? sendRefusal(outcome.refusal, { 'key-revoked': 409 }) : { publisherId, ...outcome };
}

function askedBy(actor: Actor): { readonly actor: ReturnType<typeof actorMetadata>; readonly correlationId: string } {
  return { actor: actorMetadata(actor), correlationId: correlationIdOrNew() };
}

import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import type { Clock } from '@qazyna/event-store';
import { ArrayMaxSize, ArrayUnique, IsArray, IsIn, IsString, Matches } from 'class-validator';
import { CLOCK, SANDBOX_ISSUER_PART } from '../platform/tokens.js';
import { ORGANISATION_PATTERN, ROLES, SUBJECT_PATTERN } from './actor.js';
import type { Role } from './actor.js';
import { Public } from './decorators.js';
import { SANDBOX_TOKEN_LIFETIME_S, SandboxIssuer } from './sandbox-issuer.js';

export class SandboxTokenRequest {
  @ApiProperty({ description: 'Opaque id of the person or system', example: 'officer-7', pattern: SUBJECT_PATTERN.source })
  @IsString()
  @Matches(SUBJECT_PATTERN, { message: '$property must be an opaque id of letters, digits and . _ : @ / | -' })
  subject!: string;

  @ApiProperty({ description: 'Short name of the organisation', example: 'afm', pattern: ORGANISATION_PATTERN.source })
  @IsString()
  @Matches(ORGANISATION_PATTERN, { message: '$property must be a short name of letters, digits and . _ -' })
  organisation!: string;

  @ApiProperty({ description: 'What the actor may do', enum: ROLES, isArray: true, example: ['law-enforcement'] })
  @IsArray()
  @ArrayMaxSize(ROLES.length)
  @ArrayUnique()
  @IsIn([...ROLES], { each: true, message: `each of roles must be one of ${ROLES.join(', ')}` })
  roles!: Role[];
}

/** Names as in an OAuth 2.0 token response (RFC 6749, section 5.1), so that any client library reads it. */
export class SandboxTokenAnswer {
  @ApiProperty({ description: 'Bearer token' })
  access_token!: string;

  @ApiProperty({ enum: ['Bearer'] })
  token_type!: 'Bearer';

  @ApiProperty({ description: 'Lifetime in seconds', example: SANDBOX_TOKEN_LIFETIME_S })
  expires_in!: number;
}

/** Registered in sandbox mode only: in production the path does not exist. */
@ApiTags('sandbox')
@Controller('sandbox')
export class SandboxTokenController {
  constructor(
    @Inject(SANDBOX_ISSUER_PART) private readonly issuer: SandboxIssuer,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Post('token')
  @Public()
  @HttpCode(201)
  @ApiOperation({ summary: 'Makes a token for any actor; exists in sandbox mode only' })
  @ApiCreatedResponse({ type: SandboxTokenAnswer })
  async token(@Body() request: SandboxTokenRequest): Promise<SandboxTokenAnswer> {
    const token = await this.issuer.issue({ subject: request.subject, organisation: request.organisation, roles: request.roles }, this.clock.now());
    return { access_token: token, token_type: 'Bearer', expires_in: SANDBOX_TOKEN_LIFETIME_S };
  }
}

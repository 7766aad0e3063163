import { Inject, Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { ProblemError } from '../http/problem.js';
import { TOKEN_VERIFIER } from '../platform/tokens.js';
import type { Role } from './actor.js';
import { PUBLIC_ROUTE, ROLES_NEEDED } from './decorators.js';
import type { AuthenticatedRequest } from './decorators.js';
import { InvalidToken, TokenVerifier } from './token-verifier.js';

const BEARER = /^Bearer +([A-Za-z0-9._~+/=-]+)$/i;

/** At every HTTP door: a valid token, unless the route is public; the roles the route asks for. */
@Injectable()
export class ActorGuard implements CanActivate {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(TOKEN_VERIFIER) private readonly verifier: TokenVerifier,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    // Messages have no token: who may write to a topic is the broker's rule, and the publisher signs its messages.
    if (context.getType() !== 'http') return true;
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC_ROUTE, targets) === true) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest & AuthenticatedRequest>();
    const actor = await this.actorOf(request.headers.authorization);
    const needed = this.reflector.getAllAndOverride<readonly Role[] | undefined>(ROLES_NEEDED, targets);
    if (needed !== undefined && !needed.some((role) => actor.roles.includes(role))) {
      throw new ProblemError(403, 'forbidden', `this needs one of the roles ${needed.join(', ')}`);
    }
    request.actor = actor;
    return true;
  }

  private async actorOf(authorization: string | undefined): ReturnType<TokenVerifier['verify']> {
    if (authorization === undefined) throw unauthenticated('unauthenticated', 'this needs a bearer token');
    const token = BEARER.exec(authorization)?.[1];
    if (token === undefined) throw unauthenticated('token-malformed', 'the authorization header must be "Bearer" and a token', 'invalid_request');
    try {
      return await this.verifier.verify(token);
    } catch (error) {
      if (error instanceof InvalidToken) throw unauthenticated(error.code, error.message, 'invalid_token');
      throw error;
    }
  }
}

/** RFC 6750, section 3. */
function unauthenticated(code: string, detail: string, error?: string): ProblemError {
  const challenge = `Bearer realm="qazyna"${error === undefined ? '' : `, error="${error}", error_description="${detail.replaceAll(/["\\]/g, "'")}"`}`;
  return new ProblemError(401, code, detail, { headers: { 'www-authenticate': challenge } });
}

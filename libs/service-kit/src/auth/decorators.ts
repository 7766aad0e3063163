import { createParamDecorator, SetMetadata } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import { ApiBearerAuth, ApiExtension } from '@nestjs/swagger';
import type { Actor, Role } from './actor.js';

export const PUBLIC_ROUTE = 'qazyna:public-route';
export const ROLES_NEEDED = 'qazyna:roles-needed';

/** A request after the guard has looked at it. */
export interface AuthenticatedRequest {
  actor?: Actor;
}

/** Anyone may ask, without a token. Everything else needs one. */
export function Public(): ClassDecorator & MethodDecorator {
  return both(SetMetadata(PUBLIC_ROUTE, true), ApiExtension('x-qazyna-public', true));
}

/** The actor needs at least one of these roles. */
export function Roles(...roles: readonly Role[]): ClassDecorator & MethodDecorator {
  return both(SetMetadata(ROLES_NEEDED, roles), ApiBearerAuth(), ApiExtension('x-qazyna-roles', [...roles]));
}

/** Who asks. Undefined only on a public route asked without a token. */
export const CurrentActor = createParamDecorator((_data: unknown, context: ExecutionContext): Actor | undefined => {
  return context.switchToHttp().getRequest<AuthenticatedRequest>().actor;
});

type AnyDecorator = ClassDecorator & MethodDecorator;

function both(...decorators: readonly (ClassDecorator | MethodDecorator)[]): AnyDecorator {
  return ((target: object, key?: string | symbol, descriptor?: PropertyDescriptor) => {
    for (const decorator of decorators) {
      if (key === undefined || descriptor === undefined) (decorator as ClassDecorator)(target as never);
      else (decorator as MethodDecorator)(target, key, descriptor);
    }
  });
}

import { Module } from '@nestjs/common';
import type { DynamicModule, Provider } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { ActorGuard } from '../auth/actor-guard.js';
import { SandboxIssuer } from '../auth/sandbox-issuer.js';
import { SandboxTokenController } from '../auth/sandbox-token.controller.js';
import { oidcIssuer, TokenVerifier } from '../auth/token-verifier.js';
import type { TrustedIssuer } from '../auth/token-verifier.js';
import type { PlatformConfig } from '../config/platform-config.js';
import { HealthController } from '../health/health.controller.js';
import { ReadinessRegistry } from '../health/readiness-registry.js';
import { IdempotencyInterceptor } from '../http/idempotency/idempotency.interceptor.js';
import { ProblemFilter } from '../http/problem-filter.js';
import { strictValidationPipe } from '../http/validation-pipe.js';
import { jurisdictionOfData } from './jurisdiction-of-data.js';
import type { PlatformParts } from './parts.js';
import { ReadModelRegistry } from '../read-models/read-model-registry.js';
import { ReadModelsController } from '../read-models/read-models.controller.js';
import {
  CHECKPOINTS,
  CLOCK,
  CONFIG,
  EVENT_STORE,
  IDS,
  JURISDICTION,
  LOGGER,
  MESSAGE_BUS,
  METRICS,
  SANDBOX_ISSUER_PART,
  SERVICE_NAME,
  TOKEN_VERIFIER,
} from './tokens.js';

/** Gives the parts to every module, and puts the guard, the filter and the pipe at every HTTP door. */
@Module({})
export class PlatformModule {
  static forRoot(parts: PlatformParts): DynamicModule {
    const sandbox = parts.config.mode === 'sandbox' ? new SandboxIssuer(parts.config.sandboxSeed) : undefined;
    const shared: Provider[] = [
      { provide: EVENT_STORE, useValue: parts.store },
      { provide: MESSAGE_BUS, useValue: parts.bus },
      { provide: CHECKPOINTS, useValue: parts.checkpoints },
      { provide: CLOCK, useValue: parts.clock },
      { provide: IDS, useValue: parts.ids },
      { provide: CONFIG, useValue: parts.config },
      { provide: JURISDICTION, useFactory: () => jurisdictionOfData(parts.config) },
      { provide: LOGGER, useValue: parts.logger },
      { provide: METRICS, useValue: parts.metrics },
      { provide: SERVICE_NAME, useValue: parts.service },
      { provide: TOKEN_VERIFIER, useValue: new TokenVerifier(trustedIssuers(parts.config, sandbox)) },
      { provide: ReadinessRegistry, useFactory: () => new ReadinessRegistry() },
      { provide: ReadModelRegistry, useFactory: () => new ReadModelRegistry({ logger: parts.logger, clock: parts.clock, builds: parts.metrics.readModelBuilds }) },
      ...(sandbox === undefined ? [] : [{ provide: SANDBOX_ISSUER_PART, useValue: sandbox }]),
    ];
    return {
      module: PlatformModule,
      global: true,
      controllers: [HealthController, ReadModelsController, ...(sandbox === undefined ? [] : [SandboxTokenController])],
      providers: [
        ...shared,
        { provide: APP_GUARD, useClass: ActorGuard },
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor },
        { provide: APP_PIPE, useFactory: strictValidationPipe },
      ],
      exports: shared.map((provider) => (provider as { provide: symbol }).provide),
    };
  }
}

function trustedIssuers(config: PlatformConfig, sandbox: SandboxIssuer | undefined): readonly TrustedIssuer[] {
  const issuers: TrustedIssuer[] = sandbox === undefined ? [] : [sandbox.trusted];
  if (config.oidcIssuer !== undefined && config.oidcAudience !== undefined && config.oidcJwksUrl !== undefined) {
    issuers.push(oidcIssuer(config.oidcIssuer, config.oidcAudience, config.oidcJwksUrl));
  }
  return issuers;
}

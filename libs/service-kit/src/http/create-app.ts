import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { DynamicModule, Type } from '@nestjs/common';
import { HttpDrain } from '../lifecycle/http-drain.js';
import { NestLogger } from '../logging/nest-logger.js';
import type { PlatformParts } from '../platform/parts.js';
import { PlatformModule } from '../platform/platform.module.js';
import { registerMethodNotAllowed } from './method-not-allowed.js';
import { sendRouterProblem } from './problem-filter.js';
import { registerBodyParsers } from './raw-body.js';
import { registerRequestSpans } from '../tracing/request-spans.js';
import { registerRequestHooks } from './request-hooks.js';

/** Longest identifier in a path: a payout's id is pool, account and payment id. */
const PATH_PART_CHARACTERS_MAX = 512;
/** A client that sends its request slower than this is cut off. */
const REQUEST_TIMEOUT_MS = 30_000;

export interface HttpApp {
  readonly app: NestFastifyApplication;
  readonly drain: HttpDrain;
}

/** The Nest application on Fastify with every door's rules; not listening yet. */
export async function createHttpApp(parts: PlatformParts, module: Type | DynamicModule): Promise<HttpApp> {
  const adapter = new FastifyAdapter({
    bodyLimit: parts.config.httpBodyBytesMax,
    requestTimeout: REQUEST_TIMEOUT_MS,
    routerOptions: { maxParamLength: PATH_PART_CHARACTERS_MAX },
    forceCloseConnections: 'idle',
    frameworkErrors: sendRouterProblem,
  });
  const instance = adapter.getInstance();
  registerRequestHooks(instance, parts.logger, parts.metrics);
  if (parts.tracing !== undefined) registerRequestSpans(instance, parts.tracing);
  registerMethodNotAllowed(instance);
  registerBodyParsers(instance);
  const drain = new HttpDrain(instance);
  const root: DynamicModule = { module: ServiceRoot, imports: [PlatformModule.forRoot(parts), module] };
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, {
    bodyParser: false,
    logger: new NestLogger(parts.logger),
    abortOnError: false,
  });
  return { app, drain };
}

/** Holds the platform and the service's own module together. */
class ServiceRoot {}

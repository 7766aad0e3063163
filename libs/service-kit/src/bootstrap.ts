import type { DynamicModule, Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { InvalidProfile } from '@qazyna/jurisdiction';
import { loadPlatformConfig } from './config/platform-config.js';
import { ConfigError } from './config/settings.js';
import { createHttpApp } from './http/create-app.js';
import type { HttpApp } from './http/create-app.js';
import { ReadinessRegistry } from './health/readiness-registry.js';
import { connectConsumers, connectReplays, createRelays, topicsOf } from './lifecycle/message-edge.js';
import { guardProcess } from './lifecycle/process-guard.js';
import type { RunningService, ServiceDefinition } from './lifecycle/service-definition.js';
import { within } from './lifecycle/within.js';
import { buildOpenApi } from './openapi/build-openapi.js';
import { ClosingStack } from './platform/closing-stack.js';
import { openParts } from './platform/open-parts.js';
import type { PlatformParts } from './platform/parts.js';

/**
 * Starts a service: configuration, parts, HTTP, consumers, relays. When it resolves, the service is listening.
 * @throws {ConfigError} the environment is wrong, with every reason
 * @throws {StoreUnavailable | StoreUnusable | BusUnavailable} a part cannot be opened; everything opened is closed again
 */
export async function runService(definition: ServiceDefinition): Promise<RunningService> {
  const standalone = definition.standalone ?? false;
  const { config, warnings } = loadPlatformConfig(definition.env ?? process.env, { standalone, usesChain: definition.usesChain ?? standalone });
  const parts = await openParts(config, definition.name, definition.parts);
  for (const warning of warnings) parts.logger.warn(warning);

  const closing = new ClosingStack();
  const close = (): Promise<void> => within(config.shutdownTimeoutMs, 'shutting down', closing.close());
  // Added first, so taken away last: a second signal must still find its handler while the service drains.
  if (definition.signals ?? true) closing.add('signal handlers', guardProcess({ logger: parts.logger, close }));
  closing.add('parts', () => parts.close());
  try {
    await parts.bus.ensureTopics(topicsOf(definition));
    const http = await createHttpApp(parts, await moduleOf(definition, parts));
    const transport = connectConsumers(http.app, parts, definition);
    const relays = createRelays(http.app, parts, definition);
    // Closed in the opposite order: what is taken over HTTP and from the bus is finished before the hooks of the
    // application run; the relays publish until then, and the bus and the store outlive them all.
    closing.add('relays', async () => void (await Promise.all(relays.map((relay) => relay.stop()))));
    closing.add('application', () => http.app.close());
    closing.add('consumers', () => transport.close());
    watchParts(http, parts);
    serveOpenApi(http.app, definition);
    await http.app.init();
    for (const relay of relays) relay.start();
    closing.add('HTTP', () => http.drain.drain(http.app.getHttpServer()));
    // HTTP first: after a crash a broker keeps the group's place for the dead member, and requests need not wait for it.
    if (definition.listens ?? true) await http.app.listen(config.port, config.host);
    let joined = false;
    http.app.get(ReadinessRegistry).register('consumers', () => Promise.resolve(joined ? { ok: true } : { ok: false, detail: 'joining their groups' }));
    await http.app.startAllMicroservices();
    const replays = await connectReplays(parts, definition, transport);
    if (replays !== undefined) closing.add('replays', () => replays.stop());
    joined = true;
    const url = definition.listens === false ? '' : await http.app.getUrl();
    parts.logger.info({ url, mode: config.mode, store: config.eventStoreUrl === undefined ? 'sqlite' : 'eventstoredb', bus: config.kafkaBrokers === undefined ? 'embedded' : 'kafka' }, 'listening');
    return { url, app: http.app, parts, close };
  } catch (error) {
    await close().catch((closingError: unknown) => parts.logger.warn({ err: closingError }, 'closing after a failed start'));
    throw error;
  }
}

/**
 * `runService` for a `main.ts`: a start that fails prints why, without a stack where the reason is the configuration,
 * and ends the process with status 1.
 */
export async function runMain(definition: ServiceDefinition): Promise<RunningService> {
  try {
    return await runService(definition);
  } catch (error) {
    const reason = error instanceof ConfigError || error instanceof InvalidProfile ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`${definition.name} does not start.\n${reason}\n`);
    process.exit(1);
  }
}

async function moduleOf(definition: ServiceDefinition, parts: PlatformParts): Promise<Type | DynamicModule> {
  const { module } = definition;
  return typeof module === 'function' && module.prototype === undefined
    ? await (module as (parts: PlatformParts) => Type | DynamicModule | Promise<Type | DynamicModule>)(parts)
    : (module as Type | DynamicModule);
}

function watchParts({ app, drain }: HttpApp, parts: PlatformParts): void {
  const readiness = app.get(ReadinessRegistry);
  readiness.register('process', () => Promise.resolve(drain.isDraining ? { ok: false, detail: 'shutting down' } : { ok: true }));
  readiness.register('store', async (signal) => {
    await parts.store.ping({ signal });
    return { ok: true };
  });
  readiness.register('bus', async () => {
    await parts.bus.ping();
    return { ok: true };
  });
}

/** The document is built at the first request: reflecting over every controller is not needed to take work. */
function serveOpenApi(app: NestFastifyApplication, definition: ServiceDefinition): void {
  let document: string | undefined;
  app
    .getHttpAdapter()
    .getInstance()
    .get('/openapi.json', (_request, reply) => {
      document ??= JSON.stringify(buildOpenApi(app, { title: definition.title ?? `Qazyna ${definition.name}` }));
      return reply.header('content-type', 'application/json; charset=utf-8').send(document);
    });
}

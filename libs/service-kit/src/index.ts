export * from './auth/actor.js';
export { runMain, runService } from './bootstrap.js';
export { ActorGuard } from './auth/actor-guard.js';
export { CurrentActor, Public, Roles } from './auth/decorators.js';
export { SANDBOX_AUDIENCE, SANDBOX_ISSUER, SANDBOX_TOKEN_LIFETIME_S, SandboxIssuer } from './auth/sandbox-issuer.js';
export { InvalidToken, KeysUnavailable, oidcIssuer, TokenVerifier, type TrustedIssuer } from './auth/token-verifier.js';
export {
  BITCOIN_NETWORKS as CONFIG_BITCOIN_NETWORKS,
  loadPlatformConfig,
  PLATFORM_SETTINGS,
  type BitcoinNetworkName,
  type LogLevel,
  type PlatformConfig,
  type PlatformSpec,
  type ProcessShape,
} from './config/platform-config.js';
export * from './config/setting-kinds.js';
export * from './config/settings.js';
export * from './correlation/correlation.js';
export { DeadLettersModule } from './dead-letters/dead-letters.module.js';
export { deadLettersReadModel } from './dead-letters/dead-letters.view.js';
export type { ListedDeadLetter, ReplayAnswer, SelectedReplay, ShownDeadLetter } from './dead-letters/dead-letters.dto.js';
export { PublisherDirectory } from './publishers/publisher-directory.js';
export { PublishersModule, UpstreamSignaturesModule } from './publishers/publishers.module.js';
export { publishersReadModel } from './publishers/publishers.view.js';
export type { ListedPublisher, ShownPublisher } from './publishers/publishers.dto.js';
export { SIGNATURE_REFUSALS } from './publishers/signature-codes.js';
export { UpstreamSignatures, type SignatureVerdict, type UnsignedUpload, type UpstreamMessage } from './publishers/upstream-signatures.js';
export type { Spoken } from './publishers/key-judgement.js';
export { ReadinessRegistry, type ComponentState, type Indicator, type Readiness } from './health/readiness-registry.js';
export { answerTo, checkedData, deadLetterOf, inOrder, receiveEvents, receiveMessages, type DoorAnswer, type ReceivedEvent, type ReceivedEvents, type ReceivedMessages, type RefusedItem } from './http/event-door.js';
export * from './http/paging.js';
export * from './http/problem.js';
export { problemOf } from './http/problem-of.js';
export { CLOUDEVENTS_TYPES, ConsumesRaw, ConsumesRawFiles, mediaTypeOf, RawBytes } from './http/raw-body.js';
export * from './http/strict-json.js';
export { strictValidationPipe } from './http/validation-pipe.js';
export { guardProcess, type GuardOptions, type ProcessSignals } from './lifecycle/process-guard.js';
export type { RelaySpec, RunningService, ServiceDefinition } from './lifecycle/service-definition.js';
export { NotInTime, within } from './lifecycle/within.js';
export { createLogger, type LoggerOptions, type ServiceLogger } from './logging/logger.js';
export { NestLogger } from './logging/nest-logger.js';
export { ServiceMetrics } from './metrics/metrics.js';
export { buildOpenApi, type OpenApiInfo } from './openapi/build-openapi.js';
export { ClosingStack } from './platform/closing-stack.js';
export { openParts } from './platform/open-parts.js';
export type { PartOverrides, PlatformParts } from './platform/parts.js';
export { PlatformModule } from './platform/platform.module.js';
export * from './platform/tokens.js';
export type { ReadModelDefinition, ReadModelWriter } from './read-models/read-model.js';
export { PreparedWriter } from './read-models/prepared-writer.js';
export { readModelProvider } from './read-models/read-model.provider.js';
export { progressLine } from './read-models/progress-line.js';
export { ReadModelInUse } from './read-models/read-model-file.js';
export type { SpanOptions, StartedSpan, Tracing } from './tracing/tracing.js';
export type { RebuildProgress } from './read-models/beside-build.js';
export { ReadModelStopped } from './read-models/event-application.js';
export { ReadModelHost, RebuildRunning, type ReadModelOptions, type RebuildReport } from './read-models/read-model-host.js';

import type { DynamicModule, INestApplication, Type } from '@nestjs/common';
import type { MessageValidator, TopicSpec } from '@qazyna/messaging';
import type { Environment } from '../config/settings.js';
import type { PartOverrides, PlatformParts } from '../platform/parts.js';

/** Events of these streams are published to this topic. */
export interface RelaySpec {
  readonly topic: string;
  readonly streamPrefixes: readonly string[];
  /** The service whose events they are: the source of the messages. Default: the definition's name; standalone names each. */
  readonly service?: string;
}

export interface ServiceDefinition {
  /** Short name: log lines, consumer group, checkpoints, metrics. */
  readonly name: string;
  readonly module: Type | DynamicModule | ((parts: PlatformParts) => Type | DynamicModule | Promise<Type | DynamicModule>);
  /** Topics the service reads or writes; missing ones are created. */
  readonly topics: readonly TopicSpec[];
  readonly relays: readonly RelaySpec[];
  /** All services in one process: only then may the embedded store and bus serve. Default false. */
  readonly standalone?: boolean;
  /** The process follows the chain, so that production needs a node. Default: standalone. */
  readonly usesChain?: boolean;
  /** Default: the process's environment. */
  readonly env?: Environment;
  /** Whether SIGTERM, SIGINT and uncaught errors are handled; tests that run several services say false. Default true. */
  readonly signals?: boolean;
  /** Whether HTTP is served on a socket. False only where requests are injected, as the simulator does. Default true. */
  readonly listens?: boolean;
  /** Parts to use in place of those the configuration would open. */
  readonly parts?: PartOverrides;
  /** Checks message bodies. Default: the catalogue of `@qazyna/contracts`. */
  readonly validator?: MessageValidator;
  /** Title of the OpenAPI document. Default: `Qazyna <name>`. */
  readonly title?: string;
}

export interface RunningService {
  /** Where it listens, such as `http://127.0.0.1:3000`. */
  readonly url: string;
  readonly app: INestApplication;
  readonly parts: PlatformParts;
  /** Drains and closes everything, once, within SHUTDOWN_TIMEOUT_MS. @throws {NotInTime} */
  close(): Promise<void>;
}

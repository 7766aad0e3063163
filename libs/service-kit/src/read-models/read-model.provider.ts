import type { FactoryProvider } from '@nestjs/common';
import type { PlatformParts } from '../platform/parts.js';
import { CLOCK, CONFIG, EVENT_STORE, LOGGER } from '../platform/tokens.js';
import type { ReadModelDefinition } from './read-model.js';
import { ReadModelHost } from './read-model-host.js';
import { ReadModelRegistry } from './read-model-registry.js';

/** Opens a view of a module over the process's own parts. The module starts it, watches it and closes it. */
export function readModelProvider(token: symbol, definition: ReadModelDefinition): FactoryProvider<ReadModelHost> {
  return {
    provide: token,
    inject: [CONFIG, EVENT_STORE, LOGGER, CLOCK, ReadModelRegistry],
    useFactory: ({ dataDir }: PlatformParts['config'], store: PlatformParts['store'], logger: PlatformParts['logger'], clock: PlatformParts['clock'], views: ReadModelRegistry) => {
      const host = ReadModelHost.open(definition, { dataDir, store, logger, clock });
      views.enter(host);
      return host;
    },
  };
}

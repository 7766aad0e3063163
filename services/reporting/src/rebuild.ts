/** Throws reporting's read model away and builds it from the start of the log, with progress. Run it while reporting is stopped. */
import { loadPlatformConfig, openParts, progressLine, ReadModelHost } from '@qazyna/service-kit';
import { reportingReadModel } from './projections/reporting.read-model.js';

const { config } = loadPlatformConfig({ ...process.env, LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'warn' }, { standalone: process.env['EVENTSTORE_URL'] === undefined, usesChain: false });
const parts = await openParts(config, 'reporting-rebuild');
try {
  const host = ReadModelHost.open(reportingReadModel, { dataDir: config.dataDir, store: parts.store, logger: parts.logger, clock: parts.clock });
  const onTerminal = process.stderr.isTTY;
  const startedAt = performance.now();
  await host.rebuild((progress) => {
    const line = progressLine('reporting', progress, performance.now() - startedAt);
    process.stderr.write(onTerminal ? `\r\u001b[K${line}` : `${line}\n`);
  });
  if (onTerminal) process.stderr.write('\n');
  await host.close();
} finally {
  await parts.close();
}

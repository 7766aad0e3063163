/** Throws reporting's read model away and builds it from the start of the log, with progress. Run it while reporting is stopped. */
import { loadPlatformConfig, openParts, progressLine, ReadModelHost } from '@qazyna/service-kit';
import { reportingReadModel } from './projections/reporting.read-model.js';

async function rebuild(): Promise<void> {
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
}

try {
  await rebuild();
} catch (error) {
  // What has a code is for the operator to mend; anything else is ours, and its stack helps.
  const isExpected = error instanceof Error && 'code' in error;
  process.stderr.write(`reporting is not rebuilt: ${isExpected ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
}

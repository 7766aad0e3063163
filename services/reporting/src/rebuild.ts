/** Throws reporting's read model away and builds it from the start of the log, with progress. Run it while reporting is stopped. */
import { loadPlatformConfig, openParts, ReadModelHost, type RebuildProgress } from '@qazyna/service-kit';
import { reportingReadModel } from './projections/reporting.read-model.js';

const { config } = loadPlatformConfig({ ...process.env, LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'warn' }, { standalone: process.env['EVENTSTORE_URL'] === undefined, usesChain: false });
const parts = await openParts(config, 'reporting-rebuild');
try {
  const host = ReadModelHost.open(reportingReadModel, { dataDir: config.dataDir, store: parts.store, logger: parts.logger, clock: parts.clock });
  const bar = process.stderr.isTTY;
  await host.rebuild(({ events, perSecond, position, target }: RebuildProgress) => {
    const line = `rebuilding reporting: ${events} events, ${perSecond}/s, at ${position ?? 'the start'} of ${target ?? 'an empty log'}`;
    process.stderr.write(bar ? `\r\u001b[K${line}` : `${line}\n`);
  });
  process.stderr.write(bar ? '\ndone\n' : 'done\n');
  await host.close();
} finally {
  await parts.close();
}

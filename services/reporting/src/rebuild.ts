/** Builds reporting's read model anew beside the present one and puts it in its place, with progress. Run it while reporting is stopped. */
import { loadPlatformConfig, openParts, progressLine, ReadModelHost, type RebuildReport } from '@qazyna/service-kit';
import { InMemoryCheckpoints } from '@qazyna/event-store';
import { reportingReadModel } from './projections/reporting.read-model.js';

async function rebuild(): Promise<RebuildReport> {
  const { config } = loadPlatformConfig({ ...process.env, LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'warn' }, { standalone: process.env['EVENTSTORE_URL'] === undefined, usesChain: false });
  // Nothing is relayed or consumed here, so there is no place in the log to keep.
  const parts = await openParts(config, 'reporting-rebuild', { checkpoints: new InMemoryCheckpoints() });
  try {
    const host = ReadModelHost.open(reportingReadModel, { dataDir: config.dataDir, store: parts.store, logger: parts.logger, clock: parts.clock });
    const onTerminal = process.stderr.isTTY;
    const startedAt = performance.now();
    try {
      return await host.rebuild((progress) => {
        const line = progressLine('reporting', progress, performance.now() - startedAt);
        process.stderr.write(onTerminal ? `\r\u001b[K${line}` : `${line}\n`);
      });
    } finally {
      if (onTerminal) process.stderr.write('\n');
      await host.close();
    }
  } finally {
    await parts.close();
  }
}

try {
  const { comparison } = await rebuild();
  if (comparison !== undefined) process.stderr.write(`compared ${comparison.rows} rows with those shown before: ${comparison.differences} differ\n`);
  for (const sample of comparison?.samples ?? []) process.stderr.write(`  ${sample.table}, row ${sample.row}: was ${sample.before ?? 'absent'}, is ${sample.after ?? 'absent'}\n`);
} catch (error) {
  // What has a code is for the operator to mend; anything else is ours, and its stack helps.
  const isExpected = error instanceof Error && 'code' in error;
  process.stderr.write(`reporting is not rebuilt: ${isExpected ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
}

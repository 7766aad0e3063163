import { createInterface } from 'node:readline';
import { startEventStoreDbDouble } from './double.js';

/**
 * The double as a process of its own: `main.ts [port] [dataFile]`, or EVENTSTORE_DOUBLE_PORT and
 * EVENTSTORE_DOUBLE_FILE. Prints its connection string, then takes commands on its standard input:
 * `drop [downMs]`, `delay <ms>`, `rate <appends a second>`, `apply-then-time-out [count]`, `stop`.
 */
const [portArgument, fileArgument] = process.argv.slice(2);
const dataFile = fileArgument ?? process.env['EVENTSTORE_DOUBLE_FILE'];
const double = await startEventStoreDbDouble({
  port: Number(portArgument ?? process.env['EVENTSTORE_DOUBLE_PORT'] ?? 0),
  ...(dataFile !== undefined && { dataFile }),
});
console.log(double.url);

async function stop(): Promise<never> {
  await double.stop();
  process.exit(0);
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const [command, argument] = line.trim().split(/\s+/);
  if (command === 'drop') void double.dropConnections(Number(argument ?? 0));
  else if (command === 'delay') double.delayAppends(Number(argument ?? 0));
  else if (command === 'rate') double.limitAppends(Number(argument ?? 0));
  else if (command === 'apply-then-time-out') double.applyThenTimeOut(Number(argument ?? 1));
  else if (command === 'stop') void stop();
  else console.error(`unknown command: ${line}`);
});
process.on('SIGTERM', () => void stop());
process.on('SIGINT', () => void stop());

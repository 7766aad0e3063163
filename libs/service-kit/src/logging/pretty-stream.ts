import type { DestinationStream } from 'pino';

const SHOWN_APART = new Set(['level', 'time', 'service', 'msg', 'correlationId', 'causationId', 'err']);

/** Turns pino's JSON lines into lines for a person's eyes: time, level, service, message, then the other fields. */
export function prettyStream(out: { write(line: string): unknown }): DestinationStream {
  return {
    write(line: string): void {
      out.write(prettyLine(line));
    },
  };
}

/** One line for people; a line that is no JSON object passes unchanged. */
export function prettyLine(line: string): string {
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(line) as Record<string, unknown>;
  } catch {
    return line;
  }
  const shown = (name: string): string => {
    const value = fields[name];
    return typeof value === 'string' ? value : '';
  };
  const rest = Object.entries(fields)
    .filter(([name]) => !SHOWN_APART.has(name))
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
  const head = `${shown('time').slice(11, 23)} ${shown('level').toUpperCase().padEnd(5)} ${shown('service')}: ${shown('msg')}`;
  const failure = fields['err'] as { stack?: string; message?: string } | undefined;
  return `${head}${rest === '' ? '' : `  ${rest}`}\n${failure === undefined ? '' : `${failure.stack ?? failure.message ?? ''}\n`}`;
}

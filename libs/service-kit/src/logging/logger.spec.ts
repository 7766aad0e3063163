import { runCorrelated } from '../correlation/correlation.js';
import { createLogger, redactText } from './logger.js';
import { NestLogger } from './nest-logger.js';
import { prettyLine } from './pretty-stream.js';

function capture(level: 'info' | 'trace' = 'info'): { lines: () => Record<string, unknown>[]; raw: string[]; logger: ReturnType<typeof createLogger> } {
  const raw: string[] = [];
  const logger = createLogger({ service: 'custody', level, pretty: false, destination: { write: (line) => void raw.push(line) } });
  return { raw, logger, lines: () => raw.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

describe('the log', () => {
  it('names the service and the correlation of the running request in every line', () => {
    const { logger, lines } = capture();
    runCorrelated({ correlationId: 'corr-0001', causationId: 'message-1' }, () => logger.info({ height: 7 }, 'block'));
    logger.warn('outside');
    expect(lines()).toMatchObject([
      { level: 'info', service: 'custody', correlationId: 'corr-0001', causationId: 'message-1', height: 7, msg: 'block' },
      { level: 'warn', service: 'custody', msg: 'outside' },
    ]);
    expect(lines()[1]).not.toHaveProperty('correlationId');
  });

  it.each([
    [{ authorization: 'Bearer abc' }],
    [{ headers: { authorization: 'hunter2' } }],
    [{ req: { headers: { authorization: 'hunter2', cookie: 'hunter2' } } }],
    [{ config: { sandboxSeed: 'hunter2' } }],
    [{ password: 'hunter2', token: 'hunter2' }],
    [{ url: 'http://rpcuser:hunter2@10.0.0.1:8332/' }],
    [{ err: new Error('connect esdb://admin:hunter2@store:2113 failed') }],
    [{ note: 'sent Authorization: Bearer hunter2hunter2' }],
    [{ jwt: 'eyJhbGciOiJFZERTQSJ9.hunter2hunter2.hunter2' }],
  ])('keeps secrets out: %j', (fields) => {
    const { logger, raw } = capture();
    logger.error(fields, 'oops http://u:hunter2@h/');
    expect(raw.join('')).not.toMatch(/hunter2|Bearer abc/);
    expect(raw.join('')).toContain('[redacted]');
    expect(() => JSON.parse(raw.join('')) as unknown).not.toThrow();
  });

  it('leaves addresses without credentials as they are', () => {
    expect(redactText('listening on http://127.0.0.1:3000/a@b')).toBe('listening on http://127.0.0.1:3000/a@b');
  });

  it('keeps Nest\'s chatter at debug and its errors with their stack', () => {
    const { logger, lines } = capture();
    const nest = new NestLogger(logger);
    nest.log('mapped a route', 'RouterExplorer');
    nest.error('boom', 'Error: boom\n  at x', 'ExceptionsHandler');
    nest.fatal(new Error('bang'), 'Boot');
    nest.warn({ any: 1 });
    expect(lines()).toMatchObject([
      { level: 'error', msg: 'boom', context: 'ExceptionsHandler', stack: 'Error: boom\n  at x' },
      { level: 'fatal', msg: 'bang', context: 'Boot' },
      { level: 'warn', detail: { any: 1 } },
    ]);
  });

  it('is readable when asked to be', () => {
    const line = '{"level":"warn","time":"2026-03-01T09:30:00.123Z","service":"custody","height":7,"msg":"block","err":{"stack":"Error: x"}}';
    expect(prettyLine(line)).toBe('09:30:00.123 WARN  custody: block  height=7\nError: x\n');
    expect(prettyLine('not json\n')).toBe('not json\n');
  });
});

import { StoreUnavailable } from '@qazyna/event-store';
import { Command } from 'commander';
import { EXIT, UsageError } from './exit-codes.js';
import { runCommand } from './program.js';
import type { RegisterCommands } from './program.js';
import { toJsonText } from './terminal.js';

const planted: RegisterCommands = (program: Command, context) => {
  program.command('look').action(() => {
    const { out, json } = context.terminal();
    out(json ? toJsonText({ found: 12n }) : 'found 12\n');
    context.exit(EXIT.findings);
  });
  program.command('fail <how>').action((how: string) => {
    if (how === 'usage') throw new UsageError('cannot be');
    if (how === 'store') throw new StoreUnavailable('gone');
    throw new Error('a fault');
  });
};

async function run(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { out: '', err: '' };
  const code = await runCommand(
    argv,
    { env: {}, isInteractive: false, signal: new AbortController().signal, out: (text) => void (said.out += text), err: (text) => void (said.err += text) },
    [planted],
  );
  return { code, ...said };
}

describe('the command line', () => {
  it('takes --json on either side of a command, and hands its exit code on', async () => {
    expect(await run('look')).toEqual({ code: 1, out: 'found 12\n', err: '' });
    expect(await run('--json', 'look')).toEqual({ code: 1, out: '{\n  "found": "12"\n}\n', err: '' });
    expect(await run('look', '--json')).toMatchObject({ out: '{\n  "found": "12"\n}\n' });
  });

  it.each([
    [['look', '--jsn'], 2],
    [['lok'], 2],
    [['look', 'surplus'], 2],
    [[], 2],
    [['fail', 'usage'], 2],
    [['fail', 'store'], 3],
    [['fail', 'otherwise'], 4],
    [['--help'], 0],
  ])('%j ends with %d', async (argv, code) => {
    expect((await run(...argv)).code).toBe(code);
  });

  it('says the exit codes in its help, and reasons only where errors go', async () => {
    expect((await run('look', '--help')).out).toContain('Exit codes: 0 clean');
    expect(await run('fail', 'store')).toMatchObject({ out: '', err: 'gone\n' });
  });
});

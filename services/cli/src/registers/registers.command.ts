import type { Command } from 'commander';
import { addressOf, asUsage, Door, type Query } from '../door/door.client.js';
import { EXIT } from '../exit-codes.js';
import type { CommandContext, RegisterCommands } from '../program.js';
import { printable, toJsonText, type Terminal } from '../terminal.js';
import { CASES, HOLDS, LICENCES, OFFICER, PAYOUTS, RECONCILIATION, tableText, valueAt, type Register } from './registers.js';

const HELP = `
Speaks to the services over HTTP: in one process to that process, apart to INTAKE_URL and MINING_URL (or --url). OPERATOR_TOKEN is an access token;
deciding needs the role "compliance-officer". Ends with 1 when the service refuses, "holds" while something waits,
and "reconciliation" where something shown is overpaid or differs.`;

type Options = Readonly<Record<string, string | boolean | undefined>>;

/** `qazyna cases|payouts|licences|reconciliation|holds`: what officers look at, and what they decide. */
export const registerRegisterCommands: RegisterCommands = (program, context) => {
  for (const register of [CASES, PAYOUTS, LICENCES]) {
    const command = program.command(register.command).description(register.about).addHelpText('after', HELP);
    listCommand(door(command.command('list').description(`list ${register.command}`)), register, context);
    door(command.command('show <id>').description(`show one ${register.what} with its history`)).action((id: string, options: Options) =>
      carryOut(context, register.service, options, async (opened, terminal) => {
        const shown = await opened.get<object>(`${register.path}/${encodeURIComponent(id)}`);
        terminal.out(terminal.json ? toJsonText(shown) : `${printable(JSON.stringify(shown, null, 2))}\n`);
      }),
    );
    if (register === PAYOUTS) decisions(command, context);
  }
  const reconciliation = program.command('reconciliation').description('what pools owe, paid and declared, held against each other').addHelpText('after', HELP);
  for (const report of RECONCILIATION) listCommand(door(reconciliation.command(report.command).description(report.about)), report, context);
  const holds = program.command('holds').description('everything that waits: held payouts, screening hits, acts that wait for another').addHelpText('after', HELP);
  door(holds).option('--limit <number>', 'most of each kind', '100').action((options: Options) => showHolds(context, options));
};

function listCommand(list: Command, register: Register, context: CommandContext): void {
  for (const { flags, help } of register.filters) list.option(flags, help);
  list
    .option('--limit <number>', 'most rows of the answer, up to 1000', '100')
    .option('--after <cursor>', 'the "next" of the answer before')
    .option('--all', 'every page', false)
    .action((options: Options) =>
      carryOut(context, register.service, options, async (opened, terminal) => {
        const page = await opened.list(register.path, queryOf(register, options), options['all'] === true);
        if (terminal.json) terminal.out(toJsonText(page));
        else terminal.out(page.items.length === 0 ? `no ${register.command}\n` : tableText(register.columns, page.items.map((row) => register.columns.map((column) => valueAt(row, column)))));
        if (register.isFinding !== undefined && page.items.some(register.isFinding)) context.exit(EXIT.findings);
        if (page.next !== null && !terminal.json) terminal.err(`more with --after ${page.next}\n`);
      }),
    );
}

/** Commander names `--lapses-before` `lapsesBefore`. */
function queryOf({ filters }: Register, options: Options): Query {
  const query: Record<string, string | undefined> = { limit: options['limit'] as string | undefined, after: options['after'] as string | undefined };
  for (const { flags, name } of filters) {
    const option = flags.slice(2).split(' ')[0]?.replaceAll(/-([a-z])/g, (_all, letter: string) => letter.toUpperCase()) ?? '';
    query[name] = options[option] as string | undefined;
  }
  return query;
}

/** Most items of one request. */
const DECISIONS_MAX = 1_000;

interface Decided {
  readonly payoutId: string;
  readonly status: string;
  readonly code?: string;
  readonly message?: string;
}

function decisions(command: Command, context: CommandContext): void {
  for (const decision of ['release', 'reject'] as const) {
    door(command.command(`${decision} <ids...>`).description(`${decision} held payouts, each with a result of its own`))
      .requiredOption('--reason <text>', 'why; kept for ever, so no names of persons')
      .action((ids: readonly string[], options: Options) =>
        carryOut(context, PAYOUTS.service, options, async (opened, terminal) => {
          const decided: Decided[] = [];
          for (let from = 0; from < ids.length; from += DECISIONS_MAX) {
            const items = ids.slice(from, from + DECISIONS_MAX).map((payoutId) => ({ payoutId, decision, reason: options['reason'] }));
            decided.push(...(await opened.post<{ results: Decided[] }>('/v1/payouts/decisions', { items })).results);
          }
          if (terminal.json) terminal.out(toJsonText({ results: decided }));
          else for (const { payoutId, status, code, message } of decided) terminal.out(`${printable(payoutId)} ${printable(code === undefined ? status : `${status}: ${code}: ${message ?? ''}`)}\n`);
          if (decided.some(({ status }) => status === 'refused')) context.exit(EXIT.findings);
        }),
      );
  }
}

async function showHolds(context: CommandContext, options: Options): Promise<void> {
  const found: Record<string, readonly Record<string, unknown>[]> = {};
  for (const { kind, path, query, service } of HOLDS) {
    await carryOut(context, service, options, async (opened) => {
      found[kind] = (await opened.list(path, { ...query, limit: options['limit'] as string }, false)).items;
    });
  }
  const terminal = context.terminal();
  if (terminal.json) terminal.out(toJsonText(found));
  else {
    for (const { kind, columns } of HOLDS) {
      const rows = found[kind] ?? [];
      // A line of cases stands for all its acts that wait.
      const waiting = rows.reduce((sum, { held }) => sum + (typeof held === 'number' ? held : 1), 0);
      terminal.out(rows.length === 0 ? `${kind}: nothing waits\n` : `${kind}: ${waiting} ${waiting === 1 ? 'waits' : 'wait'}\n${tableText(columns, rows.map((row) => columns.map((column) => valueAt(row, column))))}`);
    }
  }
  if (Object.values(found).some((rows) => rows.length > 0)) context.exit(EXIT.findings);
}

function door(command: Command): Command {
  return command.option('--url <address>', 'the service that has the register');
}

async function carryOut(context: CommandContext, service: Register['service'], options: Options, work: (opened: Door, terminal: Terminal) => Promise<void>): Promise<void> {
  const terminal = context.terminal();
  try {
    await work(await Door.open(addressOf(options['url'] as string | undefined, service, terminal), OFFICER, terminal), terminal);
  } catch (error) {
    const { code, message } = asUsage(error);
    if (terminal.json) terminal.out(toJsonText({ refused: code, message }));
    else terminal.err(`${printable(message)}\n`);
    context.exit(EXIT.findings);
  }
}

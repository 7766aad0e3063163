import type { ListedDeadLetter, SelectedReplay, ShownDeadLetter } from '@qazyna/service-kit';
import type { Command } from 'commander';
import { setTimeout as pause } from 'node:timers/promises';
import { addressOf, asUsage, Door } from '../door/door.client.js';
import { EXIT } from '../exit-codes.js';
import type { CommandContext, RegisterCommands } from '../program.js';
import { printable, toJsonText, type Terminal } from '../terminal.js';
import { RegisterClient, type Filter } from './register.client.js';

const POLL_EVERY_MS = 250;
const OUTCOME_MS_MAX = 60_000;

interface DoorOptions {
  readonly url?: string;
}
type FilterOptions = DoorOptions & Filter;

const HELP = `
Speaks to the register over HTTP: in one process to that process, apart to the reporting service (--url, or REPORTING_URL).
OPERATOR_TOKEN is an access token with the role "operator". "replay" and "discard" end with 1 when the register refuses, or
when the group refuses the message again.`;

/** `qazyna dead-letters …`: what consumers put aside, and what becomes of it. */
export const registerDeadLetterCommands: RegisterCommands = (program, context) => {
  const letters = program.command('dead-letters').description('look at messages that were put aside; send them back or discard them').addHelpText('after', HELP);

  filtered(door(letters.command('list').description('list them, oldest first')))
    .option('--state <state>', 'open, replaying, replayed or discarded')
    .option('--limit <number>', 'most letters of the answer, up to 1000', '100')
    .option('--after <cursor>', 'the "next" of the answer before')
    .action((options: FilterOptions & { state?: string; limit: string; after?: string }) =>
      carryOut(context, options, async (client, terminal) => {
        const { state, limit, after } = options;
        const page = await client.list({ ...filterOf(options), limit, ...(state === undefined ? {} : { state }), ...(after === undefined ? {} : { after }) });
        terminal.out(terminal.json ? toJsonText(page) : listText(page.items));
        if (page.next !== null && !terminal.json) terminal.err(`more with --after ${page.next}\n`);
      }),
    );

  door(letters.command('show <id>').description('show one with its bytes, reason and history')).action((id: string, options: DoorOptions) =>
    carryOut(context, options, async (client, terminal) => {
      const letter = await client.show(id);
      terminal.out(terminal.json ? toJsonText(letter) : shownText(letter));
    }),
  );

  door(letters.command('replay <id>').description('send one back to the group that refused it, and wait for what comes of it')).action((id: string, options: DoorOptions) =>
    carryOut(context, options, async (client, terminal) => {
      await client.replay(id);
      const letter = await settled(client, id, terminal.signal);
      terminal.out(terminal.json ? toJsonText(letter) : `${id} ${letter.state}\n`);
      if (letter.state !== 'replayed') context.exit(EXIT.findings);
    }),
  );

  filtered(door(letters.command('replay-all').description('say which open ones would go back; with --yes, send them')))
    .option('--yes', 'send them back', false)
    .action((options: FilterOptions & { yes: boolean }) => carryOut(context, options, (client, terminal) => replayAll(client, terminal, filterOf(options), !options.yes)));

  door(letters.command('discard <id>').description('decide that one never takes effect'))
    .requiredOption('--reason <text>', 'why; kept for ever, so no names of persons')
    .action((id: string, options: DoorOptions & { reason: string }) =>
      carryOut(context, options, async (client, terminal) => {
        const answer = await client.discard(id, options.reason);
        terminal.out(terminal.json ? toJsonText(answer) : `${id} discarded\n`);
      }),
    );
};

function door(command: Command): Command {
  return command.option('--url <address>', 'the service that has the register');
}

function filtered(command: Command): Command {
  return command
    .option('--topic <name>', 'only messages of this topic')
    .option('--group <name>', 'only what this consumer group refused')
    .option('--code <code>', 'only this reason')
    .option('--type <type>', 'only messages of this CloudEvents type')
    .option('--from <time>', 'put aside at this time or later, such as 2026-03-01T00:00:00Z')
    .option('--to <time>', 'put aside before this time');
}

function filterOf({ topic, group, code, type, from, to }: FilterOptions): Filter {
  return Object.fromEntries(Object.entries({ topic, group, code, type, from, to }).filter(([, value]) => value !== undefined));
}

async function carryOut(context: CommandContext, { url }: DoorOptions, work: (client: RegisterClient, terminal: Terminal) => Promise<void>): Promise<void> {
  const terminal = context.terminal();
  try {
    await work(new RegisterClient(await Door.open(addressOf(url, 'REPORTING_URL', terminal), 'operator', terminal)), terminal);
  } catch (error) {
    const { code, message } = asUsage(error);
    if (terminal.json) terminal.out(toJsonText({ refused: code, message }));
    else terminal.err(`${message}\n`);
    context.exit(EXIT.findings);
  }
}

/** The letter when its replay is over, or as it is after a minute: its group may be stopped. */
async function settled(client: RegisterClient, id: string, signal: AbortSignal): Promise<ShownDeadLetter> {
  const deadline = performance.now() + OUTCOME_MS_MAX;
  for (;;) {
    const letter = await client.show(id);
    if (letter.state !== 'replaying' || performance.now() > deadline) return letter;
    await pause(POLL_EVERY_MS, undefined, { signal });
  }
}

async function replayAll(client: RegisterClient, terminal: Terminal, filter: Filter, dryRun: boolean): Promise<void> {
  const results: SelectedReplay[] = [];
  let after: string | undefined;
  do {
    const page = await client.replaySelected(filter, dryRun, after);
    results.push(...page.items);
    after = page.next ?? undefined;
    terminal.err(terminal.isInteractive ? `\r\u001b[K${results.length} letters` : `${results.length} letters\n`);
  } while (after !== undefined);
  if (terminal.isInteractive) terminal.err('\r\u001b[K');
  if (terminal.json) terminal.out(toJsonText({ dryRun, items: results }));
  else terminal.out(`${results.map(({ letterId, outcome, code }) => `${letterId} ${outcome}${code === undefined ? '' : ` (${code})`}\n`).join('')}${results.length} letters${dryRun ? ' would go back: repeat with --yes' : ''}\n`);
}

function listText(items: readonly ListedDeadLetter[]): string {
  if (items.length === 0) return 'no dead letters\n';
  return items.map(({ letterId, state, deadLetteredAt, topic, partition, offset, group, code, field }) =>
    `${letterId}  ${state.padEnd(9)}  ${deadLetteredAt}  ${topic}/${partition}@${offset}  ${group}  ${code}${field === null ? '' : ` (${field})`}\n`).join('');
}

function shownText({ letterId, state, topic, partition, offset, group, attempts, deadLetteredAt, reason, original, size, sha256, history }: ShownDeadLetter): string {
  const lines = [
    `${letterId}  ${state}`,
    `from      ${topic}/${partition}@${offset}, refused by ${group} at ${deadLetteredAt}, delivery ${attempts}`,
    `reason    ${reason.code}${reason.field === null ? '' : ` (${reason.field})`}: ${reason.message ?? ''}`,
    `original  ${size} bytes, SHA-256 ${sha256}`,
    ...(original === null
      ? ['          not read from its topic yet']
      : [
          `key       ${original.key ?? '(none)'}`,
          ...Object.entries(original.headers).map(([name, value]) => `header    ${name}: ${value}`),
          original.text ?? `base64    ${original.base64 ?? '(a tombstone)'}`,
        ]),
    ...history.map(({ event, at, actor, replay, code, reason: why }) =>
      `${at}  ${event}${replay === undefined ? '' : ` ${replay}`}${code === undefined ? '' : ` ${code}`}  ${actor.organisation}/${actor.subject}${why === undefined ? '' : `: ${why}`}`),
  ];
  return `${lines.map(printable).join('\n')}\n`;
}

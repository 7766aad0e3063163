import { EXIT, runCommand, type ExitCode } from '@qazyna/cli';
import { TOPICS } from '@qazyna/contracts';
import { DEAD_LETTER_TOPIC, readDeadLetter, toDeadLetter, type OutgoingRecord } from '@qazyna/messaging';
import type { ListedDeadLetter, Page, ShownDeadLetter } from '@qazyna/service-kit';
import { describeWith, KAFKA, type RunningKafka } from '@qazyna/testing';
import { Apart } from '../system/apart.js';
import { ask, call, until } from '../system/caller.js';
import { ACCOUNT, attributes, binaryHeaders, LICENCE, MAINNET_ADDRESS, payout, POOL, WALLET } from '../system/messages.js';
import { Outsider } from '../system/outsider.js';

const record = (key: string, body: unknown): OutgoingRecord => ({ key, headers: binaryHeaders('ce_', attributes('payout', key)), value: Buffer.from(JSON.stringify(body)) });

await describeWith(KAFKA, 'dead letters of services that run apart', (source) => {
  let kafka: RunningKafka;
  let apart: Apart;
  let outsider: Outsider;

  beforeAll(async () => {
    kafka = await source.start();
    apart = await Apart.start(kafka, ['mining', 'reporting'], { KAFKA_SESSION_MS: '6000' });
    outsider = await Outsider.connect(kafka.brokers);
    const mining = apart.url('mining');
    await ask(mining, '/v1/licences', { role: 'regulator', body: JSON.stringify({ licenceId: LICENCE, kind: 'mining', holder: 'a-farm', validFrom: '2023-01-01T00:00:00Z' }) });
    await ask(mining, '/v1/pool-accounts', { role: 'custodian', body: JSON.stringify({ pool: POOL, account: ACCOUNT, licenceId: LICENCE, network: 'regtest', payoutAddress: WALLET }) });
  }, 180_000);

  afterAll(async () => {
    await outsider?.close();
    await apart?.stop();
    await kafka?.stop();
  }, 60_000);

  const show = (id: string): Promise<ShownDeadLetter> => ask(apart.url('reporting'), `/v1/dead-letters/${id}`, { role: 'operator' });
  const events = async (id: string): Promise<readonly string[]> => (await show(id)).history.map(({ event }) => event);
  const listed = async (code: string): Promise<ListedDeadLetter> => {
    const { items } = await until('the letter is listed', () => ask<Page<ListedDeadLetter>>(apart.url('reporting'), `/v1/dead-letters?code=${code}`, { role: 'auditor' }), (page) => page.items.length > 0);
    return items[0] as ListedDeadLetter;
  };
  const qazyna = async (...argv: string[]): Promise<{ readonly code: ExitCode; readonly out: string; readonly err: string }> => {
    const said = { out: '', err: '' };
    const code = await runCommand(['dead-letters', ...argv, '--url', apart.url('reporting')], {
      env: {},
      isInteractive: false,
      signal: new AbortController().signal,
      out: (text) => void (said.out += text),
      err: (text) => void (said.err += text),
    });
    return { code, ...said };
  };

  it('shows on the command line what a service refused, tries it again, and discards it', async () => {
    await outsider.publish(TOPICS.miningPayouts, [record('poison', payout('poison', { address: MAINNET_ADDRESS }))]);
    const { letterId, group, field } = await listed('address-network');
    expect({ group, field }).toEqual({ group: 'mining-ingest', field: 'address' });
    expect((await qazyna('list', '--state', 'open')).out).toContain(letterId);
    const shown = await qazyna('show', letterId);
    expect(shown.out).toContain(MAINNET_ADDRESS);
    expect(await qazyna('replay', letterId)).toMatchObject({ code: EXIT.findings, out: `${letterId} open\n` });
    expect(await qazyna('replay-all', '--code', 'address-network')).toMatchObject({ code: EXIT.clean, out: expect.stringContaining('1 letters would go back') as string });
    expect(await qazyna('discard', letterId, '--reason', 'paid to another network by mistake')).toMatchObject({ code: EXIT.clean });
    expect(await qazyna('replay', letterId)).toMatchObject({ code: EXIT.findings, err: expect.stringContaining('was discarded') as string });
    expect(await qazyna('show', 'nonsense')).toMatchObject({ code: EXIT.findings });
    expect(await qazyna('list', '--from', 'yesterday')).toMatchObject({ code: EXIT.usage, err: expect.stringContaining('from') as string });
    expect(await events(letterId)).toEqual(['noted', 'replay-requested', 'refused-again', 'discarded']);
    // Nothing was put aside a second time: the letter is the same one.
    expect(outsider.lettersOf('poison')).toHaveLength(1);
  }, 60_000);

  it('replays once what an earlier version put aside wrongly, though both sides are killed on the way', async () => {
    const original = { ...record('mended', payout('mended')), topic: TOPICS.miningPayouts, partition: 0, offset: 4_000n, timestamp: new Date() };
    const letter = toDeadLetter(original, { code: 'misjudged', message: 'a fault of an earlier version' }, { group: 'mining-ingest', attempts: 1, time: new Date() });
    const id = readDeadLetter(letter)?.id ?? '';
    // Twice, as a crash before the commit of its offset writes it.
    await outsider.publish(DEAD_LETTER_TOPIC, [letter, letter]);
    expect((await listed('misjudged')).letterId).toBe(id);
    await apart.kill9('mining');
    const replays = await Promise.all([1, 2].map(() => call(apart.url('reporting'), `/v1/dead-letters/${id}/replay`, { method: 'POST', role: 'operator' })));
    await apart.kill9('reporting');
    expect(replays.map(({ status }) => status).sort()).toEqual([202, 409]);
    await Promise.all([apart.again('reporting'), apart.again('mining')]);
    await until('the letter was replayed', () => events(id), (past) => past.includes('replayed'), 60_000);
    expect(await events(id)).toEqual(['noted', 'replay-requested', 'replayed']);
    const { items } = await until('the payout is listed', () => ask<Page<{ payoutId: string }>>(apart.url('mining'), '/v1/payouts', { role: 'auditor' }), (page) => page.items.length > 0);
    expect(items.map(({ payoutId }) => payoutId)).toEqual([`${POOL}.${ACCOUNT}~mended`]);
  }, 120_000);
});

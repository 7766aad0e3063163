import { jest } from '@jest/globals';
import { sandboxVaultDescriptor } from '@qazyna/bitcoin';
import { runCommand } from '@qazyna/cli';
import { ask, call, until, type Problem } from '../system/caller.js';
import { attributes, binaryHeaders, fact, seized } from '../system/messages.js';
import { Standalone } from '../system/standalone.js';

jest.setTimeout(180_000);

const CASE = 'afm.2026_screening';
const TRUST = 'trust-1';
const HELD = `held-in-trust:screening-hold:${TRUST}`;
const CREDITED = `held-in-trust:case:${CASE}`;
const REASON = 'Looked at with the vendor; memorandum 2026-114';

interface Hit {
  readonly subjectId: string;
  readonly standing: string;
  readonly reasons: readonly string[];
  readonly basis: string;
}

describe('screening, from a list to the journal', () => {
  let system: Standalone;
  const tokens = new Map<string, string>();

  const officer = async (subject: string): Promise<string> => {
    let token = tokens.get(subject);
    if (token === undefined) {
      const answer = await ask<{ access_token: string }>(system.url, '/sandbox/token', { body: JSON.stringify({ subject, organisation: 'nbk', roles: ['compliance-officer'] }) });
      tokens.set(subject, (token = answer.access_token));
    }
    return token;
  };
  const upload = async (list: string, text: string, query = ''): Promise<{ status: string; added: number }> =>
    ask(system.url, `/v1/screening/lists?list=${list}&format=text${query}`, { token: await officer('first'), body: text, headers: { 'content-type': 'text/plain' } });
  const hit = (subjectId: string, wanted: (found: Hit) => boolean): Promise<Hit> =>
    until(`screening of ${subjectId}`, async () => ask<Hit>(system.url, `/v1/screening/hits/${subjectId}`, { token: await officer('first') }), wanted);
  const decide = async (subject: string, { subjectId, basis }: Hit, decision: string): Promise<{ status: number; code?: string; standing?: string }> => {
    const answer = await call(system.url, `/v1/screening/hits/${subjectId}/decision`, { token: await officer(subject), body: JSON.stringify({ decision, basis, reason: REASON }) });
    const body = JSON.parse(answer.text) as Problem & { standing?: string };
    return answer.status === 200 ? { status: 200, standing: body.standing ?? '' } : { status: answer.status, code: body.code };
  };
  const balance = async (account: string): Promise<string> => {
    const { items } = await ask<{ items: { account: string; balance: string }[] }>(system.url, '/v1/accounts', { role: 'auditor' });
    return items.find((each) => each.account === account)?.balance ?? '0';
  };
  const pay = async (amount: string): Promise<string> => {
    const { address } = await ask<{ address: string }>(system.url, '/v1/deposit-addresses', { role: 'custodian', body: JSON.stringify({ vaultId: TRUST, purpose: { kind: 'case', id: CASE } }) });
    const { txid } = await ask<{ txid: string }>(system.url, '/sandbox/chain/pay', { role: 'operator', body: JSON.stringify({ outputs: [{ address, amount }] }) });
    await ask(system.url, '/sandbox/chain/mine', { role: 'operator', body: JSON.stringify({ blocks: 3 }) });
    return `deposit.${txid}.0`;
  };

  beforeAll(async () => {
    system = await Standalone.start({ story: false, env: { QAZYNA_SCREENING: 'lists' } });
    await ask(system.url, '/v1/vaults', { role: 'custodian', body: JSON.stringify({ vaultId: TRUST, class: 'held-in-trust', tier: 'cold', descriptor: sandboxVaultDescriptor(TRUST, 'regtest') }) });
  });
  afterAll(() => system.remove());

  it('holds what no list was compared with, passes what a list does not name, and holds again what a new version names, until two officers release it', async () => {
    const subjectId = await pay('1000');
    const unscreened = await hit(subjectId, ({ standing }) => standing === 'held');
    expect(unscreened.reasons).toEqual(['list-missing']);
    await until('the hold', () => balance(HELD), (amount) => amount === '-1000');
    expect(await balance(CREDITED)).toBe('0');

    expect(await upload('own', '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa # somebody else\n')).toMatchObject({ status: 'updated', added: 1 });
    await hit(subjectId, ({ standing }) => standing === 'clear');
    await until('the credit', () => balance(CREDITED), (amount) => amount === '-1000');
    expect(await balance(HELD)).toBe('0');

    const { addresses } = await ask<{ addresses: { address: string }[] }>(system.url, `/v1/screening/hits/${subjectId}`, { token: await officer('first') });
    await upload('own', `1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa\n${addresses[0]?.address.toUpperCase() ?? ''}\n`);
    const listed = await hit(subjectId, ({ standing }) => standing === 'held');
    expect(listed.reasons).toEqual(['listed']);
    await until('the coins taken off the case', () => balance(HELD), (amount) => amount === '-1000');
    expect(await balance(CREDITED)).toBe('0');
    expect(await balance(`held-in-trust:vault:${TRUST}`)).toBe('1000');

    expect(await decide('first', { ...listed, basis: 'ab'.repeat(32) }, 'release')).toMatchObject({ status: 409, code: 'basis-changed' });
    expect(await decide('first', listed, 'release')).toMatchObject({ status: 200, standing: 'held' });
    expect(await decide('first', listed, 'release')).toMatchObject({ status: 403, code: 'same-officer' });
    expect(await balance(HELD)).toBe('-1000');
    expect(await decide('second', listed, 'release')).toMatchObject({ status: 200, standing: 'released' });
    await until('the release', () => balance(CREDITED), (amount) => amount === '-1000');
    expect(await balance(HELD)).toBe('0');
  });

  it('holds a listed payment to a case from the first, keeps it when two officers say so, and after a restart', async () => {
    const subjectId = await pay('2000');
    const listed = await hit(subjectId, ({ standing }) => standing === 'held');
    expect(listed.reasons).toEqual(['listed']);
    expect(await decide('first', listed, 'keep')).toMatchObject({ standing: 'held' });
    expect(await decide('second', listed, 'keep')).toMatchObject({ standing: 'kept' });
    await until('the hold', () => balance(HELD), (amount) => amount === '-2000');
    await system.kill9();
    tokens.clear();
    await system.again();
    await until('the hold is still there', () => balance(HELD), (amount) => amount === '-2000');
    expect(await balance(CREDITED)).toBe('-1000');
    await hit(subjectId, ({ standing }) => standing === 'kept');
    const { items } = await ask<{ items: { kind: string; detail: { addresses?: number } }[] }>(system.url, '/v1/screening/lists/history?list=own', { token: await officer('first') });
    expect(items.map(({ kind }) => kind)).toEqual(['rescreened', 'list-updated', 'rescreened', 'list-updated']);
  });

  it('screens the addresses that a case names, in any writing', async () => {
    const { addresses } = await ask<{ addresses: { address: string }[] }>(system.url, '/v1/screening/hits/case.afm.7_1', { token: await officer('first') }).catch(() => ({ addresses: [] }));
    expect(addresses).toEqual([]);
    const [{ address } = { address: '' }] = (await ask<{ items: { address: string }[] }>(system.url, '/v1/deposits', { role: 'auditor' })).items;
    await upload('gazette', `${address}\n`);
    const body = JSON.stringify(fact('7/1', { assets: [seized({ location: { kind: 'address', address: address.toUpperCase() } })] }));
    await ask(system.url, '/v1/seizure-facts', { role: 'law-enforcement', body, headers: binaryHeaders('ce-', attributes('fact', 'screened-1')) });
    expect(await hit('case.afm.7_1', ({ standing }) => standing === 'held')).toMatchObject({ reasons: ['listed'] });
    const found = await ask<{ hits: { list: string }[]; subjects: { subjectId: string }[] }>(system.url, `/v1/screening/addresses/${address}`, { token: await officer('first') });
    expect({ lists: found.hits.map(({ list }) => list), subjects: found.subjects.map(({ subjectId }) => subjectId) }).toEqual({ lists: ['gazette'], subjects: ['case.afm.7_1'] });
  });

  it('refuses half a file, and a version that lost most of its entries', async () => {
    const refused = async (text: string, format = 'text'): Promise<string> =>
      (JSON.parse((await call(system.url, `/v1/screening/lists?list=own&format=${format}`, { token: await officer('first'), body: text, headers: { 'content-type': 'text/plain' } })).text) as Problem).code;
    expect(await refused('1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa\nnot an address\n')).toBe('list-malformed');
    expect(await refused('<sdnList><sdnEntry><uid>1</uid>', 'ofac')).toBe('list-malformed');
    expect(await refused('# nothing\n')).toBe('list-empty');
    await upload('own', Array.from({ length: 10 }, (_, index) => `other${index}`).join('\n'));
    expect(await refused('other1\n')).toBe('list-shrinks');
  });

  it('leaves nothing for the audit of the pipeline to find', async () => {
    await system.stop();
    let out = '';
    const code = await runCommand(['audit', 'pipeline', '--json', '--grace', '0'], {
      env: { QAZYNA_DATA_DIR: system.dataDir }, isInteractive: false, signal: new AbortController().signal, out: (text) => void (out += text), err: () => undefined,
    });
    const { findings, journal } = JSON.parse(out) as { findings: { code: string; severity: string }[]; journal: object };
    // A relay that was killed between its publish and its checkpoint repeats messages: a notice, and nothing else, may be there.
    expect({ code, findings: findings.filter((finding) => !(finding.severity === 'notice' && finding.code === 'repeated')) }).toEqual({ code: 0, findings: [] });
    expect(journal).toMatchObject({ deposits: 2, founded: 2, missing: 0 });
  });
});

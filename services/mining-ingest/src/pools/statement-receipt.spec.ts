import type { StatementPartKept, StatementReceived, StatutoryEntryRecorded } from '@qazyna/contracts';
import { specification } from '@qazyna/testing';
import { statementDecider, statutoryDecider, type StatementEvent } from './statement-receipt.js';

const sha256 = 'ab'.repeat(32);
const part = (number: number): StatementPartKept => ({ sha256, part: number, rawBase64: 'e30=' });
const keep = (number: number) => ({ kind: 'keep-part', part: part(number) }) as const;
const kept = (number: number): StatementEvent => ({ type: 'mining.statement-part-kept', data: part(number) });
/** As events were before formats, parts and counts. */
const old: StatementReceived = { sha256, pool: 'btcpool-kz', account: 'reserve-01', rawBase64: 'e30=', rows: 0, unreadable: [] };
const long: StatementReceived = { ...old, parts: 3 };
const receive = (statement: StatementReceived) => ({ kind: 'receive', statement }) as const;
const received = (statement: StatementReceived): StatementEvent => ({ type: 'mining.statement-received', data: statement });

describe('the receipt of a statement', () => {
  const { given } = specification(statementDecider);

  it('is one event for a short one, and nothing when it comes again', () => {
    given().when(receive(old)).then(received(old));
    given(received(old)).when(receive({ ...old, format: 'btcpool-kz' })).thenNothing();
  });

  it('takes the parts of a long one in order, each once, and itself last', () => {
    given().when(keep(0)).then(kept(0));
    given(kept(0)).when(keep(0)).thenNothing();
    given(kept(0)).when(keep(1)).then(kept(1));
    given(kept(0), kept(1)).when(receive(long)).then(received(long));
    given(kept(0), kept(1), received(long)).when(keep(1)).thenNothing();
  });

  it('refuses a part before the one it follows, and a statement whose parts are not all there', () => {
    given(kept(0)).when(keep(2)).thenRefused('statement-part-missing', 'part');
    given(kept(0)).when(receive(long)).thenRefused('statement-part-missing', 'parts');
  });
});

describe('an entry of the statutory feed', () => {
  const { given } = specification(statutoryDecider);
  const entry = { sequence: '7', taxpayer: 'bin:060140000122', miner: `name:${'0'.repeat(32)}`, licenceNumber: 'KZ-1', licenceDate: '2025-06-01', wallet: 'bc1q', distributedAt: '2026-03-01T00:00:00.000Z', amount: '5' };
  const command: StatutoryEntryRecorded = { entryId: 'p.a~7', pool: 'p', account: 'a', entry, statementSha256: sha256 };
  const recorded = { type: 'mining.statutory-entry-recorded', data: command } as const;

  it('is recorded once, whichever statement brings it', () => {
    given().when(command).then(recorded);
    given(recorded).when({ ...command, statementSha256: 'cd'.repeat(32) }).thenNothing();
  });

  it.each(['taxpayer', 'miner', 'licenceNumber', 'licenceDate', 'wallet', 'distributedAt', 'amount'] as const)('is a conflict when %s differs', (field) =>
    given(recorded).when({ ...command, entry: { ...entry, [field]: 'other' } }).thenRefused('statutory-conflict', field));
});

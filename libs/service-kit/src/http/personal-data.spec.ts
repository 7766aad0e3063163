import { PayoutDecision, SEIZURE_FACT_TYPE, SeizureFact } from '@qazyna/contracts';
import { receiveEvents } from './event-door.js';
import { ProblemError } from './problem.js';
import { strictValidationPipe } from './validation-pipe.js';

const NAME = 'Иванов И.И.';

describe('personal data at the doors', () => {
  const decide = (reason: string): Promise<unknown> => strictValidationPipe().transform({ decision: 'reject', reason }, { type: 'body', metatype: PayoutDecision });

  it('is refused in an officer\'s reason, with the field and without the text', async () => {
    const error = await decide(`со слов: ${NAME}`).catch((thrown: unknown) => thrown);
    if (!(error instanceof ProblemError)) throw new Error('it must be refused');
    expect([error.status, error.code, error.errors]).toEqual([400, 'validation-failed', [expect.objectContaining({ field: 'reason', code: 'personalData' })]]);
    expect(JSON.stringify([error.message, error.errors])).not.toContain('Иванов');
  });

  it('leaves an officer\'s ordinary sentence alone', async () => {
    await expect(decide('the pool confirmed that this row was a duplicate')).resolves.toBeInstanceOf(PayoutDecision);
  });

  it('is refused in an agency\'s message, in its place of a batch', () => {
    const fact = (authority: string): object => ({ agency: 'afm', caseNumber: '1', act: 'arrest', document: { reference: '1', authority, sha256: 'c0'.repeat(32) }, actAt: '2026-03-01T00:00:00Z', effectiveAt: '2026-03-01T00:00:00Z' });
    const batch = ['investigative-court', `судья ${NAME}`].map((authority, index) => ({ specversion: '1.0', id: String(index), source: 'urn:x', type: SEIZURE_FACT_TYPE, data: fact(authority) }));
    const { items } = receiveEvents({ 'content-type': 'application/cloudevents-batch+json' }, Buffer.from(JSON.stringify(batch)), { messageType: SEIZURE_FACT_TYPE, schema: SeizureFact });
    expect(items.map((item) => (item.ok ? 'ok' : [item.refused.code, item.refused.field, item.refused.errors?.[0]?.code]))).toEqual(['ok', ['validation-failed', 'document.authority', 'personalData']]);
  });
});

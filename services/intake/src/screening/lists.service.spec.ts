import { SqliteEventStore } from '@qazyna/event-store';
import { ListsService } from './lists.service.js';

const METADATA = { actor: { subject: 'spec', organisation: 'spec' }, correlationId: 'spec' };
const [A, B] = ['bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4\n', 'bc1qllf33yhp7m80sfm35fce0tagcckey7dljauwd5\n'];

describe('versions of a list', () => {
  it('that come again after another one are in force again, and recorded each time', async () => {
    const store = SqliteEventStore.open({ file: ':memory:' });
    const lists = new ListsService(store);
    for (const text of [A, B, A, B, B]) await lists.update({ list: 'own', format: 'text', bytes: Buffer.from(text), mayShrink: true, dryRun: false }, METADATA);
    const recorded: unknown[] = [];
    for await (const page of store.readStream('screening-list-own')) recorded.push(...page.filter(({ type }) => type === 'intake.screening-list-updated').map(({ data }) => data['contentSha256']));
    expect(recorded).toHaveLength(4);
    expect([recorded[0] === recorded[2], recorded[1] === recorded[3], recorded[3]]).toEqual([true, true, lists.find('own')?.contentSha256]);
    await store.close();
  });
});

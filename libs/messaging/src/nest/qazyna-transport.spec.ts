import { messagingStrategyContract } from '../contract.js';
import { EmbeddedBus } from '../embedded/embedded-bus.js';
import { QazynaTransport } from './qazyna-transport.js';
import { noticeValidator } from '../contract/notices-service.js';

messagingStrategyContract('embedded', () =>
  Promise.resolve({
    open: () => Promise.resolve(EmbeddedBus.open({ file: ':memory:', pauses: { firstMs: 1, maxMs: 10 } })),
    dispose: () => Promise.resolve(),
  }),
);

describe('QazynaTransport', () => {
  const bus = EmbeddedBus.open({ file: ':memory:' });
  afterAll(() => bus.close());
  const handler = (): Promise<never> => Promise.reject(new Error('not called'));

  it('refuses handlers that cannot be served', () => {
    const transport = new QazynaTransport({ bus, validator: noticeValidator });
    transport.addHandler('topic', handler, true, { group: 'custody' });
    expect(() => transport.addHandler('topic', handler, true, { group: 'custody' })).toThrow(/two handlers read topic as group custody/);
    expect(() => transport.addHandler('topic', handler, true, {})).toThrow(/must name its group/);
    expect(() => transport.addHandler('topic', handler, false, { group: 'custody' })).toThrow(/no replies/);
  });

  it('fails the start when a topic does not exist', async () => {
    const transport = new QazynaTransport({ bus, validator: noticeValidator });
    transport.addHandler('nowhere', handler, true, { group: 'custody' });
    const error = await new Promise((resolve) => transport.listen(resolve));
    expect(error).toMatchObject({ code: 'unknown-topic' });
  });
});

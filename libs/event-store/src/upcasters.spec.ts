import type { Position, RecordedEvent } from './port.js';
import { UnknownEventVersion, Upcasters } from './upcasters.js';

function recorded(schemaVersion: number, data: RecordedEvent['data']): RecordedEvent {
  return {
    id: 'e', type: 'moved', stream: 's', revision: 0n, position: '1' as Position, recordedAt: new Date(0), data,
    metadata: { schemaVersion, actor: { subject: 's', organisation: 'o' }, correlationId: 'c' },
  };
}

const upcasters = new Upcasters()
  .register('moved', 1, ({ km }) => ({ metres: Number(km) * 1000 }))
  .register('moved', 2, ({ metres }) => ({ metres: metres ?? 0, by: 'foot' }));

describe('upcasters', () => {
  it.each([
    [1, { km: 2 }],
    [2, { metres: 2000 }],
    [3, { metres: 2000, by: 'foot' }],
  ])('lift version %i to the current one', (version, data) => {
    const stored = recorded(version, data);
    expect(upcasters.apply(stored)).toEqual(recorded(3, { metres: 2000, by: 'foot' }));
    expect(stored.data).toEqual(data);
  });

  it.each([4, 0, -1, 1.5, '2', undefined])('refuse version %p', (version) => {
    expect(() => upcasters.apply(recorded(version as number, {}))).toThrow(UnknownEventVersion);
  });

  it('know the version to write', () => {
    expect([upcasters.currentVersion('moved'), upcasters.currentVersion('other')]).toEqual([3, 1]);
    expect(() => upcasters.apply({ ...recorded(2, {}), type: 'other' })).toThrow(UnknownEventVersion);
  });

  it('are registered without gaps and once', () => {
    expect(() => upcasters.register('moved', 2, (data) => data)).toThrow(RangeError);
    expect(() => upcasters.register('other', 2, (data) => data)).toThrow(RangeError);
  });
});

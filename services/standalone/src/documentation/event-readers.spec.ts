import { EVENT_CATALOGUE } from '@qazyna/contracts';
import { eventReaders } from './event-readers.js';

describe('who reads an event', () => {
  const readers = eventReaders();

  it('is found in the code, by the part of the service that names it', () => {
    expect(readers.get('intake.asset-became-state-property')).toEqual(['custody/cases', 'intake/seizures']);
    expect(readers.get('custody.journal-entry-posted')).toContain('reporting/projections');
  });

  it('is somebody, for every event of the catalogue', () => expect(EVENT_CATALOGUE.filter(({ type }) => (readers.get(type) ?? []).length === 0)).toEqual([]));
});

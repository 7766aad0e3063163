import type { LicenceAct, LicenceIssued, LicenceQuotaNoted } from '@qazyna/contracts';
import { specification } from '@qazyna/testing';
import fc from 'fast-check';
import { licenceDecider, type LicenceEvent } from './licence.js';
import { expiryDue, licenceAt, turningPoints, type Licence } from './licence-timeline.js';

const document = { reference: 'ME-2026/14', authority: 'ministry-of-energy', sha256: 'ab'.repeat(32) };
const licence: LicenceIssued = { licenceId: 'L-1', kind: 'mining', holder: 'ekibastuz', validFrom: '2026-01-01T00:00:00Z', validUntil: '2027-01-01T00:00:00Z' };
const issued: LicenceEvent = { type: 'mining.licence-issued', data: licence };

function act(kind: LicenceAct['act'], actId: string, effectiveAt: string, more: Partial<LicenceAct> = {}): LicenceAct {
  return { licenceId: 'L-1', actId, act: kind, effectiveAt, document, ...more };
}
const TYPES = { amend: 'mining.licence-amended', suspend: 'mining.licence-suspended', resume: 'mining.licence-resumed', revoke: 'mining.licence-revoked', annul: 'mining.licence-act-annulled' } as const;
const taken = (taking: LicenceAct): LicenceEvent => ({ type: TYPES[taking.act], data: taking });
const { given } = specification(licenceDecider);

/** What is known once these commands were carried out, in this order. */
function after(...commands: readonly (LicenceAct | 'issue')[]): Licence {
  return commands.reduce<Licence>((state, command) => {
    const decision = licenceDecider.decide(command === 'issue' ? { kind: 'issue', application: licence } : { kind: 'act', act: command }, state);
    if (decision.kind === 'refused') throw new Error(decision.refusal.message);
    return decision.events.reduce((folded, event) => licenceDecider.evolve(folded, event), state);
  }, licenceDecider.initialState());
}
const statusAt = (state: Licence, moment: string): string => licenceAt(state, moment).status;

describe('a licence', () => {
  it('is issued once, with its farms, equipment and energy source', () => {
    const application = { ...licence, farms: ['F-1'], equipmentClass: 'asic-sha256', energySource: 'hydro' };
    given().when({ kind: 'issue', application }).then({ type: 'mining.licence-issued', data: application });
    given(issued).when({ kind: 'issue', application: licence }).thenNothing();
    given(issued).when({ kind: 'issue', application }).thenRefused('licence-conflict', 'licenceId');
  });

  it('is never held by a natural person\'s identity number, and may be by a company\'s', () => {
    given().when({ kind: 'issue', application: { ...licence, holder: '880101300123' } }).thenRefused('licence-holder-person', 'holder');
    given(issued).when({ kind: 'act', act: act('amend', 'A', '2026-03-01T00:00:00Z', { terms: { holder: '880101300123' } }) }).thenRefused('licence-holder-person', 'terms.holder');
    expect(statusAt(after('issue', act('amend', 'A', '2026-03-01T00:00:00Z', { terms: { holder: '060140000123' } })), '2026-03-02T00:00:00Z')).toBe('valid');
  });

  it('is suspended from the moment the act says, also when the act comes weeks later', () => {
    const state = after('issue', act('suspend', 'S-1', '2026-03-01T00:00:00Z'));
    expect(statusAt(state, '2026-02-28T23:59:59Z')).toBe('valid');
    expect(licenceAt(state, '2026-03-01T00:00:00Z')).toMatchObject({ status: 'suspended', actId: 'S-1' });
  });

  it('is resumed by an act that arrived before the suspension', () => {
    const state = after('issue', act('resume', 'R-1', '2026-04-01T00:00:00Z'), act('suspend', 'S-1', '2026-03-01T00:00:00Z'));
    expect(statusAt(state, '2026-03-15T00:00:00Z')).toBe('suspended');
    expect(statusAt(state, '2026-04-01T00:00:00Z')).toBe('valid');
  });

  it('goes on by itself when a suspension had a term', () => {
    const state = after('issue', act('suspend', 'S-1', '2026-03-01T00:00:00Z', { until: '2026-03-10T00:00:00Z' }));
    expect(statusAt(state, '2026-03-09T23:59:59.999Z')).toBe('suspended');
    expect(statusAt(state, '2026-03-10T00:00:00Z')).toBe('valid');
  });

  it('stays suspended while any suspension lasts, however short another is that lies over it', () => {
    const [long, short] = [act('suspend', 'S-1', '2026-03-01T00:00:00Z', { until: '2026-04-30T00:00:00Z' }), act('suspend', 'S-2', '2026-03-10T00:00:00Z', { until: '2026-03-20T00:00:00Z' })];
    for (const state of [after('issue', long, short), after('issue', short, long)]) {
      expect(licenceAt(state, '2026-03-25T00:00:00Z')).toMatchObject({ status: 'suspended', since: long.effectiveAt, actId: 'S-1' });
      expect(statusAt(state, '2026-04-30T00:00:00Z')).toBe('valid');
    }
    const withoutTerm = act('suspend', 'S-0', '2026-02-01T00:00:00Z');
    expect(licenceAt(after('issue', short, withoutTerm), '2026-06-01T00:00:00Z')).toMatchObject({ status: 'suspended', actId: 'S-0' });
  });

  it('is suspended since the first of suspensions that follow one another without a gap', () => {
    const state = after('issue', act('suspend', 'S-1', '2026-03-01T00:00:00Z', { until: '2026-03-10T00:00:00Z' }), act('suspend', 'S-2', '2026-03-10T00:00:00Z', { until: '2026-03-20T00:00:00Z' }), act('suspend', 'S-3', '2026-03-25T00:00:00Z'));
    expect(licenceAt(state, '2026-03-15T00:00:00Z')).toMatchObject({ status: 'suspended', since: '2026-03-01T00:00:00Z' });
    expect(statusAt(state, '2026-03-22T00:00:00Z')).toBe('valid');
    expect(licenceAt(state, '2026-03-26T00:00:00Z')).toMatchObject({ status: 'suspended', since: '2026-03-25T00:00:00Z', actId: 'S-3' });
  });

  it('is resumed from every suspension that had begun, and from none that begins later', () => {
    const state = after('issue', act('suspend', 'S-3', '2026-04-10T00:00:00Z', { until: '2026-04-20T00:00:00Z' }), act('resume', 'R-1', '2026-04-01T00:00:00Z'), act('suspend', 'S-2', '2026-03-10T00:00:00Z', { until: '2026-05-30T00:00:00Z' }), act('suspend', 'S-1', '2026-03-01T00:00:00Z'));
    expect(['2026-03-31T00:00:00Z', '2026-04-01T00:00:00Z', '2026-04-15T00:00:00Z', '2026-04-20T00:00:00Z'].map((moment) => statusAt(state, moment))).toEqual(['suspended', 'valid', 'suspended', 'valid']);
  });

  it('goes back to the longer suspension when the resumption is annulled', () => {
    const state = after('issue', act('annul', 'C-1', '2026-09-01T00:00:00Z', { annuls: 'R-1' }), act('suspend', 'S-1', '2026-03-01T00:00:00Z', { until: '2026-04-30T00:00:00Z' }), act('suspend', 'S-2', '2026-03-10T00:00:00Z', { until: '2026-03-20T00:00:00Z' }), act('resume', 'R-1', '2026-03-15T00:00:00Z'));
    expect(statusAt(state, '2026-03-25T00:00:00Z')).toBe('suspended');
  });

  it('stays revoked, whatever is resumed or extended after', () => {
    const state = after('issue', act('revoke', 'V-1', '2026-05-01T00:00:00Z'), act('resume', 'R-1', '2026-06-01T00:00:00Z'), act('amend', 'A-1', '2026-06-01T00:00:00Z', { terms: { validUntil: '2030-01-01T00:00:00Z' } }));
    expect(statusAt(state, '2026-07-01T00:00:00Z')).toBe('revoked');
  });

  it('was never revoked when a court annuls the revocation', () => {
    const state = after('issue', act('revoke', 'V-1', '2026-05-01T00:00:00Z'), act('annul', 'C-1', '2026-09-01T00:00:00Z', { annuls: 'V-1' }));
    expect(statusAt(state, '2026-06-01T00:00:00Z')).toBe('valid');
  });

  it('has its new terms from the moment of the amendment and no earlier', () => {
    const state = after('issue', act('amend', 'A-1', '2026-06-01T00:00:00Z', { terms: { holder: 'new-holder', energySource: 'gas' } }));
    expect(licenceAt(state, '2026-05-31T00:00:00Z').terms?.holder).toBe('ekibastuz');
    expect(licenceAt(state, '2026-06-01T00:00:00Z').terms).toMatchObject({ holder: 'new-holder', energySource: 'gas', validUntil: licence.validUntil });
  });

  it('is unknown until it is issued, and acts that came before then count', () => {
    const suspension = act('suspend', 'S-1', '2026-03-01T00:00:00Z');
    expect(statusAt(after(suspension), '2026-03-02T00:00:00Z')).toBe('unknown');
    expect(statusAt(after(suspension, 'issue'), '2026-03-02T00:00:00Z')).toBe('suspended');
  });

  it('takes the stricter of two acts of one moment last', () => {
    const state = after('issue', act('suspend', 'A', '2026-03-01T00:00:00Z'), act('resume', 'B', '2026-03-01T00:00:00Z'));
    expect(statusAt(state, '2026-03-01T00:00:00Z')).toBe('suspended');
  });
});

describe('an act over a licence', () => {
  const suspension = act('suspend', 'S-1', '2026-03-01T00:00:00Z');

  it('counts once, and is a conflict with other content', () => {
    given(issued, taken(suspension)).when({ kind: 'act', act: { ...suspension } }).thenNothing();
    given(issued, taken(suspension)).when({ kind: 'act', act: { ...suspension, effectiveAt: '2026-03-02T00:00:00Z' } }).thenRefused('licence-act-conflict', 'actId');
  });

  it.each<[string, LicenceAct, string]>([
    ['an amendment of nothing', act('amend', 'A', '2026-03-01T00:00:00Z', { terms: {} }), 'terms'],
    ['an amendment without terms', act('amend', 'A', '2026-03-01T00:00:00Z'), 'terms'],
    ['a revocation with terms', act('revoke', 'A', '2026-03-01T00:00:00Z', { terms: { holder: 'x' } }), 'terms'],
    ['an annulment of nothing', act('annul', 'A', '2026-03-01T00:00:00Z'), 'annuls'],
    ['an annulment of itself', act('annul', 'A', '2026-03-01T00:00:00Z', { annuls: 'A' }), 'annuls'],
    ['a suspension that ends before it begins', act('suspend', 'A', '2026-03-01T00:00:00Z', { until: '2026-02-01T00:00:00Z' }), 'until'],
    ['an end before the amendment that sets it', act('amend', 'A', '2026-03-01T00:00:00Z', { terms: { validUntil: '2026-02-01T00:00:00Z' } }), 'terms.validUntil'],
  ])('is refused as %s', (_name, wrong, field) => given(issued).when({ kind: 'act', act: wrong }).thenRefused('licence-act-incomplete', field));
});

describe('a stream that breaks INV-43', () => {
  it('is not folded: one act id with two contents', () => {
    const once = licenceDecider.evolve(licenceDecider.initialState(), taken(act('suspend', 'S-1', '2026-03-01T00:00:00Z')));
    expect(() => licenceDecider.evolve(once, taken(act('suspend', 'S-1', '2026-04-01T00:00:00Z')))).toThrow('INV-43');
  });
});

describe('the end of validity', () => {
  const expired: LicenceEvent = { type: 'mining.licence-expired', data: { licenceId: 'L-1', expiredAt: '2027-01-01T00:00:00Z' } };
  const expire = (now: string) => ({ kind: 'expire', now }) as const;

  it('is announced once the clock has passed it, once', () => {
    given(issued).when(expire('2026-12-31T23:59:59.999Z')).thenNothing();
    given(issued).when(expire('2027-01-01T00:00:00Z')).then(expired);
    given(issued, expired).when(expire('2028-01-01T00:00:00Z')).thenNothing();
  });

  it('is announced late after a standstill, and not taken back by a clock that jumps back', () => {
    given(issued).when(expire('2031-06-01T00:00:00Z')).then(expired);
    given(issued, expired).when(expire('2026-06-01T00:00:00Z')).thenNothing();
  });

  it('is not announced for a licence that was revoked before', () =>
    given(issued, taken(act('revoke', 'V', '2026-05-01T00:00:00Z'))).when(expire('2028-01-01T00:00:00Z')).thenNothing());

  it('is taken back by an extension that arrives after it was announced, and comes again when the extension is annulled', () => {
    const extension = act('amend', 'A-1', '2026-12-01T00:00:00Z', { terms: { validUntil: '2028-01-01T00:00:00Z' } });
    const withdrawn: LicenceEvent = { type: 'mining.licence-expiry-withdrawn', data: { licenceId: 'L-1', expiredAt: '2027-01-01T00:00:00Z', actId: 'A-1' } };
    given(issued, expired).when({ kind: 'act', act: extension }).then(taken(extension), withdrawn);
    const annulment = act('annul', 'C-1', '2027-02-01T00:00:00Z', { annuls: 'A-1' });
    given(issued, expired, taken(extension), withdrawn, taken(annulment)).when(expire('2027-02-02T00:00:00Z')).then(expired);
  });

  it('stays announced when a renewal leaves a time between', () => {
    const renewal = act('amend', 'A-1', '2027-02-01T00:00:00Z', { terms: { validUntil: '2028-01-01T00:00:00Z' } });
    given(issued, expired).when({ kind: 'act', act: renewal }).then(taken(renewal));
    const state = after('issue', renewal);
    expect(['2027-01-15T00:00:00Z', '2027-02-01T00:00:00Z', '2028-01-01T00:00:00Z'].map((moment) => statusAt(state, moment))).toEqual(['expired', 'valid', 'expired']);
  });
});

describe('energy over quota', () => {
  const note = (overPercent: number, basis: number): LicenceQuotaNoted => ({
    licenceId: 'L-1', farmId: 'F-1', month: '2026-03', from: '2026-03-01T00:00:00.000Z', to: '2026-04-01T00:00:00.000Z', energyWh: '110', allowanceWh: '100', overPercent, basis: basis.toString(),
  });
  const over: LicenceEvent = { type: 'mining.licence-over-quota', data: note(10, 5) };

  it('counts against the licence, and no longer once corrected', () => {
    given(issued).when({ kind: 'note-quota', note: note(10, 5) }).then(over);
    given(issued, over).when({ kind: 'note-quota', note: note(0, 6) }).then({ type: 'mining.licence-within-quota', data: note(0, 6) });
  });
  it('is not noted from less knowledge than before, nor twice, nor where there is none', () => {
    given(issued, over).when({ kind: 'note-quota', note: note(3, 4) }).thenNothing();
    given(issued, over).when({ kind: 'note-quota', note: note(10, 9) }).thenNothing();
    given(issued).when({ kind: 'note-quota', note: note(0, 5) }).thenNothing();
  });
});

describe('acts in any order of arrival', () => {
  const day = fc.integer({ min: 0, max: 500 }).map((days) => new Date(Date.UTC(2026, 0, 1) + days * 86_400_000).toISOString());
  const anyAct = fc.tuple(fc.constantFrom('amend', 'suspend', 'resume', 'revoke', 'annul'), fc.integer({ min: 0, max: 9 }), day, fc.integer({ min: 1, max: 400 }), fc.integer({ min: 0, max: 9 })).map(([kind, id, effectiveAt, days, other]) => {
    const later = new Date(Date.parse(effectiveAt) + days * 86_400_000).toISOString();
    if (kind === 'amend') return act(kind, `act-${id}`, effectiveAt, { terms: { validUntil: later, holder: `holder-${days}` } });
    if (kind === 'annul') return act(kind, `act-${id}`, effectiveAt, { annuls: `act-${other === id ? 99 : other}` });
    return act(kind, `act-${id}`, effectiveAt, kind === 'suspend' && days % 2 === 0 ? { until: later } : {});
  });
  const history = fc.uniqueArray(anyAct, { maxLength: 9, selector: ({ actId }) => actId });

  it('leave the licence in the same state at every moment, and the same ends to announce', () => {
    fc.assert(
      fc.property(history, fc.infiniteStream(fc.nat()), (acts, keys) => {
        const all: (LicenceAct | 'issue')[] = ['issue', ...acts];
        const shuffled = all.map((item) => ({ item, key: Number(keys.next().value) })).sort((a, b) => a.key - b.key).map(({ item }) => item);
        const [inOrder, otherwise] = [after(...all), after(...shuffled, ...acts)];
        expect(turningPoints(otherwise)).toEqual(turningPoints(inOrder));
        for (const point of turningPoints(inOrder)) {
          for (const moment of [point, new Date(Date.parse(point) - 1).toISOString()]) expect(licenceAt(otherwise, moment)).toEqual(licenceAt(inOrder, moment));
        }
        expect(expiryDue(otherwise)).toEqual(expiryDue(inOrder));
      }),
      { numRuns: 150 },
    );
  });

  it('are told apart by a fold that trusts the order of arrival', () => {
    const [suspension, resumption] = [act('suspend', 'S', '2026-03-01T00:00:00Z'), act('resume', 'R', '2026-04-01T00:00:00Z')];
    const lastToArrive = (...acts: LicenceAct[]): string => (acts.at(-1)?.act === 'suspend' ? 'suspended' : 'valid');
    expect(lastToArrive(suspension, resumption)).not.toBe(lastToArrive(resumption, suspension));
    expect(statusAt(after('issue', suspension, resumption), '2026-05-01T00:00:00Z')).toBe(statusAt(after('issue', resumption, suspension), '2026-05-01T00:00:00Z'));
  });
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { SEIZURE_ACTS } from '@qazyna/contracts';
import { InvalidProfile, JURISDICTIONS_DIR, listJurisdictions, loadJurisdiction, profileSchema } from './load-jurisdiction.js';
import { actRefusal, currencyRefusal, energySourceRefusal, nameIn, sourceRefusal } from './rules/profile.js';
import { checkProfile } from './sound-profile.js';

type Json = Record<string, unknown>;
const kz = (): Json => JSON.parse(readFileSync(join(JURISDICTIONS_DIR, 'kz.json'), 'utf8')) as Json;

function changed(change: (profile: { [key: string]: never }) => void): Json {
  const profile = kz();
  change(profile as { [key: string]: never });
  return profile;
}

function faults(data: unknown): string[] {
  const checked = checkProfile(data);
  return checked.ok ? [] : checked.errors.map(({ field, rule }) => `${field} ${rule}`);
}

describe('the profiles that come with the system', () => {
  it.each(listJurisdictions())('%s is sound', (name) => {
    expect(loadJurisdiction(name).code).toBe(name);
  });

  it.each(listJurisdictions())('%s meets the published JSON Schema', (name) => {
    const ajv = new Ajv2020.default({ strict: false });
    addFormats.default(ajv);
    const validate = ajv.compile(profileSchema());
    expect({ valid: validate(JSON.parse(readFileSync(join(JURISDICTIONS_DIR, `${name}.json`), 'utf8'))), errors: validate.errors }).toEqual({ valid: true, errors: null });
    expect(validate(changed((profile) => { delete profile['names']; }))).toBe(false);
  });

  it('have the schema beside them that the code checks by', () => {
    expect(JSON.parse(readFileSync(join(JURISDICTIONS_DIR, 'profile.schema.json'), 'utf8'))).toEqual(JSON.parse(JSON.stringify(profileSchema())));
  });

  it('the default names every act in Kazakh, Russian and English, and its legal basis', () => {
    const { acts } = loadJurisdiction();
    expect(acts.map(({ act }) => act).sort()).toEqual([...SEIZURE_ACTS].sort());
    for (const { names, legalBasis } of acts) {
      expect(Object.keys(names)).toEqual(['kk', 'ru', 'en']);
      expect(legalBasis).not.toBe('');
    }
  });

  it('the forfeiting one calls acts by its own names, and knows no restriction without a court', () => {
    const { acts } = loadJurisdiction('us');
    expect(acts.find(({ act }) => act === 'return-to-victim')?.names.en).toBe('Remission to victims');
    expect(acts.find(({ act }) => act === 'state-property-decision')?.names.en).toBe('Agency transfer to the reserve');
    expect(acts.some(({ act }) => act === 'restriction')).toBe(false);
  });

  it('cannot be changed by those who are given one', () => {
    const profile = loadJurisdiction('kz') as unknown as { restrictionTerm: { length: number } };
    expect(() => { profile.restrictionTerm.length = 11; }).toThrow(TypeError);
  });
});

describe('a profile that breaks a rule is refused by file, field and rule', () => {
  it.each([
    ['an unknown field', (p: Json) => { p['acs'] = []; }, 'acs whitelistValidation'],
    ['a missing term', (p: Json) => { delete (p['restriction'] as Json)['term']; }, 'restriction.term isDefined'],
    ['a zone that does not exist', (p: Json) => { p['timeZone'] = 'Asia/Atlantis'; }, 'timeZone isTimeZone'],
    ['an offset for a zone', (p: Json) => { p['timeZone'] = '+05:00'; }, 'timeZone isTimeZone'],
    ['a holiday that does not exist', (p: Json) => { (p['calendar'] as Json)['holidays'] = ['2026-02-30']; }, 'calendar.holidays.0 isDate'],
    ['a yearly holiday that does not exist', (p: Json) => { (p['calendar'] as Json)['yearlyHolidays'] = ['06-31']; }, 'calendar.yearlyHolidays.0 isDate'],
    ['a day worked and off', (p: Json) => { (p['calendar'] as Json)['workingDays'] = ['2026-05-27']; }, 'calendar.workingDays.0 notBoth'],
    ['a week without a day', (p: Json) => { (p['calendar'] as Json)['weekend'] = ['Saturday']; }, 'calendar.weekend isTexts'],
    ['an act twice', (p: Json) => { (p['acts'] as Json[])[1] = (p['acts'] as Json[])[0]!; }, 'acts.1.act isUnique'],
    ['an act no message has', (p: Json) => { (p['acts'] as Json[])[0]!['act'] = 'forfeit'; }, 'acts.0.act isIn'],
    ['an act without an English name', (p: Json) => { (p['acts'] as Json[])[0]!['names'] = { kk: 'Тіркеу' }; }, 'acts.0.names isTranslations'],
    ['hours that wait for midnight', (p: Json) => { ((p['restriction'] as Json)['term'] as Json)['unit'] = 'hours'; }, 'restriction.term.begins hoursRun'],
    ['a field no source has', (p: Json) => { (p['sources'] as Json[])[1]!['requiredFields'] = ['colour']; }, 'sources.1.requiredFields.0 isRequirable'],
    ['energy for a seizure', (p: Json) => { (p['sources'] as Json[])[0]!['energySources'] = ['hydro']; }, 'sources.0.energySources miningOnly'],
    ['cases without acts', (p: Json) => { p['acts'] = []; }, 'acts actsOfCases'],
    ['an act whose predecessor is missing', (p: Json) => { p['acts'] = (p['acts'] as Json[]).filter(({ act }) => act !== 'finality'); }, 'acts.6.act follows'],
    ['a fraction of an hour', (p: Json) => { (p['restriction'] as Json)['warningHours'] = [72, 0.5]; }, 'restriction.warningHours isIntegers'],
    ['a currency in lower case', (p: Json) => { p['currencies'] = [{ code: 'kzt', decimals: 2 }]; }, 'currencies.0.code matches'],
  ])('%s', (_what, change, expected) => {
    expect(faults(changed(change as never))).toContain(expected);
  });

  it('names the file, and says what can be had instead of one that is not there', () => {
    expect(() => loadJurisdiction('zz')).toThrow(/zz\.json: the file \[readable\]: it cannot be read \(ENOENT\); profiles here are .*kz/);
    expect(() => loadJurisdiction('../kz')).toThrow(InvalidProfile);
  });

  it('reads a file by its path, and says what is not JSON', () => {
    const folder = mkdtempSync(join(tmpdir(), 'profile-'));
    try {
      writeFileSync(join(folder, 'own.json'), JSON.stringify(changed((p) => { Object.assign(p, { code: 'elsewhere' }); })));
      expect(loadJurisdiction(join(folder, 'own.json')).code).toBe('elsewhere');
      expect(() => loadJurisdiction('own', folder)).toThrow('code [isFileName]: code must be own, as the file is called, not elsewhere');
      writeFileSync(join(folder, 'own.json'), '{');
      expect(() => loadJurisdiction(join(folder, 'own.json'))).toThrow(/own\.json: the file \[json\]/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('what a profile does not list is refused with the rule', () => {
  const profile = loadJurisdiction('kz');

  it('an act', () => {
    expect(actRefusal(profile, 'arrest')).toBeUndefined();
    const without = { ...profile, acts: profile.acts.filter(({ act }) => act !== 'arrest') };
    expect(actRefusal(without, 'arrest')).toMatchObject({ code: 'act-not-in-jurisdiction', field: 'act' });
  });

  it('a source, and a field that the state demands of one', () => {
    expect(sourceRefusal(profile, 'seizure', {})).toBeUndefined();
    expect(sourceRefusal(profile, 'purchase', {})).toMatchObject({ code: 'source-not-in-jurisdiction', message: expect.stringContaining('its sources are seizure, mining') as string });
    const mandated = { ...profile, sources: [{ ...profile.sources[0]!, source: 'purchase' as const, requiredFields: ['mandate' as const] }] };
    expect(sourceRefusal(mandated, 'purchase', { venue: 'x' })).toMatchObject({ code: 'field-required-by-jurisdiction', field: 'mandate' });
    expect(sourceRefusal(mandated, 'purchase', { mandate: 'x' })).toBeUndefined();
  });

  it('a currency, and a source of energy', () => {
    expect(currencyRefusal(profile, 'KZT')).toBeUndefined();
    expect(currencyRefusal(profile, 'XXX')?.code).toBe('currency-not-in-jurisdiction');
    expect(energySourceRefusal(profile, undefined)).toBeUndefined();
    const hydro = { ...profile, sources: profile.sources.map((each) => (each.source === 'mining' ? { ...each, requiredFields: ['energySource' as const], energySources: ['hydro'] } : each)) };
    expect(energySourceRefusal(hydro, undefined)?.code).toBe('field-required-by-jurisdiction');
    expect(energySourceRefusal(hydro, 'coal')?.code).toBe('energy-source-not-in-jurisdiction');
    expect(energySourceRefusal(hydro, 'hydro')).toBeUndefined();
  });

  it('a name in the first language that is there', () => {
    expect(nameIn(profile.names, 'fr', 'ru')).toBe('Республика Казахстан');
    expect(nameIn(profile.names, 'fr')).toBe('Republic of Kazakhstan');
  });
});

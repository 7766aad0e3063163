import fc from 'fast-check';
import { Field } from './fields.js';
import { personalDataFaults } from './free-text.js';
import { isIndividualNumber, personalDataIn, type PersonalDataKind } from './personal-data.js';
import { SEIZURE_FACT_TYPE, SeizureFact } from './upstream/seizure-fact.js';
import { catalogueValidator, parseMessage } from './validator.js';

/** Invented numbers with a true check digit. */
const IIN = withCheck('88010130012');
const IIN_SECOND_ROUND = secondRound();
const BIN = withCheck('98034000012');

function check(first: string): number {
  const sum = (weights: readonly number[]): number => weights.reduce((total, weight, index) => total + weight * Number(first[index]), 0) % 11;
  const round = sum([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  return round === 10 ? sum([3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2]) : round;
}

function withCheck(first: string): string {
  if (check(first) > 9) throw new Error('choose another number');
  return `${first}${check(first)}`;
}

/** A number whose first round gives 10, so that the second set of weights decides. */
function secondRound(): string {
  for (let n = 0; n < 10_000; n++) {
    const first = `8801013${String(n).padStart(4, '0')}`;
    const round = [...first].reduce((total, digit, index) => total + (index + 1) * Number(digit), 0) % 11;
    if (round === 10 && check(first) < 10) return withCheck(first);
  }
  throw new Error('there is one');
}

const REFUSED: readonly (readonly [PersonalDataKind, string])[] = [
  ['identity-number', `владелец ${IIN}`],
  ['identity-number', `ИИН:${IIN}.`],
  ['identity-number', IIN_SECOND_ROUND],
  ['identity-number', `${IIN.slice(0, 6)} ${IIN.slice(6, 9)} ${IIN.slice(9)}`],
  ['identity-number', `${IIN.slice(0, 6)}-${IIN.slice(6)}`],
  ['identity-number', `2026 ${IIN}`],
  ['identity-number', [...IIN].map((digit) => String.fromCodePoint(0xff10 + Number(digit))).join('')],
  ['identity-number', `${IIN.slice(0, 4)}\u200b${IIN.slice(4)}`],
  ['identity-number', 'SSN 078-05-1120'],
  ['identity-document', 'удостоверение личности № 012345678'],
  ['identity-document', 'passport N1234567'],
  ['e-mail', 'писать на a.user@mail.example.kz'],
  ['telephone', 'позвонить +7 (701) 234-56-78'],
  ['telephone', '8 701 234 56 78'],
  ['telephone', 'тел. 87012345678'],
  ['birth-date', 'дата рождения: 01.02.1985'],
  ['birth-date', '1985 г.р.'],
  ['birth-date', 'born on 1985-02-01'],
  ['birth-date', '12.03.1990 года рождения'],
  ['name', 'изъято у Ивана Петровича Сидорова: Иван Петрович'],
  ['name', 'Анна Сергеевна подтвердила'],
  ['name', 'ИВАНОВ ИВАН ИВАНОВИЧ'],
  ['name', 'Серікұлы подтвердил'],
  ['name', 'Айгүл Нұрланқызы'],
  ['name', 'Ахмет Серикулы'],
  ['name', 'Ivan Petrovich called'],
  ['name', 'Akhmet Serikuly'],
  ['name', 'Иванов И.И.'],
  ['name', 'И. И. Иванов'],
  ['name', 'Smith J.D. said so'],
  ['name', 'гражданин Ахметов'],
  ['name', 'у гражданки Ахметовой изъято'],
  ['name', 'подозреваемый Ким'],
  ['name', 'азамат Ахметов'],
  ['name', 'Mr. Smith'],
];

const PASSING: readonly string[] = [
  'СУ-2026/118',
  '247100031/00142',
  'specialised-investigative-court-astana',
  'Специализированный межрайонный следственный суд города Астаны',
  'Департамент экономических расследований по Алматинской области',
  'Алматы қаласының мамандандырылған ауданаралық соты',
  'the pool confirmed that this row was a duplicate',
  'пул подтвердил: строка повторена, письмо от 12.03.2026 № 45-7/118',
  'гражданин Республики Казахстан',
  'гражданин РК, иностранный гражданин',
  'Қазақстан азаматы',
  'обвиняемый по делу 247100031/00142',
  'Следственный судья Алматинского суда',
  `БИН ${BIN}`,
  '123456789012',
  '880101300001',
  '880101300123456',
  '149377 sat, 2100000000000000 sat, 0.00149377 BTC',
  'transfer of 87012345678 sat',
  'block 840000 at 2024-04-20T00:09:27Z',
  'created 1683017935, 1682845283',
  'Antminer S21 Pro',
  'Binance Holdings Ltd, Bitfinex B.V.',
  'U.S. Marshals Service; U.S. Treasury; Банк ЦентрКредит',
  'Аналогична строка предыдущей. Типична ошибка пула',
  'Плачевна точность отчёта',
  'Кентаулы маңындағы ферма',
  'Семей, улица имени Динмухамеда Кунаевича, 7',
  'Абай Құнанбайұлы көшесі',
  'Ministry of Digital Development, letter 7-2/118 of 1 March 2026',
  'IP 192.168.100.200, version 10.20.30',
  '7f37726aca676a11ae30277d1a12bfec761f3523dc64c151abe2ec7d410c36fb',
];

describe('personal data', () => {
  it.each(REFUSED)('%s: %s', (kind, text) => {
    expect(personalDataIn(text)).toBe(kind);
  });

  it.each(PASSING)('is not in: %s', (text) => {
    expect(personalDataIn(text)).toBeUndefined();
  });

  it('knows a number by its check digit: of each hundred neighbours it takes about nine', () => {
    const taken = Array.from({ length: 1_000 }, (_, n) => `8801013${String(n).padStart(5, '0')}`).filter(isIndividualNumber);
    expect(taken.length).toBeGreaterThan(60);
    expect(taken.length).toBeLessThan(110);
    expect(isIndividualNumber(BIN)).toBe(false);
  });

  it('is found wherever it stands between other words', () => {
    const word = fc.string({ unit: fc.constantFrom('а', 'б', 'в', 'x', 'y', ',', '(') });
    fc.assert(fc.property(fc.constantFrom(...REFUSED.map(([, text]) => text)), word, word, (text, before, after) => personalDataIn(`${before} ${text} ${after}`) !== undefined), { numRuns: 500 });
  });

  it('is looked for without a fault and within a moment, whatever comes', () => {
    const nasty = fc.string({ unit: fc.constantFrom('1', '0', ' ', '-', '.', '@', 'А', 'а', 'ович', 'г.р.', '+', '(', 'N', 'паспорт '), minLength: 0, maxLength: 500 });
    fc.assert(
      fc.property(fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 500 })), (text) => {
        const started = performance.now();
        personalDataIn(text);
        return performance.now() - started < 1_000;
      }),
      { numRuns: 2_000 },
    );
    for (const text of ['1 '.repeat(5_000), 'А'.repeat(10_000), '+1 '.repeat(5_000), 'a@'.repeat(5_000), 'И. '.repeat(5_000), '01.'.repeat(5_000)]) {
      const started = performance.now();
      personalDataIn(text);
      expect(performance.now() - started).toBeLessThan(1_000);
    }
  });
});

class Inner {
  @Field.freeText({ max: 100, why: 'a sentence', description: 'A note' })
  note!: string;

  @Field.text({ max: 100, description: 'Not free: an id' })
  id!: string;
}

class Outer {
  @Field.list(() => Inner, { max: 10, description: 'Items' })
  items!: Inner[];
}

describe('the doors', () => {
  const NAME = 'Иванов И.И.';

  it('name the field that holds it, however deep, and never repeat it', () => {
    const faults = personalDataFaults(Outer, { items: [{ note: 'fine', id: NAME }, { note: NAME, id: 'x' }] });
    expect(faults).toMatchObject([{ field: 'items.1.note', rule: 'personalData', kind: 'name' }]);
    expect(faults[0]?.message).not.toContain('Иванов');
  });

  it('refuse it in a message of an agency, with a code of its own; an event that was recorded is read all the same', () => {
    const document = { reference: 'СУ-2026/118', authority: `судья ${NAME}`, sha256: 'c0'.repeat(32) };
    const fact = { agency: 'afm', caseNumber: '1', act: 'arrest', document, actAt: '2026-03-01T00:00:00Z', effectiveAt: '2026-03-01T00:00:00Z' };
    expect(catalogueValidator.validate(SEIZURE_FACT_TYPE, fact)).toMatchObject({ ok: false, code: 'personal-data', field: 'document.authority' });
    expect(parseMessage(SeizureFact, fact).ok).toBe(true);
  });
});

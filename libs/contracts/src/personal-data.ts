/**
 * Finds what must never enter a stream: identity numbers, names of persons, dates of birth, e-mail addresses, telephone
 * numbers. It looks for forms that hardly mean anything else, so that an officer's sentence is not refused for a word;
 * what it lets pass is not thereby allowed. docs/publishers.md lists every form.
 */

export const PERSONAL_DATA_KINDS = ['identity-number', 'name', 'birth-date', 'identity-document', 'e-mail', 'telephone'] as const;
export type PersonalDataKind = (typeof PERSONAL_DATA_KINDS)[number];

/** The first kind found; undefined where there is none. It never says what it found: an error must not repeat it. */
export function personalDataIn(text: string): PersonalDataKind | undefined {
  // Full-width digits become digits, and invisible characters that would hide a word's middle go.
  const plain = text.normalize('NFKC').replaceAll(/\p{Cf}/gu, '').replaceAll(/\p{Pd}/gu, '-');
  return FINDERS.find(([, finds]) => finds(plain))?.[0];
}

const FINDERS: readonly (readonly [PersonalDataKind, (text: string) => boolean])[] = [
  ['e-mail', (text) => /[^\s@<>()]{1,64}@[\p{L}\p{N}-]{1,63}\.\p{L}/u.test(text)],
  ['identity-number', hasIdentityNumber],
  ['identity-document', (text) => IDENTITY_DOCUMENT.test(text)],
  ['telephone', hasTelephone],
  ['birth-date', hasBirthDate],
  ['name', hasName],
];

const IDENTITY_DOCUMENT = /(?:паспорт\p{L}*|passport|удостоверени\p{L}+ личности|жеке куәлі\p{L}+)\s{0,3}(?:№|n|no\.?|number|нөмірі)?\s{0,3}\p{L}{0,2}\s?\d{6,9}(?!\d)/iu;

/** Reference data: identity numbers of natural persons that can be told from any other number. */
function hasIdentityNumber(text: string): boolean {
  for (const [run] of text.matchAll(/\d+(?:[ .\u00a0-]\d+)*/g)) {
    if (/(?<!\d)(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?!\d)/.test(run)) return true;
    const groups = run.split(/[ .\u00a0-]/);
    // "880101 300 123" is one number; in "2026 880101300123" the second group is.
    for (let start = 0; start < groups.length; start++) {
      let digits = '';
      for (let end = start; end < groups.length && digits.length < 12; end++) digits += groups[end] ?? '';
      if (isIndividualNumber(digits)) return true;
    }
  }
  return false;
}

const FIRST_WEIGHTS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
const SECOND_WEIGHTS = [3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2];

/** Kazakhstan's IIN: date of birth, century and sex, four digits, a check digit. A company's BIN has no day of birth. */
export function isIndividualNumber(text: string): boolean {
  const parts = /^\d\d(\d\d)(\d\d)[0-6]\d{4}(\d)$/.exec(text);
  if (parts === null) return false;
  const [, month, day, check] = parts.map(Number);
  if (month === undefined || day === undefined || month < 1 || month > 12 || day < 1 || day > 31) return false;
  const sum = (weights: readonly number[]): number => weights.reduce((total, weight, index) => total + weight * Number(text[index]), 0) % 11;
  const first = sum(FIRST_WEIGHTS);
  return (first === 10 ? sum(SECOND_WEIGHTS) : first) === check;
}

function hasTelephone(text: string): boolean {
  for (const [match] of text.matchAll(/(?<![\p{L}\p{N}])\+\d[\d ().-]{7,20}\d/gu)) {
    const digits = match.replaceAll(/\D/g, '').length;
    if (digits >= 10 && digits <= 15) return true;
  }
  // Without a plus only in groups, as nobody writes an amount, or after a word that says so.
  if (/(?<![\d.,])8[ (-]{1,2}7\d{2}[ )-]{1,2}\d{3}[ -]?\d{2}[ -]?\d{2}(?!\d)/.test(text)) return true;
  return /(?<!\p{L})(?:тел|телефон\p{L}*|моб|tel|phone|mobile|ұялы)[.:]{0,2} ?\+?\d[\d ()-]{8,16}\d/iu.test(text);
}

const DATE = String.raw`(?:\d{1,2}[./-]\d{1,2}[./-](?:19|20)?\d{2}|(?:19|20)\d{2}[./-]\d{1,2}[./-]\d{1,2})`;
const BORN_BEFORE = new RegExp(String.raw`(?:дат[аыуе] рождения|родил(?:ся|ась)|туған күні|born(?: on)?|date of birth|birth date|(?<!\p{L})dob)[ :,-]{0,3}${DATE}`, 'iu');
const BORN_AFTER = new RegExp(String.raw`(?:${DATE}|(?<!\d)(?:19|20)\d{2})(?: ?г\. ?р\.?(?!\p{L})| ?г(?:ода|\.)? рождения| ж(?:ылы)?\.? туған)`, 'iu');

function hasBirthDate(text: string): boolean {
  return BORN_BEFORE.test(text) || BORN_AFTER.test(text);
}

/** Endings that only patronymics have. */
const PATRONYMIC_ALONE = /(?:ұлы|қызы|ovich|evich|ovna|evna)$/;
/** Endings that other words share: they count after another capitalised word. */
const PATRONYMIC_BESIDE = /(?:ович|евич|ьич|овна|евна|инична|улы|кызы|гызы|оглы|uly|kyzy|qyzy|ogly|ulu)$/;
const PATRONYMIC_LENGTH_MIN = 6;
/** Institutions are named after people: the person is history, and the name is a place. */
const NAMED_AFTER = new Set(['имени', 'им', 'атындағы', 'улица', 'ул', 'улице', 'проспект', 'пр', 'көшесі', 'даңғылы', 'street', 'avenue', 'named', 'ауданы', 'ауылы']);

function hasName(text: string): boolean {
  const words = [...text.matchAll(/\p{L}[\p{L}'’]*/gu)].map(([word]) => word);
  const isCapitalised = (word: string | undefined): boolean => word !== undefined && word.length > 1 && /^\p{Lu}/u.test(word);
  for (const [index, word] of words.entries()) {
    if (word.length < PATRONYMIC_LENGTH_MIN || !isCapitalised(word)) continue;
    const neighbours = [words[index - 2], words[index - 1], words[index + 1], words[index + 2]];
    if (neighbours.some((each) => each !== undefined && NAMED_AFTER.has(each.toLowerCase()))) continue;
    const lower = word.toLowerCase();
    if (PATRONYMIC_ALONE.test(lower)) return true;
    if (PATRONYMIC_BESIDE.test(lower) && isCapitalised(words[index - 1])) return true;
  }
  return hasInitials(text) || TITLED.test(text);
}

const STATE = 'Республик|Казахстан|Росси|Кыргыз|Узбек|Таджик|Туркмен|Азербайджан|Армени|Грузи|Беларус|Украин|Кита|Турци|Монголи|Соедин|Герман|Франци|Итали|Поль|Латви|Литв|Эстони|Молдов|Изра|Инди|Иран|Коре|Япони|Вьетнам|Велико|Объедин|Европ|Қазақстан|Ресей|Қырғыз|Өзбек';
/** "гражданин Ахметов", "азамат Ахметов", "Mr Smith"; not "гражданин Республики Казахстан". */
const TITLED = new RegExp(
  String.raw`(?<!\p{L})(?:[Гг]ражда(?:нин|нина|нину|нином|нка|нки|нке|нку|нкой)|[Гг]р-(?:н|ка|на|ке|ну|ку)|[Гг]осподин|[Гг]оспожа|[Аа]замат|[Аа]заматша|[Пп]одозреваем\p{Ll}{2,3}|[Оо]бвиняем\p{Ll}{2,3}|[Оо]сужд[её]нн\p{Ll}{2,3}|[Пп]отерпевш\p{Ll}{2,3}|[Кк]үдікті|[Аа]йыпталушы|Mr|Mrs|Ms|Mister|Madam)\.? (?!(?:${STATE})\p{Ll}*)\p{Lu}\p{Ll}{2,}`,
  'u',
);

/** Initials that are no person's: states and forms of companies. */
const NOT_INITIALS = new Set(['US', 'UK', 'UN', 'EU', 'UAE', 'DC', 'NY', 'BV', 'NV', 'SA', 'AG', 'AS', 'SL', 'SE', 'LP', 'LL', 'РК', 'РФ', 'КР', 'ҚР', 'НБ', 'РБ', 'РУ', 'ЕС', 'ОО', 'АО']);

/** "Иванов И.И.", "И. И. Иванов", "Smith J.D.". */
function hasInitials(text: string): boolean {
  for (const pattern of [/\p{Lu}\p{Ll}{2,} (\p{Lu})\. ?(\p{Lu})\.(?!\p{L})/gu, /(?<![\p{L}.])(\p{Lu})\. ?(\p{Lu})\. ?\p{Lu}\p{Ll}{2,}/gu]) {
    for (const [, first = '', second = ''] of text.matchAll(pattern)) if (!NOT_INITIALS.has(first + second)) return true;
  }
  return false;
}

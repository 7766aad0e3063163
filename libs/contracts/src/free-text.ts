import { declaredFields, isPlainObject, type FieldRecord, type MessageClass } from './fields.js';
import { personalDataIn, type PersonalDataKind } from './personal-data.js';

export interface PersonalDataFault {
  readonly field: string;
  readonly rule: 'personalData';
  readonly kind: PersonalDataKind;
  readonly message: string;
}

const WORDS: Readonly<Record<PersonalDataKind, string>> = {
  'identity-number': 'a person\'s identity number',
  name: 'a person\'s name',
  'birth-date': 'a date of birth',
  'identity-document': 'the number of an identity document',
  'e-mail': 'an e-mail address',
  telephone: 'a telephone number',
};

/** Fields of a class that hold free text, or classes that do; empty for most. */
const plans = new WeakMap<MessageClass, readonly FieldRecord[]>();

function planOf(type: MessageClass): readonly FieldRecord[] {
  const known = plans.get(type);
  if (known !== undefined) return known;
  // A class that reaches itself would go on for ever; while it is looked at, it holds nothing.
  plans.set(type, []);
  const plan = declaredFields(type).filter(({ freeText, nested }) => freeText === true || (nested !== undefined && planOf(nested.of()).length > 0));
  plans.set(type, plan);
  return plan;
}

/**
 * Personal data in the free text of a body that is otherwise sound. Asked at the doors, where something new comes in,
 * and never of what is recorded: an event that was accepted stays readable when the rules grow stricter.
 */
export function personalDataFaults(type: MessageClass, value: unknown, parent = ''): PersonalDataFault[] {
  if (!isPlainObject(value)) return [];
  return planOf(type).flatMap(({ name, nested }) => {
    const field = parent === '' ? name : `${parent}.${name}`;
    const member = value[name];
    if (nested !== undefined) {
      if (!Array.isArray(member)) return personalDataFaults(nested.of(), member, field);
      return member.flatMap((item, index) => personalDataFaults(nested.of(), item, `${field}.${index}`));
    }
    const kind = typeof member === 'string' ? personalDataIn(member) : undefined;
    if (kind === undefined) return [];
    // Never the text itself: the error is logged, and answered, and kept.
    return [{ field, rule: 'personalData' as const, kind, message: `${field} must not hold ${WORDS[kind]}: it stays in your own system, behind an opaque reference` }];
  });
}

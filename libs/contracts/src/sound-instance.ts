import { declaredFields, isPlainObject, type FieldRecord, type MessageClass } from './fields.js';

interface Plan {
  readonly fields: ReadonlyMap<string, FieldRecord>;
  readonly required: number;
}

const plans = new WeakMap<MessageClass, Plan>();

function planOf(type: MessageClass): Plan {
  let plan = plans.get(type);
  if (plan === undefined) {
    const fields = declaredFields(type);
    plan = { fields: new Map(fields.map((field) => [field.name, field])), required: fields.filter(({ required }) => required).length };
    plans.set(type, plan);
  }
  return plan;
}

/**
 * The instance of a body that meets every rule of its class, in one pass; undefined for any other. Never throws, and is
 * never more lenient than class-validator, which has the last word on all others: a specification holds it to that.
 */
export function soundInstance<T extends object>(type: MessageClass<T>, data: Readonly<Record<string, unknown>>): T | undefined {
  const { fields, required } = planOf(type);
  const instance = new type() as Record<string, unknown>;
  let found = 0;
  for (const name of Object.keys(data)) {
    const field = fields.get(name);
    if (field === undefined) return undefined;
    const value = data[name];
    // Only what is left out passes for a field that may be left out, and null is not; class-validator says the same.
    if (value === undefined) {
      if (field.required) return undefined;
      instance[name] = value;
      continue;
    }
    if (!field.test(value)) return undefined;
    if (field.required) found += 1;
    const made = field.nested === undefined ? value : madeNested(field.nested, value);
    if (made === undefined) return undefined;
    instance[name] = made;
  }
  return found === required ? (instance as T) : undefined;
}

function madeNested({ of, array }: NonNullable<FieldRecord['nested']>, value: unknown): object | undefined {
  if (!array) return soundInstance(of(), value as Record<string, unknown>);
  const made: object[] = [];
  for (const item of value as readonly unknown[]) {
    const instance = isPlainObject(item) ? soundInstance(of(), item) : undefined;
    if (instance === undefined) return undefined;
    made.push(instance);
  }
  return made;
}

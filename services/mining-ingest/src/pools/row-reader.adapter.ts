import { isDay } from '../plausibility/chain-day.js';
import { parseMessage, PayoutClaim } from '@qazyna/contracts';
import { AmountError, parseAmount } from '@qazyna/ledger';
import { coinsOf, hashRateOf, hashRatePower } from './exact-number.js';
import type { StatementContext, StatementRow } from './statement.js';

/** A JSON number as it was written. */
export class NumberText {
  constructor(readonly source: string) {}
}

/** A cell of a CSV file: text that may stand for a number. An empty cell is an absent field. */
export class CellText {
  constructor(readonly text: string) {}
}

/** A JSON value whose numbers keep their source text. */
export type SourceValue = null | boolean | string | NumberText | CellText | readonly SourceValue[] | SourceObject;
export interface SourceObject {
  readonly [name: string]: SourceValue | undefined;
}

export function isSourceObject(value: SourceValue | undefined): value is SourceObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof NumberText) && !(value instanceof CellText);
}

/** Why a row cannot be understood; caught where rows are read, and never leaves this folder. */
export class RowFault extends Error {
  override readonly name = 'RowFault';
  constructor(
    readonly code: string,
    readonly field: string,
    message: string,
  ) {
    super(message);
  }
}

/** Bitcoin's first block, and the year 2100: a time outside is a mistake, most often of unit. */
const SECONDS_MIN = 1_231_006_505;
const SECONDS_MAX = 4_102_444_800;
const WHOLE = /^(?:0|[1-9][0-9]{0,18})$/;
const TIME = /^([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,3}))?)?)?(Z|[+-][0-9]{2}:?[0-9]{2})?$/;

/** Reads the fields of one row, each by its rule; the first that breaks one makes the row unreadable. */
export class RowReader {
  constructor(
    private readonly value: SourceObject,
    /** Such as `data.3`. */
    readonly path: string,
  ) {}

  fieldOf(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`;
  }

  fault(code: string, name: string, message: string): RowFault {
    return new RowFault(code, this.fieldOf(name), message);
  }

  has(name: string): boolean {
    const value = this.value[name];
    return value !== undefined && value !== null && !(value instanceof CellText && value.text === '');
  }

  isNull(name: string): boolean {
    return this.value[name] === null;
  }

  names(): readonly string[] {
    return Object.keys(this.value);
  }

  text(name: string): string {
    const value = this.value[name];
    if (value instanceof CellText && value.text !== '') return value.text;
    if (typeof value !== 'string') throw this.fault('row-shape', name, `${name} must be text`);
    return value;
  }

  /** Source text of a number; a JSON string is none, a cell of a file is. */
  number(name: string): string {
    const value = this.value[name];
    if (value instanceof NumberText) return value.source;
    if (value instanceof CellText && value.text !== '') return value.text;
    throw this.fault('row-shape', name, `${name} must be a number`);
  }

  /** A whole number of 0 or more, as its digits. */
  whole(name: string): string {
    const source = this.number(name);
    if (!WHOLE.test(source)) throw this.fault('row-shape', name, `${name} must be a whole number, not ${source.slice(0, 40)}`);
    return source;
  }

  /** Coins as text, such as `0.00149377`. */
  coinsText(name: string, decimals: number): bigint {
    return this.amount(name, () => parseAmount(this.text(name), decimals));
  }

  /** Coins as a number, by its source text. */
  coinsNumber(name: string, decimals: number, options: { readonly signed?: boolean } = {}): bigint {
    return this.amount(name, () => coinsOf(this.number(name), decimals, options));
  }

  /** Base units as a number, such as satoshi. */
  unitsNumber(name: string): bigint {
    return BigInt(this.whole(name));
  }

  /** A hash rate, text or number, in H/s. */
  hashRate(name: string, { unit, as }: { readonly unit?: string; readonly as: 'text' | 'number' }): string {
    const power = unit === undefined ? 0 : hashRatePower(unit);
    if (power === undefined) throw this.fault('row-unit', name, `${JSON.stringify(unit?.slice(0, 40))} is no unit of hash rate`);
    return this.amount(name, () => hashRateOf(as === 'text' ? this.text(name) : this.number(name), power));
  }

  /** Unix seconds as ISO time. `orMillis`: 13 digits are milliseconds, which no time in seconds can be. */
  unixTime(name: string, as: 'text' | 'number', { orMillis = false }: { readonly orMillis?: boolean } = {}): string {
    const source = as === 'text' ? this.text(name) : this.number(name);
    const value = /^[1-9][0-9]{8,12}$/.test(source) ? Number.parseInt(source, 10) : 0;
    const millis = orMillis && source.length === 13;
    const seconds = millis ? value / 1000 : value;
    if (seconds < SECONDS_MIN || seconds > SECONDS_MAX) throw this.fault('row-time', name, `${name} must be Unix seconds between 2009 and 2100`);
    return new Date(millis ? value : value * 1000).toISOString();
  }

  /** A calendar day. */
  day(name: string): string {
    const text = this.text(name);
    if (!isPayDay(text)) throw this.fault('row-time', name, `${name} must be a day such as 2023-04-26`);
    return text;
  }

  /** A time such as `2023-04-26 10:00:00`, `2023-04-26T10:00:00Z` or `2023-04-26`; without a zone it is UTC. */
  time(name: string): string {
    const match = TIME.exec(this.text(name));
    const [, day = '', hours = '00', minutes = '00', seconds = '00', fraction = '0', zone = 'Z'] = match ?? [];
    const offset = zone === 'Z' || zone.includes(':') ? zone : `${zone.slice(0, 3)}:${zone.slice(3)}`;
    const inRange = Number(hours) < 24 && Number(minutes) < 60 && Number(seconds) < 60;
    const time = new Date(`${day}T${hours}:${minutes}:${seconds}.${fraction.padEnd(3, '0')}${offset}`);
    if (match === null || !isPayDay(day) || !inRange || Number.isNaN(time.getTime())) throw this.fault('row-time', name, `${name} must be a time such as 2023-04-26 10:00:00, in UTC where it names no zone`);
    return time.toISOString();
  }

  /** An object within the row; in a file, the columns that begin with its name and a point. */
  inner(name: string): RowReader | undefined {
    const value = this.value[name];
    if (isSourceObject(value)) return new RowReader(value, this.fieldOf(name));
    if (value !== undefined && value !== null) throw this.fault('row-shape', name, `${name} must be an object`);
    const cells = Object.entries(this.value).filter(([column, cell]) => column.startsWith(`${name}.`) && cell instanceof CellText && cell.text !== '');
    return cells.length === 0 ? undefined : new RowReader(Object.fromEntries(cells.map(([column, cell]) => [column.slice(name.length + 1), cell])), this.fieldOf(name));
  }

  /** Checks a claim by the rules of our own message; a fault is told by the pool's name of the field. */
  payout(row: number, { pool, account, asset }: StatementContext, claim: Omit<PayoutClaim, 'pool' | 'account' | 'asset'>, names: Readonly<Record<string, string>> = {}): StatementRow {
    const parsed = parseMessage(PayoutClaim, { pool, account, asset, ...claim });
    if (parsed.ok) return { kind: 'payout', row, claim: parsed.value };
    const [first] = parsed.errors;
    const field = first?.field ?? '';
    throw this.fault('row-invalid', names[field] ?? field, parsed.errors.map(({ message }) => message).join('; '));
  }

  private amount<T>(name: string, read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof AmountError)) throw error;
      throw this.fault(error.code, name, error.message);
    }
  }
}

/** A day of the calendar since there were coins to pay. */
function isPayDay(text: string): boolean {
  return isDay(text) && text >= '2009-01-03' && text < '2100';
}

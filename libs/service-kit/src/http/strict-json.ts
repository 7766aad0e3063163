/** Arrays and objects inside one another; deeper is an attack on whoever walks the value, not a message. */
export const JSON_DEPTH_MAX = 32;

export type JsonResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: 'json-malformed' | 'json-too-deep' | 'json-duplicate-name' | 'json-forbidden-name' | 'not-utf-8'; readonly message: string };

class JsonFault extends Error {
  constructor(
    readonly code: 'json-malformed' | 'json-too-deep' | 'json-duplicate-name' | 'json-forbidden-name',
    readonly at: number,
    what: string,
  ) {
    super(what);
  }
}

/**
 * Parses JSON as I-JSON (RFC 7493) wants it: UTF-8, no half of a surrogate pair, no name twice in one object, bounded
 * depth, and no name that reaches a prototype. A name given twice has two readings, and two programs would keep
 * different ones; half of a pair is no character, and could be neither hashed nor stored as it came.
 * A failure says where (line, column, offset in characters) and what was expected.
 */
export function parseStrictJson(bytes: Uint8Array): JsonResult {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return { ok: false, code: 'not-utf-8', message: 'the body is not UTF-8 text' };
  }
  const fault = new Scanner(text).scan();
  if (fault !== undefined) return { ok: false, code: fault.code, message: `${fault.message} at ${placeOf(text, fault.at)}` };
  return { ok: true, value: JSON.parse(text) as unknown };
}

function placeOf(text: string, at: number): string {
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  const column = at - before.lastIndexOf('\n');
  return `line ${line}, column ${column} (offset ${at})`;
}

const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const ZERO = 0x30;
const NINE = 0x39;
const BACKSLASH = 0x5c;
const SHORT_ESCAPES = '"\\/bfnrt';
const LITERALS = ['true', 'false', 'null'];
const FORBIDDEN_NAMES = new Set(['__proto__', 'constructor', 'prototype']);

/** Walks the text once without making values; depth is bounded, so recursion is. */
class Scanner {
  private at = 0;

  constructor(private readonly text: string) {}

  scan(): JsonFault | undefined {
    try {
      this.value(0);
      this.whitespace();
      if (this.at < this.text.length) throw this.expected('the end of the text');
      return undefined;
    } catch (fault) {
      if (fault instanceof JsonFault) return fault;
      throw fault;
    }
  }

  private value(depth: number): void {
    this.whitespace();
    const first = this.text[this.at];
    if (first === '{') return this.object(depth + 1);
    if (first === '[') return this.array(depth + 1);
    if (first === '"') {
      this.string();
      return;
    }
    const literal = LITERALS.find((word) => this.text.startsWith(word, this.at));
    if (literal !== undefined) {
      this.at += literal.length;
      return;
    }
    this.number();
  }

  private object(depth: number): void {
    this.enter(depth);
    if (this.take('}')) return;
    const names = new Set<string>();
    do {
      this.whitespace();
      const start = this.at;
      const name = this.string();
      if (FORBIDDEN_NAMES.has(name)) throw new JsonFault('json-forbidden-name', start, `the name "${name}" is not allowed`);
      if (names.has(name)) throw new JsonFault('json-duplicate-name', start, `the name ${JSON.stringify(name.slice(0, 80))} is given twice`);
      names.add(name);
      if (!this.take(':')) throw this.expected('":"');
      this.value(depth);
    } while (this.take(','));
    if (!this.take('}')) throw this.expected('"," or "}"');
  }

  private array(depth: number): void {
    this.enter(depth);
    if (this.take(']')) return;
    do {
      this.value(depth);
    } while (this.take(','));
    if (!this.take(']')) throw this.expected('"," or "]"');
  }

  /** Walks by hand: a pattern's backtracking would overflow on a long text of escapes. */
  private string(): string {
    const start = this.at;
    if (this.code(start) !== QUOTE) throw this.expected('a string in double quotes');
    let escaped = false;
    for (this.at = start + 1; this.code(this.at) !== QUOTE; this.at++) {
      const code = this.code(this.at);
      if (Number.isNaN(code) || code < SPACE) throw this.expected('the rest of a string');
      if (code === BACKSLASH) {
        escaped = true;
        this.at++;
        this.escape();
      }
    }
    this.at++;
    const raw = this.text.slice(start, this.at);
    // UTF-8 cannot hold half of a surrogate pair: only an escape can.
    if (!escaped) return raw.slice(1, -1);
    const value = JSON.parse(raw) as string;
    if (!value.isWellFormed()) throw new JsonFault('json-malformed', start, 'a string escapes half of a surrogate pair, which is no character,');
    return value;
  }

  /** After the backslash; stops at the last character of the escape. */
  private escape(): void {
    const kind = this.text[this.at];
    if (kind !== undefined && SHORT_ESCAPES.includes(kind)) return;
    if (kind !== 'u' || !/^[0-9a-fA-F]{4}$/.test(this.text.slice(this.at + 1, this.at + 5))) throw this.expected('an escape');
    this.at += 4;
  }

  private number(): void {
    if (this.text[this.at] === '-') this.at++;
    if (this.text[this.at] === '0') this.at++;
    else this.digits('a value');
    if (this.text[this.at] === '.') {
      this.at++;
      this.digits('a digit');
    }
    if (this.text[this.at] === 'e' || this.text[this.at] === 'E') {
      this.at++;
      if (this.text[this.at] === '+' || this.text[this.at] === '-') this.at++;
      this.digits('a digit');
    }
  }

  private digits(what: string): void {
    const start = this.at;
    while (this.code(this.at) >= ZERO && this.code(this.at) <= NINE) this.at++;
    if (this.at === start) throw this.expected(what);
  }

  private enter(depth: number): void {
    if (depth > JSON_DEPTH_MAX) throw new JsonFault('json-too-deep', this.at, `more than ${JSON_DEPTH_MAX} levels`);
    this.at++;
  }

  private take(character: string): boolean {
    this.whitespace();
    if (this.text[this.at] !== character) return false;
    this.at++;
    return true;
  }

  private whitespace(): void {
    for (;;) {
      const code = this.code(this.at);
      if (code !== SPACE && code !== TAB && code !== LINE_FEED && code !== CARRIAGE_RETURN) return;
      this.at++;
    }
  }

  /** NaN beyond the end. */
  private code(at: number): number {
    return this.text.charCodeAt(at);
  }

  private expected(what: string): JsonFault {
    const found = this.at >= this.text.length ? 'the text ends' : `${JSON.stringify(this.text[this.at])} stands`;
    return new JsonFault('json-malformed', this.at, `expected ${what}, but ${found}`);
  }
}

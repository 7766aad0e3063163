import { MalformedMessage } from './malformed-message.js';

/** Start (inclusive) and end (exclusive) of a value in the text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface JsonText {
  readonly value: unknown;
  /** Where each member of the outermost object, or each item of the outermost array (keys '0', '1', …), stands in the text. */
  readonly members: ReadonlyMap<string, Span>;
}

const DEPTH_MAX = 64;
const END_OF_SCALAR = /[\s,\]}]/g;
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @throws {MalformedMessage} `invalid-utf8` */
export function decodeUtf8(bytes: Uint8Array, field: string): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    throw new MalformedMessage('invalid-utf8', field, `${field} is not valid UTF-8`);
  }
}

/**
 * Parses JSON more strictly than JSON.parse: a key twice in one object is refused (readers differ in which one counts),
 * and so are nesting beyond 64 levels and half of a surrogate pair, which is no character and cannot be hashed.
 * @throws {MalformedMessage} `invalid-json`, `duplicate-key`, `too-deep`
 */
export function parseJson(text: string, field: string): JsonText {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new MalformedMessage('invalid-json', field, `${field} is not JSON: ${(error as Error).message}`);
  }
  return { value, members: new Walk(text, field).run() };
}

/** Walks over text that is known to be JSON: only its structure is looked at. */
class Walk {
  private at = 0;
  private readonly members = new Map<string, Span>();

  constructor(
    private readonly text: string,
    private readonly field: string,
  ) {}

  run(): ReadonlyMap<string, Span> {
    this.value(0);
    return this.members;
  }

  private value(depth: number): void {
    if (depth > DEPTH_MAX) throw new MalformedMessage('too-deep', this.field, `${this.field} is nested more than ${DEPTH_MAX} levels deep`);
    this.space();
    switch (this.text[this.at]) {
      case '{':
        this.object(depth);
        break;
      case '[':
        this.array(depth);
        break;
      case '"':
        this.string();
        break;
      default:
        this.scalar();
    }
  }

  private object(depth: number): void {
    const keys = new Set<string>();
    this.at += 1;
    this.space();
    while (this.text[this.at] !== '}') {
      const key = this.string();
      if (keys.has(key)) throw new MalformedMessage('duplicate-key', this.field, `${this.field} has the key ${JSON.stringify(key)} twice`);
      keys.add(key);
      this.space();
      this.at += 1; // the colon
      this.member(key, depth);
      this.separator();
    }
    this.at += 1;
  }

  private array(depth: number): void {
    this.at += 1;
    this.space();
    for (let index = 0; this.text[this.at] !== ']'; index++) {
      this.member(String(index), depth);
      this.separator();
    }
    this.at += 1;
  }

  private member(key: string, depth: number): void {
    this.space();
    const start = this.at;
    this.value(depth + 1);
    if (depth === 0) this.members.set(key, { start, end: this.at });
  }

  private separator(): void {
    this.space();
    if (this.text[this.at] === ',') {
      this.at += 1;
      this.space();
    }
  }

  private string(): string {
    const start = this.at;
    const end = this.text.indexOf('"', start + 1);
    const plain = this.text.slice(start + 1, end);
    if (!plain.includes('\\')) {
      this.at = end + 1;
      return plain;
    }
    this.at += 1;
    while (this.text[this.at] !== '"') this.at += this.text[this.at] === '\\' ? 2 : 1;
    this.at += 1;
    const value = JSON.parse(this.text.slice(start, this.at)) as string;
    if (!value.isWellFormed()) throw new MalformedMessage('invalid-json', this.field, `${this.field} is not JSON for interchange: a string escapes half of a surrogate pair`);
    return value;
  }

  private scalar(): void {
    END_OF_SCALAR.lastIndex = this.at;
    this.at = END_OF_SCALAR.exec(this.text)?.index ?? this.text.length;
  }

  private space(): void {
    for (let code = this.text.charCodeAt(this.at); code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d; code = this.text.charCodeAt(this.at)) this.at += 1;
  }
}

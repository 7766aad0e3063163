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
 * and so is nesting beyond 64 levels.
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
    let escaped = false;
    this.at += 1;
    while (this.text[this.at] !== '"') {
      if (this.text[this.at] === '\\') {
        escaped = true;
        this.at += 1;
      }
      this.at += 1;
    }
    this.at += 1;
    return escaped ? (JSON.parse(this.text.slice(start, this.at)) as string) : this.text.slice(start + 1, this.at - 1);
  }

  private scalar(): void {
    while (this.at < this.text.length && !/[\s,\]}]/.test(this.text.charAt(this.at))) this.at += 1;
  }

  private space(): void {
    while (this.at < this.text.length && ' \t\n\r'.includes(this.text.charAt(this.at))) this.at += 1;
  }
}

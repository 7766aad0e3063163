import { parseStrictJson } from '@qazyna/service-kit';
import { ENTRIES_MAX, labelOf, requireWritten, UnreadableList, type FoundAddress, type ListReader, type ReadList } from './list-entries.adapter.js';

const LINE_MAX = 1_000_000;
const CATEGORIES_MAX = 50;

/** Takes a file apart into lines, whatever pieces it comes in. */
abstract class LineReader implements ListReader {
  private rest = '';
  private number = 0;
  private readonly found: FoundAddress[] = [];

  write(text: string): void {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) this.take(line);
    this.bound(this.rest);
  }

  end(): ReadList {
    if (this.rest !== '') this.take(this.rest);
    return { found: this.found };
  }

  protected abstract read(line: string, where: string): readonly FoundAddress[];

  private take(line: string): void {
    this.number += 1;
    this.bound(line);
    this.found.push(...this.read(line.trim(), `line ${this.number}`));
    if (this.found.length > ENTRIES_MAX) throw new UnreadableList('list-too-large', `a list has at most ${ENTRIES_MAX} addresses`);
  }

  private bound(line: string): void {
    if (line.length > LINE_MAX) throw new UnreadableList('list-malformed', `line ${this.number + 1} is longer than ${LINE_MAX} characters`);
  }
}

/** One address a line; what follows `#` is a comment. */
export class TextListReader extends LineReader {
  protected override read(line: string, where: string): readonly FoundAddress[] {
    const written = (line.split('#', 1)[0] ?? '').trim();
    return written === '' ? [] : [{ written: requireWritten(written, where), type: '-', entry: '-', categories: [] }];
  }
}

/** OpenSanctions' entities, one a line: those of schema `CryptoWallet` count, by `publicKey`. */
export class OpenSanctionsReader extends LineReader {
  protected override read(line: string, where: string): readonly FoundAddress[] {
    if (line === '') return [];
    const strict = parseStrictJson(new TextEncoder().encode(line));
    if (!strict.ok) throw new UnreadableList('list-malformed', `${where}: ${strict.message}`);
    const entity = asObject(strict.value);
    if (entity === undefined) throw new UnreadableList('list-malformed', `${where}: an entity is a JSON object`);
    if (entity['schema'] !== undefined && entity['schema'] !== 'CryptoWallet') return [];
    const properties = asObject(entity['properties']) ?? entity;
    const keys = textsOf(properties['publicKey']);
    if (keys.length === 0) throw new UnreadableList('list-malformed', `${where}: a CryptoWallet has a publicKey`);
    const entry = labelOf(typeof entity['id'] === 'string' ? entity['id'] : '', 64);
    const type = labelOf(textsOf(properties['currency'])[0] ?? '', 64);
    const categories = textsOf(properties['topics']).slice(0, CATEGORIES_MAX).map((topic) => labelOf(topic, 64));
    return keys.map((key) => ({ written: requireWritten(key, where), type, entry, categories }));
  }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : undefined;
}

/** A property is a text or several. */
function textsOf(value: unknown): readonly string[] {
  return (Array.isArray(value) ? (value as readonly unknown[]) : [value]).filter((each): each is string => typeof each === 'string' && each.trim() !== '');
}

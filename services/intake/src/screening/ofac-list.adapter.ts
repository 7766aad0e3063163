import sax from 'sax';
import { ENTRIES_MAX, labelOf, requireWritten, UnreadableList, type FoundAddress, type ListReader, type ReadList } from './list-entries.adapter.js';

const PREFIX = 'Digital Currency Address - ';
const DEPTH_MAX = 40;
const TEXT_MAX = 10_000;
const PROGRAMMES_MAX = 50;
const TYPE_MAX = 64;

/** One open element: its local name, its attributes, and the text directly in it. */
interface Open {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  text: string;
}

/**
 * A streaming reader of XML: it keeps the open elements and nothing of those that are closed. Documents with a type
 * declaration are refused, so there are no entities to expand.
 */
abstract class XmlReader implements ListReader {
  protected readonly found: FoundAddress[] = [];
  protected publishedOn: string | undefined;
  private readonly open: Open[] = [];
  private readonly parser = sax.parser(true, { position: true });
  private root: string | undefined;

  constructor(private readonly rootName: string) {
    const { parser } = this;
    parser.onerror = (error) => {
      throw new UnreadableList('list-malformed', `line ${parser.line + 1}: ${(error.message.split('\n')[0] ?? '').slice(0, 200)}`);
    };
    parser.ondoctype = () => this.fault('a document type declaration is not taken');
    parser.onopentag = ({ name, attributes }) => {
      if (this.open.length >= DEPTH_MAX) this.fault(`elements are nested deeper than ${DEPTH_MAX}`);
      this.root ??= localName(name);
      if (this.root !== this.rootName) this.fault(`the document is a ${this.root.slice(0, 80)}, not a ${this.rootName}`);
      const element = { name: localName(name), attributes: attributes as Record<string, string>, text: '' };
      this.open.push(element);
      this.opened(element);
    };
    parser.ontext = (text) => this.takeText(text);
    parser.oncdata = (text) => this.takeText(text);
    parser.onclosetag = () => {
      const element = this.open.pop();
      if (element !== undefined) this.closed(element, this.open.at(-1)?.name ?? '');
    };
  }

  write(text: string): void {
    this.parser.write(text);
  }

  end(): ReadList {
    this.parser.close();
    if (this.root === undefined) this.fault('the document is empty');
    return { found: this.finish(), ...(this.publishedOn === undefined ? {} : { publishedOn: this.publishedOn }) };
  }

  protected abstract opened(element: Open): void;
  protected abstract closed(element: Open, parent: string): void;
  protected finish(): readonly FoundAddress[] {
    return this.found;
  }

  protected keep(found: FoundAddress): void {
    if (this.found.length >= ENTRIES_MAX) throw new UnreadableList('list-too-large', `a list has at most ${ENTRIES_MAX} addresses`);
    this.found.push({ ...found, written: requireWritten(found.written, `line ${this.parser.line + 1}`) });
  }

  protected fault(rule: string): never {
    throw new UnreadableList('list-malformed', `line ${this.parser.line + 1}: ${rule}`);
  }

  private takeText(text: string): void {
    const element = this.open.at(-1);
    if (element === undefined) return;
    if (element.text.length + text.length > TEXT_MAX) this.fault(`the text of ${element.name.slice(0, 80)} is longer than ${TEXT_MAX} characters`);
    element.text += text;
  }
}

/** `sdn.xml`: entries with programmes and identity documents, a digital currency address being one of those. */
export class SdnReader extends XmlReader {
  private entry = '-';
  private programmes: string[] = [];
  private addresses: { readonly type: string; readonly written: string }[] = [];
  private idType = '';
  private idNumber = '';

  constructor() {
    super('sdnList');
  }

  protected override opened({ name }: Open): void {
    if (name === 'sdnEntry') {
      this.entry = '-';
      this.programmes = [];
      this.addresses = [];
    } else if (name === 'id') {
      this.idType = '';
      this.idNumber = '';
    }
  }

  protected override closed({ name, text }: Open, parent: string): void {
    if (name === 'Publish_Date') this.publishedOn = dayOf(text);
    else if (name === 'uid' && parent === 'sdnEntry') this.entry = labelOf(text, 64);
    else if (name === 'program' && this.programmes.length < PROGRAMMES_MAX) this.programmes.push(labelOf(text, 64));
    else if (name === 'idType' && parent === 'id') this.idType = text.trim();
    else if (name === 'idNumber' && parent === 'id') this.idNumber = text;
    else if (name === 'id' && this.idType.startsWith(PREFIX)) this.addresses.push({ type: typeOf(this.idType), written: this.idNumber });
    // Addresses of an entry may come before its programmes.
    else if (name === 'sdnEntry') for (const address of this.addresses) this.keep({ ...address, entry: this.entry, categories: this.programmes });
  }
}

/** `sdn_advanced.xml`: feature types are declared first, profiles have features, sanctions entries name programmes of profiles. */
export class SdnAdvancedReader extends XmlReader {
  private readonly types = new Map<string, string>();
  private readonly programmes = new Map<string, Set<string>>();
  private readonly profiles = new Set<string>();
  private profile = '-';
  private featureType: string | undefined;
  private sanctioned = '-';
  private day: { year?: string; month?: string; day?: string } = {};

  constructor() {
    super('Sanctions');
  }

  protected override opened({ name, attributes }: Open): void {
    if (name === 'Profile') this.profile = labelOf(attributes['ID'] ?? '', 64);
    else if (name === 'Feature') this.featureType = this.types.get(attributes['FeatureTypeID'] ?? '');
    else if (name === 'SanctionsEntry') this.sanctioned = labelOf(attributes['ProfileID'] ?? '', 64);
  }

  protected override closed({ name, text, attributes }: Open, parent: string): void {
    if (name === 'FeatureType' && text.trim().startsWith(PREFIX)) this.types.set(attributes['ID'] ?? '', typeOf(text.trim()));
    else if (name === 'VersionDetail' && this.featureType !== undefined) {
      this.profiles.add(this.profile);
      this.keep({ written: text, type: this.featureType, entry: this.profile, categories: [] });
    } else if (name === 'Feature') this.featureType = undefined;
    else if (name === 'Comment' && parent === 'SanctionsMeasure' && text.trim() !== '' && this.profiles.has(this.sanctioned)) this.programme(labelOf(text, 64));
    else if (parent === 'DateOfIssue' && (name === 'Year' || name === 'Month' || name === 'Day')) this.day = { ...this.day, [name.toLowerCase()]: text.trim() };
    else if (name === 'DateOfIssue') {
      const { year = '', month = '', day = '' } = this.day;
      this.publishedOn = dayOf(`${month}/${day}/${year}`);
    }
  }

  protected override finish(): readonly FoundAddress[] {
    return this.found.map((each) => ({ ...each, categories: [...(this.programmes.get(each.entry) ?? [])] }));
  }

  private programme(label: string): void {
    const known = this.programmes.get(this.sanctioned) ?? new Set<string>();
    if (known.size < PROGRAMMES_MAX) known.add(label);
    this.programmes.set(this.sanctioned, known);
  }
}

function typeOf(text: string): string {
  return labelOf(text.slice(PREFIX.length), TYPE_MAX);
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

/** `09/27/2024` as `2024-09-27`; undefined for anything else. */
function dayOf(text: string): string | undefined {
  const [, month = '', day = '', year = ''] = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text.trim()) ?? [];
  return year === '' ? undefined : `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}

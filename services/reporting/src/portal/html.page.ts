const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text that is safe to stand in HTML. */
export class Html {
  constructor(readonly text: string) {}
}

/** Builds HTML; every value that is not itself `Html` is escaped, so a hostile case number stays text. */
export function html(parts: TemplateStringsArray, ...values: readonly (string | number | Html | readonly Html[])[]): Html {
  let text = parts[0] ?? '';
  values.forEach((value, index) => {
    text += Array.isArray(value) ? value.map((item: Html) => item.text).join('') : value instanceof Html ? value.text : escaped(typeof value === 'number' ? value.toString() : (value as string));
    text += parts[index + 1] ?? '';
  });
  return new Html(text);
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}

const THIN_SPACE = ' ';

/** Groups a decimal number by thousands before the point and after it; digits are never changed. */
export function grouped(decimal: string): string {
  const [whole = '', fraction] = decimal.split('.');
  const left = whole.replace(/\B(?=(\d{3})+(?!\d))/g, THIN_SPACE);
  return fraction === undefined ? left : `${left}.${fraction.replace(/(\d{3})(?=\d)/g, `$1${THIN_SPACE}`)}`;
}

import type { Fallback, Parsed, Setting } from './settings.js';

interface About {
  readonly about: string;
  readonly secret?: boolean;
}
type Given<T> = About & { readonly fallback: Exclude<Fallback<T>, { kind: 'absent' }> };

/** Exactly one of these words. */
export function oneOf<const T extends string>(name: string, allowed: readonly T[], given: Given<T>): Setting<T> {
  return setting(name, `one of ${allowed.join(', ')}`, given, given.fallback, (raw) =>
    allowed.includes(raw as T) ? { ok: true, value: raw as T } : { ok: false },
  );
}

/** `on` or `off`. */
export function onOff(name: string, given: Given<boolean>): Setting<boolean> {
  return setting(name, 'on or off', given, given.fallback, (raw) =>
    raw === 'on' || raw === 'off' ? { ok: true, value: raw === 'on' } : { ok: false },
  );
}

/** A whole number in decimal digits, within bounds (inclusive). */
export function whole(name: string, min: number, max: number, given: Given<number> & { readonly unit?: string }): Setting<number> {
  const unit = given.unit === undefined ? '' : ` ${given.unit}`;
  return setting(name, `a whole number${unit} from ${min} to ${max}`, given, given.fallback, (raw) => {
    if (!/^\d{1,15}$/.test(raw)) return { ok: false };
    const value = Number(raw);
    return value >= min && value <= max ? { ok: true, value } : { ok: false };
  });
}

/** Any text of at most 500 characters. */
export function words(name: string, given: Given<string>): Setting<string> {
  return setting(name, 'text of at most 500 characters', given, given.fallback, parseText);
}

export function optionalWords(name: string, given: About): Setting<string | undefined> {
  return setting<string | undefined>(name, 'text of at most 500 characters', given, { kind: 'absent' }, parseText);
}

/** A URL with one of these schemes (`https`, without the colon). */
export function optionalUrl(name: string, schemes: readonly string[], given: About): Setting<string | undefined> {
  const rule = `a URL beginning with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`;
  return setting<string | undefined>(name, rule, given, { kind: 'absent' }, (raw) => {
    if (!URL.canParse(raw)) return { ok: false };
    const url = new URL(raw);
    return schemes.includes(url.protocol.slice(0, -1)) && url.host !== '' ? { ok: true, value: raw } : { ok: false };
  });
}

/** A comma-separated list of `host:port`. */
export function optionalHostPorts(name: string, given: About): Setting<readonly string[] | undefined> {
  return setting<readonly string[] | undefined>(name, 'a comma-separated list of host:port', given, { kind: 'absent' }, (raw) => {
    const entries = raw.split(',').map((entry) => entry.trim());
    const good = entries.every((entry) => {
      const match = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):(\d{1,5})$/.exec(entry);
      return match !== null && Number(match[1]) >= 1 && Number(match[1]) <= 65_535;
    });
    return good ? { ok: true, value: entries } : { ok: false };
  });
}

function parseText(raw: string): Parsed<string> {
  return raw.length <= 500 ? { ok: true, value: raw } : { ok: false };
}

function setting<T>(
  name: string,
  rule: string,
  given: About,
  fallback: Fallback<T>,
  parse: (raw: string) => Parsed<T>,
): Setting<T> {
  return { name, rule, about: given.about, secret: given.secret ?? false, fallback, parse };
}

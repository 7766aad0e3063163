/** Pure names: a publisher, and its key within it. Together they are the `kid` of a signature. */
export const PUBLISHER_NAME = /^[a-z][a-z0-9-]{1,31}$/;
export const KEY_NAME = /^[a-z0-9][a-z0-9.-]{0,31}$/;

export interface KeyId {
  readonly publisher: string;
  readonly key: string;
}

export function isPublisherName(text: string): boolean {
  return PUBLISHER_NAME.test(text);
}

export function isKeyName(text: string): boolean {
  return KEY_NAME.test(text);
}

/** The `kid`, such as `afm/2026-1`; undefined when a name is not one. */
export function keyIdOf({ publisher, key }: KeyId): string | undefined {
  return isPublisherName(publisher) && isKeyName(key) ? `${publisher}/${key}` : undefined;
}

export function parseKeyId(kid: string): KeyId | undefined {
  const [publisher = '', key = '', ...more] = kid.split('/');
  return more.length === 0 && isPublisherName(publisher) && isKeyName(key) ? { publisher, key } : undefined;
}

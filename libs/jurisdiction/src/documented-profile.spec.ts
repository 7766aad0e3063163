import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { listJurisdictions } from './load-jurisdiction.js';
import { REQUIRABLE_FIELDS } from './rules/profile.js';
import { deadlineOf } from './rules/terms.js';
import { checkProfile } from './sound-profile.js';

const page = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'profiles.md'), 'utf8');
const [, example = ''] = /```json\n([\s\S]*?)```/.exec(page) ?? [];

it('the example of the page is a profile', () => {
  const checked = checkProfile(JSON.parse(example));
  expect(checked).toMatchObject({ ok: true, profile: { code: 'example' } });
  // Good Friday evening in Berlin; ten days later is a Monday and a working day.
  if (checked.ok) expect(deadlineOf('2026-04-03T18:00:00Z', checked.profile.restrictionTerm, checked.profile.calendar)).toBe('2026-04-13T22:00:00.000Z');
});

it('the page names every profile that comes with the system, and every field that can be required', () => {
  for (const code of listJurisdictions()) expect(page).toContain(`| \`${code}\` |`);
  for (const field of Object.values(REQUIRABLE_FIELDS).flat()) expect(page).toContain(`\`${field}\``);
});

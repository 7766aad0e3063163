import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { countriesNamedIn } from './countries.ts';

const ROOT = join(import.meta.dirname, '..', '..');

function productCode(): string[] {
  return ['libs', 'services'].flatMap((room) =>
    readdirSync(join(ROOT, room), { recursive: true, encoding: 'utf8' })
      .filter((path) => /\/src\/.*\.ts$/.test(path) && !path.includes('node_modules') && !path.endsWith('.spec.ts') && !path.includes('spec-support'))
      .map((path) => join(room, path)),
  );
}

it('no code path outside the profiles says a country\'s name', () => {
  const files = productCode();
  expect(files.length).toBeGreaterThan(300);
  expect(files.flatMap((path) => countriesNamedIn(path, readFileSync(join(ROOT, path), 'utf8')))).toEqual([]);
});

it.each(["if (state === 'Kazakhstan') return 10;", "const zone = 'Asia/Almaty';", 'const title = `Reserve of El Salvador`;', 'const from = (/* whom */ "Ukraine");'])(
  'sees one that was planted: %s',
  (line) => expect(countriesNamedIn('planted.ts', `const first = 1;\n${line}\n`)).toMatchObject([{ line: 2 }]),
);

it('leaves comments alone, which explain', () => {
  expect(countriesNamedIn('x.ts', '/** As in Kazakhstan. */\n// In Bhutan\nconst a = 1;')).toEqual([]);
});

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Nx orders and caches by `implicitDependencies`, the compiler by `references`. Nx does not read the imports itself:
 * specs of a library may use test support that builds on the library, which it would take for a circle.
 */

const ROOT = join(import.meta.dirname, '..', '..');

interface References {
  readonly references?: readonly { readonly path: string }[];
}

const packages = ['libs', 'services'].flatMap((room) =>
  readdirSync(join(ROOT, room)).filter((name) => existsSync(join(ROOT, room, name, 'project.json'))).map((name) => `${room}/${name}`),
);

const read = <T>(path: string): T => JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as T;
const namesIn = ({ references = [] }: References): string[] => references.map(({ path }) => /(?:libs|services)\/([^/]+)/.exec(path)?.[1] ?? path).sort();

it.each(packages)('%s tells Nx and the compiler the same dependencies', (path) => {
  const { implicitDependencies } = read<{ implicitDependencies: readonly string[] }>(`${path}/project.json`);
  expect([...implicitDependencies].sort()).toEqual(namesIn(read(`${path}/tsconfig.lib.json`)));
});

it.each(['tsconfig.json', 'test/tsconfig.json'])('%s reaches every package', (path) => {
  const { references = [] } = read<References>(path);
  const reached = references.map((each) => each.path.replace(/^\.\.?\//, '').replace(/\/tsconfig\.lib\.json$/, '')).filter((each) => each !== 'test');
  expect([...reached].sort()).toEqual([...packages].sort());
});

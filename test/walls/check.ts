import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cruise, type ICruiseOptions, type ICruiseResult, type IResolveOptions } from 'dependency-cruiser';
import { violations, type SourceFile } from './walls.ts';

/** Checks the walls of a workspace: `node test/walls/check.ts [root]`. Prints each violation; exit code 1 if any. */

const root = resolve(process.argv[2] ?? '.');
const files = await readWorkspace(root);
const found = violations(files);
for (const { wall, path, message } of found) console.error(`${path}: [${wall}] ${message}`);
console.log(`${files.length} files within the walls' reach, ${found.length} violations`);
// Silence must never pass for order: an empty graph means that the check saw nothing.
process.exitCode = found.length === 0 && files.length > 0 ? 0 : 1;

async function readWorkspace(baseDir: string): Promise<readonly SourceFile[]> {
  const options: ICruiseOptions = {
    baseDir,
    tsPreCompilationDeps: 'specify',
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|fixtures)/' },
    tsConfig: { fileName: join(baseDir, 'tsconfig.base.json') },
  };
  const resolution = {
    exportsFields: ['exports'],
    conditionNames: ['@qazyna/source', 'import', 'node', 'default'],
    extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'],
  } as Partial<IResolveOptions> as IResolveOptions;
  const { output } = await cruise(['libs', 'services', 'test'], options, resolution);
  return (output as ICruiseResult).modules
    .filter(({ source }) => /^(?:libs|services|test)\/.*\.ts$/.test(source))
    .map(({ source, dependencies }) => ({
      path: source,
      text: readFileSync(join(baseDir, source), 'utf8'),
      imports: dependencies.map((each) => ({
        specifier: each.module,
        target: each.resolved,
        resolved: !each.couldNotResolve,
        builtIn: each.coreModule,
        typeOnly: each.preCompilationOnly === true,
      })),
    }));
}

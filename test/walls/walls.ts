import { isCompositionRoot, isDomain, isInFeature, isLibrary, isService, isSpec, packageOf, ROLES, roleOf } from './rooms.ts';

/** The walls between the rooms, judged over the graph of imports. Pure: `check.ts` reads the files. */

/** One import as it stands in a file. */
export interface Import {
  /** As written, such as `@qazyna/ledger` or `./case.js`; built-in modules may lack their `node:`. */
  readonly specifier: string;
  /** Path of the file it leads to, from the workspace's root. */
  readonly target: string;
  readonly resolved: boolean;
  readonly builtIn: boolean;
  /** Gone after compilation. */
  readonly typeOnly: boolean;
}

export interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

export interface Violation {
  readonly wall: string;
  readonly path: string;
  readonly message: string;
}

/** Built-in modules without I/O, clock or random source; ESLint limits node:crypto to hashes and signatures. */
const PURE_BUILT_INS: ReadonlySet<string> = new Set(['assert', 'crypto']);

/** Third-party code that domain code may call: pure by its purpose. */
const PURE_DEPENDENCIES: ReadonlySet<string> = new Set(['canonicalize', '@noble/hashes', '@noble/curves', '@scure/base']);

const DECIDER = /(?:^|\n)\s*export\s+(?:const\s+\w+\s*:\s*Decider<|(?:async\s+)?function\s+(?:decide|evolve)\b)|\bsatisfies\s+Decider<|\bimplements\s+Decider</;

export function violations(files: readonly SourceFile[]): readonly Violation[] {
  return files.flatMap((file) => [
    ...file.imports.flatMap((each) => importViolations(file.path, each)),
    ...namingViolations(file),
  ]);
}

function importViolations(path: string, { specifier, target, resolved, builtIn, typeOnly }: Import): Violation[] {
  const found: Violation[] = [];
  const breach = (wall: string, message: string): void => void found.push({ wall, path, message: `${message}: ${specifier}` });
  if (!resolved) {
    breach('exports', 'leads nowhere, or past the package\'s exports');
    return found;
  }
  const from = packageOf(path);
  const to = packageOf(target);
  const crosses = to !== undefined && to !== from;
  if (crosses && specifier.startsWith('.')) breach('relative', 'reaches into another package by a relative path');
  if (crosses && isService(from) && isService(to) && !isCompositionRoot(from)) breach('services', 'a service imports another service');
  if (crosses && isLibrary(from) && isService(to)) breach('libraries', 'a library imports a service');
  if (crosses && to === 'test') breach('tests', 'product code imports from test/');
  if (crosses && to === 'libs/testing' && from !== 'test' && !isSpec(path)) breach('tests', 'product code imports test support');
  if (isDomain(path) && !mayDomainImport({ specifier, target, builtIn, typeOnly })) {
    breach('domain', 'domain code imports what is neither domain nor pure');
  }
  return found;
}

function mayDomainImport({ specifier, target, builtIn, typeOnly }: Omit<Import, 'resolved'>): boolean {
  if (builtIn) return PURE_BUILT_INS.has(specifier.replace(/^node:/, ''));
  if (packageOf(target) === undefined) return PURE_DEPENDENCIES.has(/^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? '');
  return isDomain(target) || (typeOnly && packageOf(target) === 'libs/contracts');
}

function namingViolations({ path, text }: SourceFile): Violation[] {
  if (isSpec(path) || !isService(packageOf(path))) return [];
  const role = roleOf(path);
  if (isInFeature(path) && role !== undefined && !ROLES.includes(role)) {
    return [{ wall: 'roles', path, message: `"${role}" is no role; roles are ${ROLES.join(', ')}` }];
  }
  if (!isDomain(path) && DECIDER.test(text)) {
    return [{ wall: 'deciders', path, message: 'a decider must live in a feature folder, in a file without a role in its name' }];
  }
  return [];
}

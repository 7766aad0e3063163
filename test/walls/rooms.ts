/** Which room a file belongs to, by its path from the workspace's root. The walls and ESLint share these answers. */

/** The packages that may import services: `standalone` composes them into one process, `cli` looks at all of them. */
export const COMPOSITION_ROOTS: readonly string[] = ['services/standalone', 'services/cli'];

/**
 * What a file inside a feature folder may call itself when it touches the outside. Every other file there is domain
 * code, so I/O in a feature is never unannounced: name the role, or stay pure.
 */
export const ROLES: readonly string[] = [
  'adapter', 'client', 'consumer', 'controller', 'dto', 'interceptor', 'module', 'page', 'process', 'query', 'read-model', 'service', 'source',
  'store', 'view', 'worker', 'writer',
];

/** Domain code outside the services: whole packages or single files. */
const PURE_LIBRARY_CODE: readonly RegExp[] = [
  /^libs\/ledger\/src\//,
  /^libs\/jurisdiction\/src\/rules\//,
  /^libs\/transparency\/src\//,
  /^libs\/event-store\/src\/decider\.ts$/,
  /^libs\/contracts\/src\/names\.ts$/,
];

/** The same set as globs, for ESLint: a name without a second dot bears no role. */
export const DOMAIN_GLOBS: readonly string[] = [
  'libs/ledger/src/**/!(*.spec).ts',
  'libs/jurisdiction/src/rules/**/!(*.spec).ts',
  'libs/transparency/src/**/!(*.spec).ts',
  'libs/event-store/src/decider.ts',
  'libs/contracts/src/names.ts',
  'services/!(standalone|cli)/src/!(spec-support)/**/!(*.*).ts',
];

/** `libs/ledger`, `services/intake`, or `test`; undefined for what lies outside them. */
export function packageOf(path: string): string | undefined {
  return /^(?:(?:libs|services)\/[^/]+|test)(?=\/)/.exec(path)?.[0];
}

export function isService(packagePath: string | undefined): boolean {
  return packagePath?.startsWith('services/') ?? false;
}

export function isCompositionRoot(packagePath: string | undefined): boolean {
  return packagePath !== undefined && COMPOSITION_ROOTS.includes(packagePath);
}

export function isLibrary(packagePath: string | undefined): boolean {
  return packagePath?.startsWith('libs/') ?? false;
}

/** Specs, and what only specs of a service share. */
export function isSpec(path: string): boolean {
  return path.endsWith('.spec.ts') || path.includes('/src/spec-support/');
}

/** True for files below a feature folder, `services/<service>/src/<feature>/…`; composition roots have no features. */
export function isInFeature(path: string): boolean {
  return /^services\/[^/]+\/src\/[^/]+\//.test(path) && !isCompositionRoot(packageOf(path));
}

/** `read-model` of `holdings.read-model.ts`; undefined when the name bears no role. */
export function roleOf(path: string): string | undefined {
  const [, ...parts] = (path.split('/').at(-1) ?? '').split('.').slice(0, -1);
  return parts.length === 0 ? undefined : parts.join('.');
}

/** Code that may reach no I/O, clock or random source. */
export function isDomain(path: string): boolean {
  if (isSpec(path)) return false;
  return PURE_LIBRARY_CODE.some((pattern) => pattern.test(path)) || (isInFeature(path) && roleOf(path) === undefined);
}

import { transformSync } from '@swc/core';
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { spoil, type Bug } from './bug.js';

const ROOT = join(import.meta.dirname, '../../..');

/** Loads the bug's module with the mistake in it. In this process only, and before the module is loaded. @throws {BugOutOfDate} */
export function plant(bug: Bug): void {
  const file = join(ROOT, bug.file);
  const url = pathToFileURL(file).href;
  const { code } = transformSync(spoil(bug, readFileSync(file, 'utf8')), {
    filename: file,
    sourceMaps: false,
    swcrc: false,
    configFile: false,
    module: { type: 'nodenext' },
    jsc: { target: 'es2023', parser: { syntax: 'typescript', decorators: true }, transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false }, keepClassNames: true },
  });
  registerHooks({
    load: (asked, context, next) => (asked === url ? { format: 'module', source: code, shortCircuit: true } : next(asked, context)),
  });
}

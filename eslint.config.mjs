import tseslint from 'typescript-eslint';
import { DOMAIN_PURITY } from './test/lint-rules/domain-purity.ts';
import { folderNames } from './test/lint-rules/folder-names.ts';
import { noAmountAsNumber } from './test/lint-rules/no-amount-as-number.ts';
import { DOMAIN_GLOBS } from './test/walls/rooms.ts';

// Loaded by Node 24, which reads TypeScript: inside npm scripts that is always the Node at work here.
export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '.nx/**', 'test-results/**', 'coverage/**'] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    plugins: { qazyna: { rules: { 'no-amount-as-number': noAmountAsNumber, 'folder-names': folderNames } } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // `verbatimModuleSyntax` and `consistent-type-imports` stay off: Nest reads constructor types at run time.
      'max-lines': ['warn', { max: 350, skipBlankLines: true, skipComments: true }],
      'qazyna/folder-names': 'error',
      'qazyna/no-amount-as-number': 'error',
    },
  },
  {
    files: ['**/*.spec.ts'],
    rules: {
      // Specs hand numbers over as amounts on purpose, to see them refused.
      'qazyna/no-amount-as-number': ['error', { declarations: false }],
    },
  },
  {
    // An output's value on chain is an amount too, and Bitcoin's RPC writes it as a JSON number of coins.
    files: ['libs/bitcoin/src/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: { 'qazyna/no-amount-as-number': ['error', { properties: ['value'] }] },
  },
  { files: [...DOMAIN_GLOBS], rules: DOMAIN_PURITY },
  {
    files: ['**/*.mjs'],
    ...tseslint.configs.disableTypeChecked,
    rules: { ...tseslint.configs.disableTypeChecked.rules, 'qazyna/no-amount-as-number': 'off' },
  },
);

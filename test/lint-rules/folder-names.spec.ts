import { Linter } from 'eslint';
import { parser } from 'typescript-eslint';
import { folderNames } from './folder-names.ts';

function messagesFor(path: string): readonly string[] {
  const plugin = { rules: { 'folder-names': folderNames } } as unknown as NonNullable<Linter.Config['plugins']>[string];
  const config: Linter.Config[] = [
    { files: ['**/*.ts'], languageOptions: { parser }, plugins: { qazyna: plugin }, rules: { 'qazyna/folder-names': 'error' } },
  ];
  return new Linter({ cwd: '/workspace' }).verify('', config, `/workspace/${path}`).map(({ message }) => message);
}

it.each(['libs/ledger/src/utils/sums.ts', 'libs/common/src/index.ts', 'services/intake/src/seizures/helpers.ts', 'test/Utils.spec.ts'])(
  'refuses %s',
  (path) => {
    expect(messagesFor(path)).toHaveLength(1);
  },
);

it.each(['libs/ledger/src/sums.ts', 'libs/testing/src/index.ts', 'services/custody/src/common-vaults/vault.ts'])('accepts %s', (path) => {
  expect(messagesFor(path)).toEqual([]);
});

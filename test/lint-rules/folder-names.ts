import { relative } from 'node:path';
import { ESLintUtils } from '@typescript-eslint/utils';

/** A name that fits everything says nothing: rooms are named after what lives in them. */
const EMPTY_NAMES: ReadonlySet<string> = new Set(['util', 'utils', 'common', 'helper', 'helpers', 'misc', 'shared', 'stuff']);

export const folderNames = ESLintUtils.RuleCreator.withoutDocs<[], 'empty'>({
  meta: {
    type: 'problem',
    schema: [],
    messages: { empty: '"{{ name }}" says nothing about what is inside; name the file or folder after its subject.' },
    defaultOptions: [],
  },
  create(context) {
    return {
      Program(node) {
        const parts = relative(context.cwd, context.filename).split(/[\\/]/);
        const name = parts.map((part) => part.replace(/\..*$/, '').toLowerCase()).find((part) => EMPTY_NAMES.has(part));
        if (name !== undefined) context.report({ node, messageId: 'empty', data: { name } });
      },
    };
  },
});

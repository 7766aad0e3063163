import type { Linter } from 'eslint';

/**
 * Domain code is a function of its input: no clock, no random source, no timers, no ambient process or network. What it
 * may import is the walls' business (test/walls); these rules see to what needs no import.
 */
export const DOMAIN_PURITY: Linter.RulesRecord = {
  'no-restricted-globals': [
    'error',
    ...[
      'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'fetch', 'WebSocket', 'EventSource', 'process',
      'performance', 'crypto', 'console', 'globalThis', 'global', 'require',
    ].map((name) => ({ name, message: 'Domain code has no clock, no randomness and no I/O; pass what it needs inside the command.' })),
  ],
  'no-restricted-properties': [
    'error',
    { object: 'Date', property: 'now', message: 'Times arrive inside the command.' },
    { object: 'Math', property: 'random', message: 'Random values arrive inside the command.' },
    { object: 'Temporal', property: 'Now', message: 'Times arrive inside the command.' },
  ],
  'no-restricted-syntax': [
    'error',
    { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Times arrive inside the command.' },
    { selector: "CallExpression[callee.name='Date']", message: 'Times arrive inside the command.' },
    { selector: "VariableDeclarator[init.name=/^(Date|Math)$/]", message: 'Do not rename or take apart Date or Math: their clock and random source are out of bounds.' },
    { selector: 'ImportExpression', message: 'Domain code imports statically, so that the walls see what it reaches.' },
  ],
  'no-restricted-imports': [
    'error',
    {
      paths: ['node:crypto', 'crypto'].map((name) => ({
        name,
        allowImportNames: ['createHash', 'createHmac', 'createPublicKey', 'hash', 'timingSafeEqual', 'verify', 'KeyObject'],
        message: 'Domain code hashes and verifies; it makes no keys and no random values.',
      })),
    },
  ],
};

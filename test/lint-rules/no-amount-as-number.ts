import { AST_NODE_TYPES, ESLintUtils, type ParserServicesWithTypeInformation, type TSESTree } from '@typescript-eslint/utils';
import ts from 'typescript';

/**
 * No amount passes through a JavaScript number: a double holds 53 bits, and the ledger is exact to the last unit.
 * An amount is every bigint, unless its name says that it counts something else, and everything named like an amount.
 */

type MessageId = 'conversion' | 'declaration';

export interface Options {
  /** Report numbers declared under an amount's name. Off where specs hand over bad input on purpose. */
  readonly declarations?: boolean;
  /** More names of properties that hold amounts, where the folder's vocabulary has them. */
  readonly properties?: readonly string[];
}

/** Last words of names that stand for amounts: `amount`, `feeSats`, `opening_balance`. */
const AMOUNT_WORDS: ReadonlySet<string> = new Set([
  'amount', 'amounts', 'balance', 'balances', 'fee', 'fees', 'sat', 'sats', 'satoshi', 'satoshis', 'msat', 'msats', 'wei', 'gwei', 'baseunit', 'baseunits',
]);

/** Last words of names of bigints that count no money: places in a log, time, proof of work. */
const OTHER_BIGINT_WORDS: ReadonlySet<string> = new Set([
  'position', 'positions', 'revision', 'revisions', 'rowid', 'changes', 'commit', 'prepare', 'ns', 'nanoseconds', 'height', 'index', 'offset', 'size', 'work', 'target',
]);

const NUMBER_MAKERS: ReadonlySet<string> = new Set(['Number', 'parseInt', 'parseFloat']);
const NUMBER_OWNERS: ReadonlySet<string> = new Set(['Number', 'Math']);
/** Methods that only a number has. */
const NUMBER_METHODS: ReadonlySet<string> = new Set(['toFixed', 'toPrecision', 'toExponential']);

export const noAmountAsNumber = ESLintUtils.RuleCreator.withoutDocs<[Options], MessageId>({
  meta: {
    type: 'problem',
    schema: [
      {
        type: 'object',
        additionalProperties: false,
        properties: { declarations: { type: 'boolean' }, properties: { type: 'array', items: { type: 'string' } } },
      },
    ],
    messages: {
      conversion: '{{ what }} makes a JavaScript number of an amount; amounts are bigint, and decimal strings outside.',
      declaration: '"{{ name }}" names an amount, so it may not be a number: use bigint, or another name if it is none.',
    },
    defaultOptions: [{ declarations: true, properties: [] }],
  },
  create(context) {
    const services = ESLintUtils.getParserServices(context);
    const { declarations = true, properties = [] } = context.options[0] ?? {};

    const isAmount = (node: TSESTree.Node): boolean => {
      if (node.type === AST_NODE_TYPES.TSAsExpression) return isAmount(node.expression);
      const name = nameOf(node);
      if (namesAmount(name)) return true;
      return contains(services, node, ts.TypeFlags.BigIntLike) && !OTHER_BIGINT_WORDS.has(wordsOf(name).at(-1) ?? '');
    };

    const forbidConversion = (node: TSESTree.Node, what: string, values: readonly TSESTree.Node[]): void => {
      if (values.some(isAmount)) context.report({ node, messageId: 'conversion', data: { what } });
    };

    const forbidNumber = (node: TSESTree.Node, name: string | undefined, known: readonly string[] = []): void => {
      if (!declarations || name === undefined || !(namesAmount(name) || known.includes(name))) return;
      if (contains(services, node, ts.TypeFlags.NumberLike)) context.report({ node, messageId: 'declaration', data: { name } });
    };

    return {
      CallExpression({ callee, arguments: values }) {
        if (callee.type === AST_NODE_TYPES.Identifier && NUMBER_MAKERS.has(callee.name)) forbidConversion(callee, `${callee.name}()`, values);
        if (callee.type !== AST_NODE_TYPES.MemberExpression) return;
        const method = nameOf(callee) ?? '';
        if (NUMBER_OWNERS.has(nameOf(callee.object) ?? '')) forbidConversion(callee, `${nameOf(callee.object)}.${method}()`, values);
        if (NUMBER_METHODS.has(method)) forbidConversion(callee, `${method}()`, [callee.object]);
        // `amounts.map(Number)` converts without a call of its own.
        const maker = values.map(nameOf).find((name) => name !== undefined && NUMBER_MAKERS.has(name));
        if (maker !== undefined) forbidConversion(callee, maker, [callee.object]);
      },
      UnaryExpression({ operator, argument }) {
        if (operator === '+') forbidConversion(argument, 'unary plus', [argument]);
      },
      TSAsExpression({ expression, typeAnnotation }) {
        if (typeAnnotation.type !== AST_NODE_TYPES.TSNumberKeyword) return;
        // What may be a number already, such as a column's value, is only narrowed by a cast, unless its name says more.
        const narrows = contains(services, expression, ts.TypeFlags.NumberLike) && !namesAmount(nameOf(expression));
        if (!narrows) forbidConversion(expression, 'a cast', [expression]);
      },
      PropertyDefinition: (node) => forbidNumber(node, nameOf(node.key), properties),
      TSPropertySignature: (node) => forbidNumber(node, nameOf(node.key), properties),
      Property(node) {
        if (node.parent.type === AST_NODE_TYPES.ObjectExpression) forbidNumber(node.value, nameOf(node.key));
      },
      VariableDeclarator: ({ id }) => forbidNumber(id, nameOf(id)),
      MemberExpression: (node) => forbidNumber(node, nameOf(node)),
      ':function'({ params }: TSESTree.FunctionLike) {
        for (const param of params) {
          const named = param.type === AST_NODE_TYPES.TSParameterProperty ? param.parameter : param;
          const target = named.type === AST_NODE_TYPES.AssignmentPattern ? named.left : named;
          forbidNumber(target, nameOf(target));
        }
      },
    };
  },
});

function namesAmount(name: string | undefined): boolean {
  const words = wordsOf(name);
  return AMOUNT_WORDS.has(words.at(-1) ?? '') || AMOUNT_WORDS.has(words.slice(-2).join(''));
}

/** The name that an expression goes by: of the variable, the property or the called function. */
function nameOf(node: TSESTree.Node): string | undefined {
  switch (node.type) {
    case AST_NODE_TYPES.Identifier:
    case AST_NODE_TYPES.PrivateIdentifier:
      return node.name;
    case AST_NODE_TYPES.Literal:
      return typeof node.value === 'string' ? node.value : undefined;
    case AST_NODE_TYPES.MemberExpression:
      return nameOf(node.property);
    case AST_NODE_TYPES.CallExpression:
      return nameOf(node.callee);
    case AST_NODE_TYPES.TSAsExpression:
    case AST_NODE_TYPES.TSNonNullExpression:
    case AST_NODE_TYPES.ChainExpression:
      return nameOf(node.expression);
    case AST_NODE_TYPES.AwaitExpression:
      return nameOf(node.argument);
    default:
      return undefined;
  }
}

/** `feeSats`, `fee_sats` and `FEE_SATS` are all "fee", "sats"; `balanceOf` is "balance". */
function wordsOf(name: string | undefined): readonly string[] {
  if (name === undefined) return [];
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase().split(/[^a-z0-9]+/);
  return words.filter((word, index) => word !== '' && !(word === 'of' && index === words.length - 1));
}

/** Whether the type, a part of its union, or an element of its array is of this kind. */
function contains(services: ParserServicesWithTypeInformation, node: TSESTree.Node, flags: ts.TypeFlags): boolean {
  const checker = services.program.getTypeChecker();
  const seen = new Set<ts.Type>();
  const has = (type: ts.Type): boolean => {
    // A type such as Json contains itself.
    if (seen.has(type)) return false;
    seen.add(type);
    if (type.isUnion()) return type.types.some(has);
    if (checker.isArrayType(type) || checker.isTupleType(type)) return checker.getTypeArguments(type as ts.TypeReference).some(has);
    return (type.flags & flags) !== 0;
  };
  return has(services.getTypeAtLocation(node));
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFormatter, createParser, DEFAULT_CONFIG, SchemaGenerator, type CompletedConfig, type Schema } from 'ts-json-schema-generator';
import ts from 'typescript';

/**
 * What each operation of the HTTP interface answers, as JSON Schema, from the return types of the controllers' methods:
 * the compiler holds what is sent against those, so that the description cannot say another thing than the code.
 */

interface Answer {
  readonly operationId: string;
  readonly type: string;
  /** What the method declares beside JSON. */
  readonly mediaTypes: readonly string[];
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: unknown }>> }>>;
}

const JSON_MEDIA = 'application/json';
const CONFIG: CompletedConfig = { ...DEFAULT_CONFIG, type: '*', expose: 'export', topRef: false, jsDoc: 'extended', sortProps: false, skipTypeCheck: true, additionalProperties: true, functions: 'hide' };

/** The document with the shape of every answer that is no problem. @param root the workspace */
export function withAnswers<T extends object>(document: T, root: string): T {
  const { paths, components } = document as unknown as Document;
  const answers = new Map<string, Answer>();
  const written = new Map<string, string>();
  for (const file of controllersIn(root)) {
    const source = readFileSync(file, 'utf8');
    const found = answersIn(ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true));
    for (const answer of found) answers.set(answer.operationId, answer);
    // Where a type is written all the names in it are known: it gets a name of its own there.
    written.set(file, `${source}\n${found.map(({ operationId, type }) => `export type ${aliasOf(operationId)} = ${type};`).join('\n')}\n`);
  }
  const program = programOf(root, written);
  const generator = new SchemaGenerator(program, createParser(program, CONFIG), createFormatter(CONFIG), CONFIG);
  const shapes = new Map<string, Schema>();
  const described = (operation: Operation): Operation => {
    const answer = answers.get(operation.operationId);
    if (answer === undefined) return operation;
    const { definitions = {}, ...shape } = generator.createSchema(aliasOf(answer.operationId));
    delete shape.$schema;
    for (const [name, definition] of Object.entries(definitions)) note(shapes, nameOf(name), pointed(definition as Schema));
    return { ...operation, responses: withContent(operation, contentOf(pointed(shape), answer.mediaTypes)) };
  };
  const all = Object.entries(paths).map(([path, operations]) => [path, Object.fromEntries(Object.entries(operations).map(([method, operation]) => [method, described(operation)]))] as const);
  // A class of messages describes itself, with its rules.
  return { ...document, paths: Object.fromEntries(all), components: { ...components, schemas: { ...Object.fromEntries(shapes), ...components.schemas } } };
}

/** @throws {Error} two types have one name */
function note(shapes: Map<string, Schema>, name: string, shape: Schema): void {
  const known = shapes.get(name);
  if (known !== undefined && JSON.stringify(known) !== JSON.stringify(shape)) throw new Error(`two types of answers are named ${name}: one of them needs another name`);
  shapes.set(name, shape);
}

/** JSON as it is shaped, text as it is declared. */
function contentOf(shape: Schema, mediaTypes: readonly string[]): Record<string, { readonly schema: Schema }> {
  if (mediaTypes.length === 0) return { [JSON_MEDIA]: { schema: shape } };
  const parts = (shape.anyOf ?? [shape]) as readonly Schema[];
  const json = parts.find(({ type }) => type !== 'string');
  return Object.fromEntries(mediaTypes.map((media) => [media, { schema: media !== JSON_MEDIA || json === undefined ? { type: 'string' } : json }]));
}

function withContent({ responses }: Operation, content: Record<string, { readonly schema: Schema }>): Operation['responses'] {
  const done = Object.entries(responses).map(([status, response]) => {
    if (!status.startsWith('2')) return [status, response] as const;
    const media = Object.entries(content).map(([type, { schema }]) => [type, { schema, ...response.content?.[type] }] as const);
    return [status, { ...response, content: Object.fromEntries(media) }] as const;
  });
  return Object.fromEntries(done);
}

const aliasOf = (operationId: string): string => `Answer_${operationId}`;

/** A name that OpenAPI allows for a component. */
const nameOf = (type: string): string => type.replaceAll(/[^A-Za-z0-9]+/g, '_').replaceAll(/^_|_$/g, '');

/** The same with every reference to where OpenAPI keeps schemas. */
function pointed(schema: Schema): Schema {
  const text = JSON.stringify(schema, (key, value: unknown) => (key === '$ref' && typeof value === 'string' ? `#/components/schemas/${nameOf(decodeURIComponent(value.slice('#/definitions/'.length)))}` : value));
  return JSON.parse(text) as Schema;
}

function controllersIn(root: string): string[] {
  return ['services', 'libs'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.controller.ts') && path.includes('/src/') && !path.includes('node_modules'))
      .map((path) => join(root, folder, path)),
  );
}

/** Of each decorated method of the controllers that says what it answers. */
function answersIn(source: ts.SourceFile): Answer[] {
  return source.statements.filter(ts.isClassDeclaration).flatMap((controller) =>
    controller.members.filter(ts.isMethodDeclaration).flatMap((method): Answer[] => {
      const decorators = (ts.getDecorators(method) ?? []).flatMap(({ expression }) => (ts.isCallExpression(expression) ? [expression] : []));
      if (method.type === undefined || decorators.length === 0) return [];
      const type = settled(method.type);
      if (type.kind === ts.SyntaxKind.VoidKeyword) return [];
      const produces = decorators.filter(({ expression }) => expression.getText() === 'ApiProduces').flatMap((decorator) => [...decorator.arguments]);
      const named = type.getText();
      return [{ operationId: `${controller.name?.text.replace(/Controller$/, '') ?? ''}_${method.name.getText()}`, type: named === 'StreamableFile' ? 'unknown' : named, mediaTypes: produces.flatMap((argument) => (ts.isStringLiteral(argument) ? [argument.text] : [])) }];
    }),
  );
}

function settled(type: ts.TypeNode): ts.TypeNode {
  return ts.isTypeReferenceNode(type) && type.typeName.getText() === 'Promise' ? (type.typeArguments?.[0] ?? type) : type;
}

/** The compiler's view of the workspace, with the given texts in place of what the files hold. */
function programOf(root: string, written: ReadonlyMap<string, string>): ts.Program {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.base.json'), (path) => ts.sys.readFile(path)) as { config: object };
  const { options } = ts.parseJsonConfigFileContent({ ...config, files: [] }, ts.sys, root);
  const settings = { ...options, noEmit: true, composite: false, declaration: false, declarationMap: false, incremental: false };
  const host = ts.createCompilerHost(settings);
  const read = host.readFile.bind(host);
  host.readFile = (path) => written.get(path) ?? read(path);
  return ts.createProgram([...written.keys()], settings, host);
}

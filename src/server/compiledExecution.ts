import {
  type DocumentNode,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  type GraphQLType,
  getNamedType,
  getOperationAST,
  isInputObjectType,
  type NamedTypeNode,
  typeFromAST,
  visit,
} from 'graphql';
import type { CompiledQuery } from 'graphql-jit';
import { LRUCache } from 'lru-cache';

export interface CompilableOperation {
  /** The same object for the same text: what was compiled is found by it. */
  readonly document: DocumentNode | undefined;
  readonly operationName: string | null | undefined;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
}

export interface CompiledResult {
  readonly data: Record<string, unknown> | null;
  readonly errors: readonly GraphQLError[];
}

export interface CompiledExecution {
  /** null = to be executed by graphql's own `execute`; no resolver has run then. */
  execute(operation: CompilableOperation, context: unknown): Promise<CompiledResult | null>;
}

/** The most operations that stay compiled; clients of one company have a few dozen. */
const maxCompiled = 500;

/** null = it cannot be compiled. */
type Compiled = CompiledQuery | null;

/**
 * Executes operations as functions that were compiled for them. What was asked only once is not compiled, because that costs
 * more than one execution; nor is anything with @defer, whose parts only an executor can send, or with a filter in a variable.
 */
export function createCompiledExecution(schema: GraphQLSchema): CompiledExecution {
  const asked = new WeakSet<DocumentNode>();
  const compiled = new LRUCache<DocumentNode, Map<string, Promise<Compiled>>>({ max: maxCompiled });

  function find(document: DocumentNode, operationName: string): Promise<Compiled> | null {
    if (!asked.has(document)) {
      asked.add(document);
      return null;
    }
    const byName = compiled.get(document) ?? new Map<string, Promise<Compiled>>();
    compiled.set(document, byName);
    const found = byName.get(operationName) ?? compile(schema, document, operationName);
    byName.set(operationName, found);
    return found;
  }

  return {
    async execute({ document, operationName, variables }, context) {
      const query = document && (await find(document, operationName ?? ''));
      const result = query ? await query.query(undefined, context, variables) : null;
      // Variables that do not fit: graphql's own words for that are known to clients.
      if (result?.data === undefined) return null;
      return { data: result.data, errors: (result.errors ?? []).map(toRealError) };
    },
  };
}

async function compile(schema: GraphQLSchema, document: DocumentNode, operationName: string): Promise<Compiled> {
  if (hasDefer(document) || takesEndlessInput(schema, document, operationName)) return null;
  // Loaded with the first operation that is asked for twice.
  const { compileQuery, isCompiledQuery } = await import('graphql-jit');
  // What a fragment's own @skip and @include say is only obeyed with this.
  const options = { useExperimentalPathBasedSkipInclude: true };
  const query = compileQuery(schema, document, operationName || undefined, options);
  return isCompiledQuery(query) ? query : null;
}

/**
 * An input type that holds itself, as a filter does, is written out by the compiler level by level: seconds, in which nobody
 * is answered.
 */
function takesEndlessInput(schema: GraphQLSchema, document: DocumentNode, operationName: string): boolean {
  const variables = getOperationAST(document, operationName || undefined)?.variableDefinitions ?? [];
  return variables.some(({ type }) => holdsItself(typeFromAST(schema, type as NamedTypeNode), []));
}

function holdsItself(type: GraphQLType | undefined, around: readonly GraphQLType[]): boolean {
  const named = getNamedType(type);
  if (!named || !isInputObjectType(named)) return false;
  if (around.includes(named)) return true;
  return Object.values(named.getFields()).some((field) => holdsItself(field.type, [...around, named]));
}

function hasDefer(document: DocumentNode): boolean {
  let found = false;
  visit(document, {
    Directive({ name }) {
      if (name.value === 'defer' || name.value === 'stream') found = true;
    },
  });
  return found;
}

/** Where in the document each error stands; a GraphQLError of our own would need its nodes for that. */
const locations = new WeakMap<GraphQLError, GraphQLError['locations']>();

/** graphql-jit's errors only pass for GraphQLError: `extensions`, which every one has, may be undefined. */
function toRealError(error: GraphQLError): GraphQLError {
  const { message, path, originalError } = error;
  const real = new GraphQLError(message, { path, originalError });
  locations.set(real, error.locations);
  return real;
}

/** As Apollo Server formats an error of an execution. */
export function formatCompiled(error: GraphQLError): GraphQLFormattedError {
  const at = locations.get(error);
  const { message, path, extensions } = error;
  return {
    message,
    ...(at && { locations: at }),
    ...(path && { path }),
    extensions: { ...extensions, code: extensions['code'] ?? 'INTERNAL_SERVER_ERROR' },
  };
}

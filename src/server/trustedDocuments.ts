import { GraphQLError, type GraphQLSchema, parse, specifiedRules, type ValidationRule, validate } from 'graphql';
import { ConfigurationError, type Problem } from '../errors.js';

/** What a request says of the document that it wants executed. */
export interface AskedDocument {
  readonly query?: unknown;
  readonly documentId?: unknown;
  readonly extensions?: unknown;
}

/** `asIs`: the request means what it says. Otherwise this text is what is to be executed, or nothing is. */
export type FoundDocument = { readonly query: string } | 'asIs' | 'refused';

/** Documents that were written by whoever runs the gateway, by id: clients need not send them, and may have to. */
export interface TrustedDocuments {
  find(asked: AskedDocument): FoundDocument;
}

/** What is checked against: the file's own text, the schema, and the rules that every document must keep to. */
export interface DocumentFile {
  readonly file: string;
  readonly text: string;
}

/**
 * Reads a file of documents by their ids, whatever these are hashes of.
 * @throws ConfigurationError with everything that is wrong with any of them.
 */
export function readDocuments(
  { file, text }: DocumentFile,
  schema: GraphQLSchema,
  rules: readonly ValidationRule[],
): ReadonlyMap<string, string> {
  const entries = Object.entries(parseObject(file, text));
  const problems = entries.flatMap(([id, document]): Problem[] =>
    complaintsOf(document, schema, rules).map((message) => ({ file, message: `${shortened(id)}: ${message}` })),
  );
  if (problems.length > 0) throw new ConfigurationError(problems);
  return new Map(entries as [string, string][]);
}

/** Ids come as `documentId` or in the extension of Apollo's clients; both may say that they are a SHA-256. */
export function createTrustedDocuments(
  documents: ReadonlyMap<string, string>,
  mode: 'off' | 'enforce',
): TrustedDocuments {
  const texts = new Set(documents.values());
  const otherwise = mode === 'enforce' ? 'refused' : 'asIs';

  function findById(id: unknown, query: unknown): FoundDocument {
    const found = typeof id === 'string' ? documents.get(id.replace(/^sha256:/, '')) : undefined;
    if (found === undefined) return otherwise;
    // The id of one document with the text of another is a mistake at best.
    return query === undefined || query === found ? { query: found } : 'refused';
  }

  return {
    find({ query, documentId, extensions }) {
      const id = documentId ?? idIn(extensions);
      if (id !== undefined) return findById(id, query);
      if (query === undefined) return 'asIs';
      return typeof query === 'string' && texts.has(query) ? { query } : otherwise;
    },
  };
}

function idIn(extensions: unknown): unknown {
  const { persistedQuery } = (extensions ?? {}) as { persistedQuery?: { sha256Hash?: unknown } | null };
  return persistedQuery?.sha256Hash;
}

function parseObject(file: string, text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new ConfigurationError([
    { file, message: 'write a JSON object of documents by their ids: { "ID": "query …" }' },
  ]);
}

function complaintsOf(document: unknown, schema: GraphQLSchema, rules: readonly ValidationRule[]): string[] {
  if (typeof document !== 'string') return ['write the text of a document'];
  try {
    return validate(schema, parse(document), [...specifiedRules, ...rules]).map(({ message }) => message);
  } catch (error) {
    if (error instanceof GraphQLError) return [error.message];
    throw error;
  }
}

function shortened(id: string): string {
  return id.length > 12 ? `${id.slice(0, 12)}…` : id;
}

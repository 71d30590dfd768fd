import { makeExecutableSchema } from '@graphql-tools/schema';
import { type DocumentNode, GraphQLError, type GraphQLSchema, Kind, parse, Source, validateSchema } from 'graphql';
import { validateSDL } from 'graphql/validation/validate.js';
import { ConfigurationError, type Problem, type SourceName } from '../errors.js';
import { figureMappings } from '../figureMappings.js';
import { type Figures, readFigures } from '../figures.js';
import { contractProblems, withSharedDefinitions } from './contract.js';
import { isDerived, isStale, lineOfDerived, withDerivedTypes, withoutDerivedTypes, writeDerived } from './derived.js';
import { resolvers } from './resolvers.js';
import { scalars } from './scalars.js';

/** A schema file that was checked: its figures are the gateway's mapping. */
export interface SchemaFile {
  readonly document: DocumentNode;
  /** What is executed. */
  readonly schema: GraphQLSchema;
  readonly figures: Figures;
  /** The file still says of its figures what they were. It is served as they are now. */
  readonly isStale: boolean;
}

export interface SchemaText {
  readonly file: string;
  readonly text: string;
}

/**
 * Reads a schema file against the contract, which is the schema that comes with the gateway. The file may leave out any
 * type or field and may add figures; directives and scalars that it uses need not be repeated.
 * @throws ConfigurationError with every problem: file, line, and what to write instead.
 */
export function readSchema(
  { file, text }: SchemaText,
  contractText: SchemaText,
  sources: Readonly<Record<SourceName, boolean>>,
): SchemaFile {
  const contract = withoutDerivedTypes(parseFile(contractText));
  const own = text === contractText.text ? contract : withoutDerivedTypes(parseFile({ file, text }));
  const written = withSharedDefinitions(own, contract);
  const { figures, problems } = readFigures(written);
  const all = [...problems, ...contractProblems(written, contract), ...absentSources(written, file, sources)];
  if (all.length > 0) throw new ConfigurationError(all);
  const document = withSharedDefinitions(withDerivedTypes(written, figures), contract);
  const schema = buildValid(document, file);
  return { document, schema, figures, isStale: isStale(text, figures) };
}

/**
 * The text of a schema file with everything up to date that follows from its figures.
 * @throws ConfigurationError with every figure that cannot be read.
 */
export function generateSchema({ file, text }: SchemaText): string {
  const { figures, problems } = readFigures(parseFile({ file, text }));
  if (problems.length > 0) throw new ConfigurationError(problems);
  return writeDerived(text, figures);
}

/** The schema that is executed: resolvers attach to what the document has. */
export function buildSchema(document: DocumentNode): GraphQLSchema {
  const schema = makeExecutableSchema({
    typeDefs: document,
    resolvers: [resolvers as Record<string, object>, scalars] as never,
    resolverValidationOptions: { requireResolversToMatchSchema: 'ignore' },
  });
  // A scalar comes with the description of its library; the file's own says what it is here.
  for (const definition of document.definitions) {
    const type = definition.kind === Kind.SCALAR_TYPE_DEFINITION ? schema.getType(definition.name.value) : undefined;
    if (type && 'description' in definition) type.description = definition.description?.value;
  }
  return schema;
}

function parseFile({ file, text }: SchemaText): DocumentNode {
  try {
    return parse(new Source(text, file));
  } catch (error) {
    if (error instanceof GraphQLError) throw new ConfigurationError([toProblem(error, file)]);
    throw error;
  }
}

/** @throws ConfigurationError with every problem that graphql finds. */
function buildValid(document: DocumentNode, file: string): GraphQLSchema {
  const check = (errors: readonly GraphQLError[]) => {
    if (errors.length > 0) throw new ConfigurationError(errors.map((error) => sdlProblem(error, document, file)));
  };
  check(validateSDL(document));
  const schema = buildSchema(document);
  check(validateSchema(schema));
  return schema;
}

function sdlProblem(error: GraphQLError, document: DocumentNode, file: string): Problem {
  const line = isDerived(error) ? lineOfDerived(document) : undefined;
  return line === undefined ? toProblem(error, file) : { file, line, message: error.message };
}

/** A type that only an absent source could feed would always be null. */
function absentSources(
  document: DocumentNode,
  file: string,
  sources: Readonly<Record<SourceName, boolean>>,
): Problem[] {
  return Object.entries(figureMappings).flatMap(([typeName, { source }]) => {
    const type = document.definitions.find((definition) => 'name' in definition && definition.name?.value === typeName);
    if (!type || source === null || sources[source]) return [];
    const message = `${typeName} has no source; add sources.${source} to the configuration, or remove the type.`;
    return [type.loc ? { file, line: type.loc.startToken.line, message } : { file, message }];
  });
}

function toProblem({ message, locations }: GraphQLError, file: string): Problem {
  const line = locations?.[0]?.line;
  return line === undefined ? { file, message } : { file, line, message };
}

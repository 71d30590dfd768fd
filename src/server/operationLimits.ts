import type { ApolloServerPlugin, GraphQLRequestContextDidResolveOperation } from '@apollo/server';
import { type FragmentDefinitionNode, GraphQLError, getVariableValues, Kind } from 'graphql';
import { GatewayError } from '../errors.js';
import type { Context } from '../schema/context.js';
import { countValues } from './answerSize.js';

/** Input types are two levels deep; a variable that goes deeper is none of ours. */
const maxVariableDepth = 10;

/** Refuses what only the variables show to be too much, before anything is executed. */
export function limitOperations(limits: { readonly values: number }): ApolloServerPlugin<Context> {
  return {
    async requestDidStart() {
      return {
        async didResolveOperation(request) {
          const refusal = refusalOf(request, limits.values);
          if (!refusal) return;
          const extensions = { ...refusal.extensions, http: { status: 400 } };
          throw new GraphQLError(refusal.message, { originalError: refusal, extensions });
        },
      };
    },
  };
}

function refusalOf(request: GraphQLRequestContextDidResolveOperation<Context>, maxValues: number): GatewayError | null {
  const { operation, document, schema, contextValue } = request;
  // Apollo says that there is none of this name.
  if (!operation) return null;
  const { variables = {} } = request.request;
  if (isDeeperThan(variables, maxVariableDepth)) {
    return new GatewayError('BAD_USER_INPUT', `variables: nested more than ${maxVariableDepth} levels deep.`);
  }
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variables, { maxErrors: 1 });
  // Wrong ones are refused by the execution, which says what is wrong with each.
  if (!coerced) return null;
  const fragments = new Map(
    document.definitions
      .filter((definition): definition is FragmentDefinitionNode => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((fragment) => [fragment.name.value, fragment]),
  );
  const { catalog, limits, now } = contextValue;
  const sites = catalog.sites.length;
  const values = countValues(operation, { schema, fragments, variables: coerced, sites, limits, now });
  return values <= maxValues ? null : tooLarge(values, maxValues);
}

function tooLarge(values: number, limit: number): GatewayError {
  const much = Number.isFinite(values) ? `up to ${Math.round(values).toLocaleString('en')}` : 'no end of';
  const message = `The answer would hold ${much} values; ${limit.toLocaleString('en')} are allowed. Ask for fewer products, fields or days at a time.`;
  return new GatewayError('QUERY_TOO_EXPENSIVE', message);
}

/** Without recursion: the depth is the sender's to choose. */
export function isDeeperThan(value: unknown, levels: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; depth <= levels; depth += 1) {
    level = level.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []));
    if (level.length === 0) return false;
  }
  return true;
}

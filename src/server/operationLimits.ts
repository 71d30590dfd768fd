import type { GraphQLRequestContextDidResolveOperation } from '@apollo/server';
import { type FragmentDefinitionNode, GraphQLError, getVariableValues, Kind } from 'graphql';
import { GatewayError } from '../errors.js';
import type { Context } from '../schema/context.js';
import { countValues } from './answerSize.js';

/** Input types are two levels deep; variables that go deeper are none of ours. */
const maxVariableDepth = 10;
/** Every value is coerced before a resolver could say that there are too many. */
const maxVariableValues = 2_000;

/**
 * Refuses what only the variables show to be too much, before anything is executed.
 * @throws GraphQLError that says how much it is and how much it may be.
 */
export function checkSize(
  request: GraphQLRequestContextDidResolveOperation<Context>,
  limits: { readonly values: number },
): void {
  const refusal = refusalOf(request, limits.values);
  if (!refusal) return;
  const extensions = { ...refusal.extensions, http: { status: 400 } };
  throw new GraphQLError(refusal.message, { originalError: refusal, extensions });
}

function refusalOf(request: GraphQLRequestContextDidResolveOperation<Context>, maxValues: number): GatewayError | null {
  const { operation, document, schema, contextValue } = request;
  // Apollo says that there is none of this name.
  if (!operation) return null;
  const { variables = {} } = request.request;
  const { catalog, limits, now } = contextValue;
  const values = Math.max(maxVariableValues, 2 * limits.ids);
  if (isLargerThan(variables, { levels: maxVariableDepth, values })) {
    const message = `variables: more than ${values} values, or nested more than ${maxVariableDepth} levels deep.`;
    return new GatewayError('BAD_USER_INPUT', message);
  }
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variables, { maxErrors: 1 });
  // Wrong ones are refused by the execution, which says what is wrong with each.
  if (!coerced) return null;
  const fragments = new Map(
    document.definitions
      .filter((definition): definition is FragmentDefinitionNode => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((fragment) => [fragment.name.value, fragment]),
  );
  const sites = catalog.sites.length;
  const size = countValues(operation, { schema, fragments, variables: coerced, sites, limits, now });
  return size <= maxValues ? null : tooLarge(size, maxValues);
}

function tooLarge(values: number, limit: number): GatewayError {
  const much = Number.isFinite(values) ? `up to ${Math.round(values).toLocaleString('en')}` : 'no end of';
  const message = `The answer would hold ${much} values; ${limit.toLocaleString('en')} are allowed. Ask for fewer products, fields or days at a time.`;
  return new GatewayError('QUERY_TOO_EXPENSIVE', message);
}

/** Level by level and not by recursion: the depth is the sender's to choose. Stops as soon as it knows. */
export function isLargerThan(value: unknown, { levels, values }: { levels: number; values: number }): boolean {
  let level: unknown[] = [value];
  let count = 0;
  for (let depth = 0; depth <= levels && count <= values; depth += 1) {
    level = level.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []));
    if (level.length === 0) return false;
    count += level.length;
  }
  return true;
}

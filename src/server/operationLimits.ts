import type { GraphQLRequestContextDidResolveOperation } from '@apollo/server';
import { type FragmentDefinitionNode, getVariableValues, Kind } from 'graphql';
import { GatewayError } from '../errors.js';
import type { Context } from '../schema/context.js';
import { countValues } from './answerSize.js';

/** A filter nests a few levels, and is coerced by recursion; what goes deeper is no question that people ask. */
const maxVariableDepth = 50;
/** Every value is coerced before a resolver could say that there are too many. */
const maxVariableValues = 2_000;

/**
 * What only the variables show to be too much, before anybody reads them; it says how much it is and how much it may be.
 * null = it is not too large, or cannot be run at all.
 */
export function oversizeOf(
  request: GraphQLRequestContextDidResolveOperation<Context>,
  { values: maxValues }: { readonly values: number },
): GatewayError | null {
  const { operation, document, schema, contextValue } = request;
  // Apollo says that there is none of this name.
  if (!operation) return null;
  const { variables = {} } = request.request;
  const { catalog, limits, now } = contextValue;
  const values = Math.max(maxVariableValues, 2 * limits.ids);
  if (isLargerThan(variables, { levels: maxVariableDepth, values })) {
    const message = `variables: more than ${values.toLocaleString('en')} values, or nested more than ${maxVariableDepth} levels deep.`;
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

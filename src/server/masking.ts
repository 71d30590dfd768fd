import { unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { GatewayError } from '../errors.js';

/** Codes of Apollo's own for requests that are wrong in themselves: written for clients, made from the request alone. */
const requestCodes: ReadonlySet<unknown> = new Set([
  'BAD_REQUEST',
  'BAD_USER_INPUT',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'QUERY_TOO_EXPENSIVE',
  'UNAUTHENTICATED',
]);

/** Whether the error is one that a client may read; every other one is a fault of ours, for the log only. */
export function isForClients(error: unknown, code: unknown): boolean {
  if (error instanceof GraphQLError && error.originalError instanceof GatewayError) return true;
  const original = unwrapResolverError(error);
  if (original instanceof GatewayError) return true;
  return original instanceof GraphQLError && requestCodes.has(code);
}

/** What a client reads of an error: itself where it was written for clients, otherwise only where it happened. */
export function maskError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  if (isForClients(error, formatted.extensions?.['code'])) return withoutInside(formatted);
  const { path, locations } = formatted;
  return {
    message: 'The gateway failed on this field; its log knows more.',
    ...(locations && { locations }),
    ...(path && { path }),
    extensions: { code: 'INTERNAL_SERVER_ERROR', retryable: false },
  };
}

/** For a request that got as far as an operation without a viewer. */
export function unauthenticated(): GraphQLError {
  return new GraphQLError('Send a valid key or token: Authorization: Bearer …', {
    extensions: { code: 'UNAUTHENTICATED', http: { status: 401 } },
  });
}

/** What the parser did not say itself, but the engine did when the parser had gone too deep for it, is made plain. */
function withoutInside(formatted: GraphQLFormattedError): GraphQLFormattedError {
  const isOfEngine =
    formatted.extensions?.['code'] === 'GRAPHQL_PARSE_FAILED' && !formatted.message.startsWith('Syntax Error');
  return isOfEngine ? { ...formatted, message: 'Syntax Error: The document is nested too deeply.' } : formatted;
}

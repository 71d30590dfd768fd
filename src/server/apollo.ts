import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { ApolloServerPluginLandingPageLocalDefault } from '@apollo/server/plugin/landingPage/default';
import type { GraphQLSchema } from 'graphql';
import type { Clock } from '../clock.js';
import { Disconnected } from '../errors.js';
import type { Context } from '../schema/context.js';
import type { Report } from '../telemetry.js';
import { isForClients, maskError } from './masking.js';
import type { Traces } from './trace.js';

export interface ApolloOptions {
  schema: GraphQLSchema;
  production: boolean;
  /** An operation that Sandbox opens with. */
  sandboxDocument: string | undefined;
  /** Whether every answer carries its trace, or only that of a request that asks by `gateway-trace: 1`. */
  alwaysTrace: boolean;
  traces: Traces;
  clock: Clock;
  report: Report;
}

/** Apollo Server with the gateway's rules: nothing of the inside in an error, Sandbox and introspection in development only. */
export function createApollo(options: ApolloOptions): ApolloServer<Context> {
  const { schema, production, sandboxDocument, report } = options;
  const notice = (message: unknown) => report({ type: 'server.notice', message: String(message) });
  return new ApolloServer<Context>({
    schema,
    introspection: !production,
    hideSchemaDetailsFromClientErrors: production,
    includeStacktraceInErrorResponses: false,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    formatError: maskError,
    logger: { debug() {}, info() {}, warn: notice, error: notice },
    plugins: [
      ApolloServerPluginUsageReportingDisabled(),
      production
        ? ApolloServerPluginLandingPageDisabled()
        : ApolloServerPluginLandingPageLocalDefault({
            footer: false,
            ...(sandboxDocument && { document: sandboxDocument }),
          }),
      telemetryPlugin(options),
    ],
  });
}

/** Reports every operation, and writes the trace of its sources into the answer. */
function telemetryPlugin({ traces, clock, report, alwaysTrace }: ApolloOptions): ApolloServerPlugin<Context> {
  return {
    async requestDidStart({ request }) {
      const startedAt = clock.monotonic();
      const traced = alwaysTrace || request.http?.headers.get('gateway-trace') === '1';
      return {
        async didEncounterErrors({ errors, contextValue: { requestId } }) {
          for (const error of errors) {
            const known = isForClients(error, error.extensions['code']) || error.originalError instanceof Disconnected;
            if (!known) report({ type: 'request.failed', requestId, error: error.originalError ?? error });
          }
        },
        async willSendResponse({ response, contextValue: { requestId }, operationName, errors }) {
          if (traced && response.body.kind === 'single') {
            const { singleResult } = response.body;
            singleResult.extensions = { ...singleResult.extensions, sources: traces.read(requestId) };
          }
          const ms = clock.monotonic() - startedAt;
          report({
            type: 'request.finished',
            requestId,
            operation: operationName ?? null,
            ms,
            errors: errors?.length ?? 0,
          });
        },
      };
    },
  };
}

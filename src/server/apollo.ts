import { ApolloServer, type ApolloServerPlugin, type GraphQLRequestContext } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { ApolloServerPluginLandingPageLocalDefault } from '@apollo/server/plugin/landingPage/default';
import type { GraphQLError } from 'graphql';
import type { Clock } from '../clock.js';
import { Disconnected } from '../errors.js';
import type { Context } from '../schema/context.js';
import type { Report } from '../telemetry.js';
import { createIncrementalExecution } from './incremental.js';
import { knownOperationTypes, noListInList } from './limits.js';
import { isForClients, maskError } from './masking.js';
import { createPriceGate, type PriceGateOptions } from './priceGate.js';
import type { Traces } from './trace.js';

export interface ApolloOptions extends PriceGateOptions {
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
    validationRules: [knownOperationTypes, noListInList],
    legacyExperimentalExecuteIncrementally: createIncrementalExecution(options.clock),
    stopOnTerminationSignals: false,
    formatError: maskError,
    logger: { debug() {}, info() {}, warn: notice, error: notice },
    plugins: [
      ApolloServerPluginUsageReportingDisabled(),
      // It wraps every resolver; answers.ts knows better how long an answer is true.
      ApolloServerPluginCacheControlDisabled(),
      production
        ? ApolloServerPluginLandingPageDisabled()
        : ApolloServerPluginLandingPageLocalDefault({
            footer: false,
            ...(sandboxDocument && { document: sandboxDocument }),
          }),
      createPriceGate(options),
      telemetryPlugin(options),
    ],
  });
}

/** Reports every operation when its last part is sent, and writes the trace of its sources into that part. */
function telemetryPlugin({ traces, clock, report, alwaysTrace }: ApolloOptions): ApolloServerPlugin<Context> {
  return {
    async contextCreationDidFail({ error }) {
      report({ type: 'request.failed', requestId: 'unknown', error });
    },
    async requestDidStart({ request }) {
      const startedAt = clock.monotonic();
      const traced = alwaysTrace || request.http?.headers.get('gateway-trace') === '1';
      const addTrace = (part: { extensions?: Record<string, unknown> }, { requestId }: Context) => {
        if (traced) part.extensions = { ...part.extensions, sources: traces.read(requestId), answer: 'executed' };
      };
      const finish = ({ contextValue, operationName, errors }: GraphQLRequestContext<Context>) =>
        report({
          type: 'request.finished',
          requestId: contextValue.requestId,
          operation: operationName ?? null,
          ms: clock.monotonic() - startedAt,
          errors: errors?.length ?? 0,
        });
      const reportUnknown = ({ contextValue }: GraphQLRequestContext<Context>, errors: readonly GraphQLError[]) => {
        for (const error of errors) {
          const known = isForClients(error, error.extensions['code']) || error.originalError instanceof Disconnected;
          const { requestId } = contextValue;
          if (!known) report({ type: 'request.failed', requestId, error: error.originalError ?? error });
        }
      };
      return {
        didEncounterErrors: async (context) => reportUnknown(context, context.errors),
        didEncounterSubsequentErrors: async (context, errors) => reportUnknown(context, errors),
        async willSendResponse(context) {
          const { body } = context.response;
          if (body.kind !== 'single') return;
          addTrace(body.singleResult, context.contextValue);
          finish(context);
        },
        async willSendSubsequentPayload(context, payload) {
          if (payload.hasNext) return;
          addTrace(payload, context.contextValue);
          finish(context);
        },
      };
    },
  };
}

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
import { createCompiledExecution, formatCompiled } from './compiledExecution.js';
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
      compiledPlugin(options),
      telemetryPlugin(options),
    ],
  });
}

/**
 * Answers with the compiled operation, where there is one. What is answered here passes none of Apollo's own reporting and
 * masking of errors, so both are done here.
 */
function compiledPlugin({ schema, report }: ApolloOptions): ApolloServerPlugin<Context> {
  const compiled = createCompiledExecution(schema);
  return {
    async requestDidStart() {
      return {
        async responseForOperation({ document, operationName, request, contextValue, response }) {
          const result = await compiled.execute(
            { document, operationName, variables: request.variables },
            contextValue,
          );
          if (!result) return null;
          reportUnknown(contextValue, result.errors, report);
          const errors = result.errors.map((error) => maskError(formatCompiled(error), error));
          const singleResult = { ...(errors.length > 0 && { errors }), data: result.data };
          return { http: response.http, body: { kind: 'single', singleResult } };
        },
      };
    },
  };
}

/** For the log: errors that are faults of ours. */
function reportUnknown({ requestId }: Context, errors: readonly GraphQLError[], report: Report): void {
  for (const error of errors) {
    const known = isForClients(error, error.extensions['code']) || error.originalError instanceof Disconnected;
    if (!known) report({ type: 'request.failed', requestId, error: error.originalError ?? error });
  }
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
      const finish = ({ contextValue, operationName, errors, response }: GraphQLRequestContext<Context>) => {
        const { body } = response;
        const own = body?.kind === 'single' ? body.singleResult.errors : errors;
        report({
          type: 'request.finished',
          requestId: contextValue.requestId,
          operation: operationName ?? null,
          ms: clock.monotonic() - startedAt,
          errors: own?.length ?? 0,
        });
      };
      return {
        didEncounterErrors: async ({ contextValue, errors }) => reportUnknown(contextValue, errors, report),
        didEncounterSubsequentErrors: async ({ contextValue }, errors) => reportUnknown(contextValue, errors, report),
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

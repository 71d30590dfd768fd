import {
  ApolloServer,
  type ApolloServerPlugin,
  type GraphQLRequestContext,
  type GraphQLRequestContextWillSendResponse,
} from '@apollo/server';
import {
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { ApolloServerPluginLandingPageLocalDefault } from '@apollo/server/plugin/landingPage/default';
import { GraphQLError, type ValidationRule } from 'graphql';
import type { Clock } from '../clock.js';
import type { Config } from '../config.js';
import { Disconnected } from '../errors.js';
import type { Context } from '../schema/context.js';
import type { Report } from '../telemetry.js';
import { type DocumentLimits, limitDocuments } from './documentLimits.js';
import { createIncrementalExecution } from './incremental.js';
import { knownOperationTypes, noListInList, shortNames } from './limits.js';
import { isForClients, maskError } from './masking.js';
import { createPriceGate, type PriceGateOptions } from './priceGate.js';
import { formatServerTiming } from './serverTiming.js';
import type { Traces } from './trace.js';

export interface ApolloOptions extends PriceGateOptions {
  limits: Config['limits'];
  production: boolean;
  /** An operation that Sandbox opens with. */
  sandboxDocument: string | undefined;
  /** Whether every answer carries its trace, or only that of a request that asks by `gateway-trace: 1`. */
  alwaysTrace: boolean;
  traces: Traces;
  clock: Clock;
  report: Report;
}

/** After so many the document is wrong, and the rest would only cost time. */
const maxValidationErrors = 5;
/** Of introspection, which the limits of documents leave out: the deepest question that tools ask has a few thousand. */
const maxRecursiveSelections = 20_000;

/** What a document must keep to, beside the rules of GraphQL itself. */
export function documentRules(limits: DocumentLimits): ValidationRule[] {
  return [knownOperationTypes, noListInList, shortNames, limitDocuments(limits)];
}

/** Apollo Server with the gateway's rules: nothing of the inside in an error, Sandbox and introspection in development only. */
export function createApollo(options: ApolloOptions): ApolloServer<Context> {
  const { schema, limits, production, sandboxDocument, report } = options;
  const notice = (message: unknown) => report({ type: 'server.notice', message: String(message) });
  return new ApolloServer<Context>({
    schema,
    introspection: !production,
    hideSchemaDetailsFromClientErrors: production,
    includeStacktraceInErrorResponses: false,
    persistedQueries: false,
    parseOptions: { maxTokens: limits.tokens },
    validationRules: documentRules(limits),
    validationOptions: { maxErrors: maxValidationErrors },
    maxRecursiveSelections,
    legacyExperimentalExecuteIncrementally: createIncrementalExecution(options.clock),
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
      createPriceGate(options),
      telemetryPlugin(options),
    ],
  });
}

/** Reports every operation when its last part is sent, and writes the trace of its sources into that part. */
function telemetryPlugin({ traces, clock, report, alwaysTrace }: ApolloOptions): ApolloServerPlugin<Context> {
  return {
    async contextCreationDidFail({ error }) {
      if (!(error instanceof GraphQLError)) report({ type: 'request.failed', requestId: 'unknown', error });
    },
    async requestDidStart({ request }) {
      const startedAt = clock.monotonic();
      const traced = alwaysTrace || request.http?.headers.get('gateway-trace') === '1';
      const addTrace = (part: { extensions?: Record<string, unknown> }, { requestId }: Context) => {
        if (traced) part.extensions = { ...part.extensions, sources: traces.read(requestId) };
      };
      /** Not for answers in parts: their headers have left before there is anything to say. */
      const setServerTiming = ({ response, contextValue }: GraphQLRequestContextWillSendResponse<Context>) =>
        response.http.headers.set('server-timing', formatServerTiming(traces.read(contextValue.requestId)));
      const failed: GraphQLError[] = [];
      const finish = ({ contextValue, operationName, operation, source }: GraphQLRequestContext<Context>) =>
        report({
          type: 'request.finished',
          requestId: contextValue.requestId,
          viewer: contextValue.viewer,
          operation: operationName ?? null,
          // The schema has no other type.
          operationType: operation ? 'query' : 'unknown',
          query: source,
          ms: clock.monotonic() - startedAt,
          errors: failed.length,
          codes: [...new Set(failed.map(codeOf))],
        });
      const reportUnknown = ({ contextValue }: GraphQLRequestContext<Context>, errors: readonly GraphQLError[]) => {
        failed.push(...errors);
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
          if (traced) setServerTiming(context);
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

/** As the client reads it. */
function codeOf(error: GraphQLError): string {
  const { code } = error.extensions;
  return isForClients(error, code) ? String(code) : 'INTERNAL_SERVER_ERROR';
}

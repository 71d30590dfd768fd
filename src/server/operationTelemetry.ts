import type { ApolloServerPlugin, GraphQLRequestContext, GraphQLRequestContextWillSendResponse } from '@apollo/server';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Clock } from '../clock.js';
import { Disconnected } from '../errors.js';
import type { Context } from '../schema/context.js';
import type { Report } from '../telemetry.js';
import { isForClients } from './masking.js';
import { formatServerTiming } from './serverTiming.js';
import type { Traces } from './trace.js';

export interface OperationTelemetryOptions {
  /** Whether every answer carries its trace, or only that of a request that asks by `gateway-trace: 1`. */
  alwaysTrace: boolean;
  traces: Traces;
  clock: Clock;
  report: Report;
}

/** Reports every operation when its last part is sent, and writes the trace of its sources into that part. */
export function createOperationTelemetry({
  traces,
  clock,
  report,
  alwaysTrace,
}: OperationTelemetryOptions): ApolloServerPlugin<Context> {
  return {
    async contextCreationDidFail({ error }) {
      if (!(error instanceof GraphQLError)) report({ type: 'request.failed', requestId: 'unknown', error });
    },
    async requestDidStart({ request }) {
      const startedAt = clock.monotonic();
      const traced = alwaysTrace || request.http?.headers.get('gateway-trace') === '1';
      const addTrace = (part: { extensions?: Record<string, unknown> }, { requestId }: Context) => {
        if (traced) part.extensions = { ...part.extensions, sources: traces.read(requestId), answer: 'executed' };
      };
      /** Not for answers in parts: their headers have left before there is anything to say. */
      const setServerTiming = ({ response, contextValue }: GraphQLRequestContextWillSendResponse<Context>) =>
        response.http.headers.set('server-timing', formatServerTiming(traces.read(contextValue.requestId)));
      /** As the client reads them. */
      const sent: GraphQLFormattedError[] = [];
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
          errors: sent.length,
          codes: [...new Set(sent.map(({ extensions }) => String(extensions?.['code'])))],
        });
      return {
        didEncounterErrors: async ({ contextValue, errors }) => reportUnknown(contextValue, errors, report),
        didEncounterSubsequentErrors: async ({ contextValue }, errors) => reportUnknown(contextValue, errors, report),
        async willSendResponse(context) {
          const { body } = context.response;
          if (body.kind !== 'single') return void sent.push(...(body.initialResult.errors ?? []));
          sent.push(...(body.singleResult.errors ?? []));
          addTrace(body.singleResult, context.contextValue);
          if (traced) setServerTiming(context);
          finish(context);
        },
        async willSendSubsequentPayload(context, payload) {
          for (const part of payload.incremental ?? []) sent.push(...(part.errors ?? []));
          if (payload.hasNext) return;
          addTrace(payload, context.contextValue);
          finish(context);
        },
      };
    },
  };
}

/** For the log: errors that are faults of ours. */
export function reportUnknown({ requestId }: Context, errors: readonly GraphQLError[], report: Report): void {
  for (const error of errors) {
    const known = isForClients(error, error.extensions['code']) || error.originalError instanceof Disconnected;
    if (!known) report({ type: 'request.failed', requestId, error: error.originalError ?? error });
  }
}

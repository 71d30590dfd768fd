import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { ApolloServerPluginLandingPageLocalDefault } from '@apollo/server/plugin/landingPage/default';
import type { ValidationRule } from 'graphql';
import type { Config } from '../config.js';
import type { Context } from '../schema/context.js';
import { createCompiledExecution, formatCompiled } from './compiledExecution.js';
import { type DocumentLimits, limitDocuments } from './documentLimits.js';
import { createDocumentStore } from './documentStore.js';
import { createIncrementalExecution } from './incremental.js';
import { knownOperationTypes, noListInList, shortNames } from './limits.js';
import { maskError } from './masking.js';
import { createOperationTelemetry, type OperationTelemetryOptions, reportUnknown } from './operationTelemetry.js';
import { createPriceGate, type PriceGateOptions } from './priceGate.js';

export interface ApolloOptions extends PriceGateOptions, OperationTelemetryOptions {
  limits: Config['limits'];
  production: boolean;
  /** An operation that Sandbox opens with. */
  sandboxDocument: string | undefined;
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
  const { documents, plugin: refuseKnown } = createDocumentStore<Context>();
  return new ApolloServer<Context>({
    schema,
    documentStore: documents,
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
      // It wraps every resolver; answers.ts knows better how long an answer is true.
      ApolloServerPluginCacheControlDisabled(),
      production
        ? ApolloServerPluginLandingPageDisabled()
        : ApolloServerPluginLandingPageLocalDefault({
            footer: false,
            ...(sandboxDocument && { document: sandboxDocument }),
          }),
      refuseKnown,
      createPriceGate(options),
      compiledPlugin(options),
      createOperationTelemetry(options),
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

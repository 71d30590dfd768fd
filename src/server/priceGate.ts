import type { ApolloServerPlugin, GraphQLRequestContext } from '@apollo/server';
import { GraphQLError, type GraphQLSchema, getVariableValues, Kind } from 'graphql';
import { GatewayError } from '../errors.js';
import type { Planning, UpstreamPlan } from '../plan.js';
import type { Context } from '../schema/context.js';
import type { Price } from '../schema/fieldPrices.js';
import { planOperation } from '../schema/planOperation.js';
import { boundPrice } from '../schema/price.js';
import { maskError } from './masking.js';
import { oversizeOf } from './operationLimits.js';

export interface PriceGateOptions {
  schema: GraphQLSchema;
  /** The most reports that a selection of Google Analytics needs for one site. */
  reportsPerSelection(context: Context): number;
  createPlanning(): Planning;
  /** Of what an operation may be at all, whatever it costs. */
  limits: { readonly values: number };
}

type Operation = GraphQLRequestContext<Context>;

/**
 * Knows what an operation costs before anything is asked: refuses one that is too expensive for its caller, and answers with
 * the plan alone on `gateway-plan: only`.
 */
export function createPriceGate({
  schema,
  reportsPerSelection,
  createPlanning,
  limits,
}: PriceGateOptions): ApolloServerPlugin<Context> {
  async function plan({ document, operationName, request: { variables }, contextValue }: Operation) {
    if (!document) throw new Error('An operation is planned before it was parsed.');
    return planOperation({ schema, document, operationName, variables }, contextValue, createPlanning());
  }

  /** null = they are wrong, which the execution says better; nothing is resolved then. */
  function variablesOf({ operation, request }: Pick<Operation, 'operation' | 'request'>) {
    const definitions = operation?.variableDefinitions ?? [];
    return getVariableValues(schema, definitions, request.variables ?? {}).coerced ?? null;
  }

  /** null = it cannot be run. */
  function bound({ document, operation, request, contextValue }: Operation): Price | null {
    if (!document || !operation) return null;
    const variables = variablesOf({ operation, request });
    if (!variables) return null;
    const fragments = document.definitions.filter((each) => each.kind === Kind.FRAGMENT_DEFINITION);
    return boundPrice({
      schema,
      operation,
      fragments: Object.fromEntries(fragments.map((fragment) => [fragment.name.value, fragment])),
      variables,
      catalog: contextValue.catalog,
      figures: contextValue.figures,
      limits: contextValue.limits,
      reportsPerSelection: reportsPerSelection(contextValue),
    });
  }

  const isPlanOnly = (operation: Operation) => planHeader(operation) === planOnly;

  return {
    async requestDidStart() {
      return {
        async didResolveOperation(request) {
          // Here and not in a plugin of its own, because Apollo asks all plugins at once: what is too large must not be priced.
          const wrong = oversizeOf(request, limits) ?? wrongHeader(request);
          if (wrong) throw refusal(wrong);
          const most = isPlanOnly(request) || request.contextValue.planning ? null : bound(request);
          if (!most || !excessOf(most, request.contextValue)) return;
          const excess = excessOf(priceOf((await plan(request)).plan), request.contextValue);
          if (excess) throw refusal(new GatewayError('QUERY_TOO_EXPENSIVE', excess));
        },
        async responseForOperation(request) {
          if (!isPlanOnly(request) || !variablesOf(request)) return null;
          const { plan: upstream, errors } = await plan(request);
          const extensions = { plan: summarizePlan(upstream) };
          // An answer that is made here passes nobody who would mask its errors.
          const masked = errors.map((error) => maskError(error.toJSON(), error));
          const singleResult = { ...(masked.length > 0 && { errors: masked }), data: null, extensions };
          return { http: request.response.http, body: { kind: 'single', singleResult } };
        },
      };
    },
  };
}

const planOnly = 'only';
const planHeader = ({ request }: Operation) => request.http?.headers.get('gateway-plan');

/** Whoever sends it does not want to pay: a slip must not cost what it was to avoid. */
function wrongHeader(operation: Operation): GatewayError | null {
  const header = planHeader(operation);
  if (!header || header === planOnly) return null;
  return new GatewayError(
    'BAD_USER_INPUT',
    'gateway-plan: write "only" for the plan without the figures, or leave the header out.',
  );
}

/** A plan in numbers, as `extensions.plan` shows it. */
export function summarizePlan({ googleAnalytics, partner, isEstimate }: UpstreamPlan) {
  const { reports, ...rest } = googleAnalytics;
  return {
    partner: { calls: partner.calls.length, refreshes: partner.refreshes },
    googleAnalytics: { reports: reports.length, ...rest },
    isEstimate,
  };
}

export function priceOf({ googleAnalytics, partner }: UpstreamPlan): Price {
  return { partnerCalls: partner.calls.length, reports: googleAnalytics.reports.length };
}

/** What is priced, and the cheapest ways out. */
export interface PriceWords {
  readonly subject: string;
  /** `most`: calls that may be made. */
  fewerCalls(most: number): string;
  readonly fewerReports: string;
}

const queryWords: PriceWords = {
  subject: 'query',
  fewerCalls: (most) =>
    `Ask for fewer products at a time (first: ${Math.min(25, most)}, or less), order and filter by figures of Google Analytics, and add up a shorter list.`,
  fewerReports: 'Ask for fewer figures, date ranges or sites at a time.',
};

/** Why a price is more than the caller may pay, and the cheapest way out; null = it is not. */
export function excessOf({ partnerCalls, reports }: Price, { limits }: Context, words = queryWords): string | null {
  const number = (value: number) => value.toLocaleString('en');
  if (partnerCalls > limits.maxPartnerCalls) {
    const most = number(limits.maxPartnerCalls);
    return `This ${words.subject} would make ${number(partnerCalls)} calls to the partner, and you may make ${most} at once. ${words.fewerCalls(limits.maxPartnerCalls)}`;
  }
  if (reports > limits.maxReports) {
    return `This ${words.subject} would ask Google Analytics for ${number(reports)} reports, and you may ask for ${number(limits.maxReports)} at once. ${words.fewerReports}`;
  }
  return null;
}

/** Refused as a whole, before anything is asked. */
function refusal(originalError: GatewayError): GraphQLError {
  const { message, extensions } = originalError;
  return new GraphQLError(message, { originalError, extensions: { ...extensions, http: { status: 400 } } });
}

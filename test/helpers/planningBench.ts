import { readFileSync } from 'node:fs';
import type { DocumentNode, FragmentDefinitionNode, GraphQLSchema } from 'graphql';
import { getOperationAST, getVariableValues, Kind, parse, validate } from 'graphql';
import { createCache } from '../../src/cache/cache.js';
import { createMemoryStore } from '../../src/cache/memoryStore.js';
import { type CatalogSnapshot, createSnapshot, type Product, type Site } from '../../src/catalog/catalog.js';
import { ownSchemaFile } from '../../src/config.js';
import type { SourceName } from '../../src/errors.js';
import { createPlanning, type UpstreamPlan } from '../../src/plan.js';
import type { Context } from '../../src/schema/context.js';
import type { Price } from '../../src/schema/fieldPrices.js';
import { planOperation } from '../../src/schema/planOperation.js';
import { boundPrice } from '../../src/schema/price.js';
import { readSchema } from '../../src/schema/schema.js';
import { boundReports } from '../../src/sources/googleAnalytics/cost.js';
import { createGoogleAnalyticsPlanning } from '../../src/sources/googleAnalytics/planning.js';
import { createPartnerPlanning } from '../../src/sources/partner/planning.js';
import { createFakeClock } from './fakeClock.js';

export interface PlanningBench {
  readonly schema: GraphQLSchema;
  readonly catalog: CatalogSnapshot;
  /** How often the loaders were asked for a product's figures so far. */
  readonly loads: { partner: number; googleAnalytics: number };
  /** The fragments of an operation can be handed in, to see how they are read. */
  bound(query: string, options?: BoundOptions): Price;
  /** What it would cost with nothing in the cache; fails for what is no operation of the schema. */
  plan(query: string): Promise<UpstreamPlan>;
}

export interface BoundOptions {
  variables?: Record<string, unknown>;
  fragments?: (fragments: Record<string, FragmentDefinitionNode>) => Record<string, FragmentDefinitionNode>;
}

export interface PlanningBenchOptions {
  sites: readonly Site[];
  products: readonly Product[];
  /** Changes the schema that comes with the gateway. */
  schema?: (text: string) => string;
  keysPerReport?: number;
}

const unchanged: NonNullable<BoundOptions['fragments']> = (fragments) => fragments;

/** Prices and plans of a catalog with caches that hold nothing; nobody is asked. */
export function createPlanningBench(options: PlanningBenchOptions): PlanningBench {
  const { sites, products, schema: change = (text) => text, keysPerReport = 500 } = options;
  const text = readFileSync(ownSchemaFile, 'utf8');
  const contract = { file: 'schema.graphql', text };
  const both = { googleAnalytics: true, partner: true };
  const { schema, figures } = readSchema({ file: 'my.graphql', text: change(text) }, contract, both);
  const catalog = createSnapshot(sites, products);
  const clock = createFakeClock();
  const cacheOf = <V>(source: SourceName) =>
    createCache<V>({ source, store: createMemoryStore<V>({ maxBytes: 1_000, clock }), clock, report: () => {} });
  const account = (apiKey: string | null) => apiKey ?? 'the key of the source';
  const googleAnalytics = createGoogleAnalyticsPlanning({ cache: cacheOf('googleAnalytics'), clock, keysPerReport });
  const partner = createPartnerPlanning({ client: { account }, cache: cacheOf('partner'), hasRange: true });
  const limits = { first: 100, ids: 20, maxPartnerCalls: 1_000, maxReports: 20 };
  const loads = { partner: 0, googleAnalytics: 0 };
  const context: Context = {
    requestId: 'a request',
    viewer: 'everybody',
    now: clock.now(),
    catalog,
    figures,
    limits,
    deadlineMs: 30_000,
    elapsedMs: () => 0,
    planning: null,
    googleAnalytics: null,
    partner: null,
    sources: () => [],
  };

  function createCountedPlanning() {
    const planning = createPlanning({ googleAnalytics: googleAnalytics(), partner: partner() });
    const { googleAnalytics: google, partner: other } = planning.loaders;
    if (!google || !other) throw new Error('A source is missing.');
    const counted = {
      googleAnalytics: {
        ...google,
        load(...args: Parameters<typeof google.load>) {
          loads.googleAnalytics += 1;
          return google.load(...args);
        },
      },
      partner: {
        ...other,
        load(...args: Parameters<typeof other.load>) {
          loads.partner += 1;
          return other.load(...args);
        },
      },
    };
    return { ...planning, loaders: counted };
  }

  function operationOf(query: string): DocumentNode {
    const parsed = parse(query);
    const errors = validate(schema, parsed);
    if (errors.length > 0) throw new Error(`${query}\n${errors.map(({ message }) => message).join('\n')}`);
    return parsed;
  }

  return {
    schema,
    catalog,
    loads,
    bound(query, { variables: sent = {}, fragments: read = unchanged } = {}) {
      const parsed = operationOf(query);
      const operation = getOperationAST(parsed);
      if (!operation) throw new Error('There is no operation.');
      const { coerced: variables } = getVariableValues(schema, operation.variableDefinitions ?? [], sent);
      if (!variables) throw new Error('The variables are wrong.');
      const fragments = parsed.definitions.filter((each) => each.kind === Kind.FRAGMENT_DEFINITION);
      return boundPrice({
        schema,
        operation,
        fragments: read(Object.fromEntries(fragments.map((fragment) => [fragment.name.value, fragment]))),
        variables,
        catalog,
        figures,
        limits,
        reportsPerSelection: boundReports({
          metrics: Math.max(figures.googleAnalytics.size, figures.googleAnalyticsPoint.size),
          keysPerReport,
          withSeveralKeys: catalog.withSeveralKeys,
        }),
      });
    },
    async plan(query) {
      const planning = createCountedPlanning();
      return (await planOperation({ schema, document: operationOf(query) }, context, planning)).plan;
    },
  };
}

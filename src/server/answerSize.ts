import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLSchema,
  getArgumentValues,
  getNamedType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { type DateRangeRequest, resolveDateRange } from '../dateRange.js';

export interface AnswerSizeOptions {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Coerced, with their defaults. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** How many sites the viewer sees. */
  readonly sites: number;
  /** The most that a page, and a list of ids, may hold: what asks for more is refused by itself. */
  readonly limits: { readonly first: number; readonly ids: number };
  /** Wall time, ms since the epoch. */
  readonly now: number;
}

interface Place extends Pick<AnswerSizeOptions, 'sites' | 'limits'> {
  /** Of the range around a series. */
  readonly days: number;
}

type Arguments = Readonly<Record<string, unknown>>;

const msPerDay = 86_400_000;
/** As table/page.ts has it where neither first nor last is given. */
const usualPage = 20;

/** How many there are of what a list holds; in a table, so that no list of the schema is forgotten. */
export const listSizes: Readonly<Record<string, (args: Arguments, place: Place) => number>> = {
  'Query.sites': (_, { sites }) => sites,
  'Query.sources': () => 2,
  'Query.products': ({ ids }, { limits }) => Math.min(lengthOf(ids), limits.ids),
  'Site.products': ({ first, last, ids }, { limits }) =>
    Math.min(lengthOf(ids), limits.first, Number(first ?? last ?? usualPage)),
  // These hold what the connection around them was counted for.
  'ProductConnection.nodes': () => 1,
  'ProductConnection.edges': () => 1,
  // Each code once, and counted with each product of the connection, which is more than there are of both.
  'Ranking.reasons': () => 1,
  'GoogleAnalyticsTotals.reasons': () => 1,
  'PartnerTotals.reasons': () => 1,
  'GoogleAnalyticsSummary.series': ({ interval }, { days }) => pointsIn(days, interval),
};

/**
 * How many values an answer to this operation may hold, objects included: what it costs to make, whatever the sources cost.
 * Expects a valid operation whose fields are limited, because it walks them all.
 */
export function countValues(operation: OperationDefinitionNode, options: AnswerSizeOptions): number {
  const { schema, fragments, variables, sites, limits, now } = options;

  function countIn(set: SelectionSetNode, typeName: string, place: Place): number {
    return set.selections.reduce((sum, selection) => {
      if (selection.kind === Kind.FIELD) return sum + countField(selection, typeName, place);
      const content = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection;
      return content ? sum + countIn(content.selectionSet, typeName, place) : sum;
    }, 0);
  }

  function countField(node: FieldNode, typeName: string, place: Place): number {
    const type = schema.getType(typeName);
    const field = isObjectType(type) ? type.getFields()[node.name.value] : undefined;
    // Introspection is not counted: its answer is always as large as the schema.
    if (!field) return 1;
    const args = argumentsOf(field, node);
    const inside =
      'range' in args || field.name === 'googleAnalytics' ? { ...place, days: daysIn(args['range']) } : place;
    const times = Math.max(0, listSizes[`${typeName}.${field.name}`]?.(args, inside) ?? 1);
    const each = node.selectionSet ? countIn(node.selectionSet, getNamedType(field.type).name, inside) : 0;
    return times * (1 + each);
  }

  /** What cannot be read is refused where it is used. */
  function argumentsOf(field: GraphQLField<unknown, unknown>, node: FieldNode): Arguments {
    try {
      return getArgumentValues(field, node, { ...variables });
    } catch {
      return {};
    }
  }

  /** A site's own zone moves this by a day at most. */
  function daysIn(range: unknown): number {
    try {
      const { start, end } = resolveDateRange(range as DateRangeRequest, { timeZone: 'UTC' }, now);
      return (Math.min(Date.parse(end), now) - Date.parse(start)) / msPerDay + 2;
    } catch {
      return 0;
    }
  }

  return countIn(operation.selectionSet, schema.getQueryType()?.name ?? '', { sites, limits, days: 0 });
}

function lengthOf(ids: unknown): number {
  return Array.isArray(ids) ? ids.length : Number.POSITIVE_INFINITY;
}

function pointsIn(days: number, interval: unknown): number {
  const each = interval === 'MONTH' ? 28 : interval === 'WEEK' ? 7 : 1;
  return each === 1 ? days : Math.ceil(days / each) + 1;
}

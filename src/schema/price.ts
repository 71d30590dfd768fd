import {
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getArgumentValues,
  getNamedType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import type { CatalogSnapshot } from '../catalog/catalog.js';
import { type Figures, findConstant } from '../figures.js';
import type { PageLimits } from '../table/page.js';

/** Upstream calls that somebody waits for. */
export interface Price {
  readonly partnerCalls: number;
  readonly reports: number;
}

export interface PricedOperation {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  /** Coerced. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly catalog: CatalogSnapshot;
  readonly figures: Figures;
  readonly limits: PageLimits;
  /** The most reports that one selection of Google Analytics can need for one site. */
  readonly reportsPerSelection: number;
}

/** Where in the answer a selection stands: how many sites and products it is resolved for, and of how many a list was made. */
interface Place {
  readonly sites: number;
  readonly products: number;
  readonly listed: number;
}

const nothing: Price = { partnerCalls: 0, reports: 0 };

/**
 * The most that an operation can cost, found without running it: every product is taken for one that nobody has asked for
 * yet. Cheap, so that only what might be too expensive has to be planned.
 */
export function boundPrice(priced: PricedOperation): Price {
  const { schema, operation, fragments, variables, catalog, figures, limits, reportsPerSelection } = priced;
  const total = catalog.sites.reduce((sum, { id }) => sum + catalog.products(id).length, 0);
  const memo = new Map<string, Price>();

  function priceOf(type: GraphQLObjectType, set: SelectionSetNode | undefined, place: Place): Price {
    return sum((set?.selections ?? []).map((selection) => priceOfSelection(type, selection, place)));
  }

  function priceOfSelection(type: GraphQLObjectType, selection: SelectionNode, place: Place): Price {
    if (selection.kind === Kind.FIELD) return priceOfField(type, selection, place);
    if (selection.kind === Kind.INLINE_FRAGMENT) return priceOf(type, selection.selectionSet, place);
    return priceOfFragment(type, selection.name.value, place);
  }

  /** Once for each place, so that a bomb of fragments stays small. */
  function priceOfFragment(type: GraphQLObjectType, name: string, place: Place): Price {
    const key = `${name} ${place.sites} ${place.products} ${place.listed}`;
    const known = memo.get(key);
    if (known) return known;
    memo.set(key, nothing);
    const price = priceOf(type, fragments[name]?.selectionSet, place);
    memo.set(key, price);
    return price;
  }

  function priceOfField(type: GraphQLObjectType, node: FieldNode, place: Place): Price {
    const field = type.getFields()[node.name.value];
    const inner = field && getNamedType(field.type);
    if (!field || !isObjectType(inner)) return nothing;
    const args = readArguments(field, node, variables);
    if (!args) return nothing;
    const path = `${type.name}.${field.name}`;
    const next = placeBelow(path, args, place);
    return sum([ownPrice(path, args, next), priceOf(inner, node.selectionSet, next)]);
  }

  function placeBelow(path: string, args: Record<string, unknown>, place: Place): Place {
    switch (path) {
      case 'Query.sites':
        return { sites: catalog.sites.length, products: 0, listed: total };
      case 'Query.site':
        return { sites: 1, products: 0, listed: catalog.products(String(args['id'])).length };
      case 'Query.product':
        return { sites: 1, products: 1, listed: 1 };
      case 'Query.products':
        return { sites: catalog.sites.length, products: (args['ids'] as unknown[]).length, listed: 0 };
      case 'Product.site':
        return { ...place, listed: place.products * total };
      case 'Site.products': {
        const size = Number(args['first'] ?? args['last'] ?? Math.min(20, limits.first));
        return { ...place, products: Math.min(place.listed, Math.max(0, size) * place.sites) };
      }
      default:
        return place;
    }
  }

  /** Of the field itself; a list's order and filter are part of it. */
  function ownPrice(path: string, args: Record<string, unknown>, { sites, products, listed }: Place): Price {
    const reports = sites * reportsPerSelection;
    switch (path) {
      case 'Site.products': {
        const asks = figuresIn(args, figures);
        return { partnerCalls: asks.partner * listed, reports: asks.googleAnalytics * reports };
      }
      case 'Product.partner':
        return { partnerCalls: products, reports: 0 };
      case 'Product.combined':
        return { partnerCalls: products, reports };
      case 'Site.partner':
      case 'ProductTotals.partner':
        return { partnerCalls: listed, reports: 0 };
      case 'Site.googleAnalytics':
      case 'Product.googleAnalytics':
      case 'GoogleAnalyticsSummary.series':
      case 'ProductTotals.googleAnalytics':
        return { partnerCalls: 0, reports };
      default:
        return nothing;
    }
  }

  const root = schema.getRootType(operation.operation);
  return root ? priceOf(root, operation.selectionSet, { sites: 0, products: 0, listed: 0 }) : nothing;
}

/** How often order and filter name figures of each source; each time may mean other days. */
function figuresIn(args: Record<string, unknown>, figures: Figures): { googleAnalytics: number; partner: number } {
  const { by = 'NAME' } = (args['orderBy'] ?? {}) as { by?: string };
  const counts = countNames(args['filter']);
  const home = findConstant(figures, by)?.home;
  if (home) counts[home] += 1;
  return { googleAnalytics: counts.googleAnalytics + counts.combined, partner: counts.partner + counts.combined };
}

/** null where only a variable's value is wrong, which the execution says better. */
function readArguments(
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  variables: PricedOperation['variables'],
): Record<string, unknown> | null {
  try {
    return getArgumentValues(field, node, variables);
  } catch (error) {
    if (error instanceof GraphQLError) return null;
    throw error;
  }
}

function countNames(filter: unknown): { googleAnalytics: number; partner: number; combined: number } {
  const counts = { googleAnalytics: 0, partner: 0, combined: 0 };
  const pending = [filter];
  while (pending.length > 0) {
    const each = pending.pop();
    if (typeof each !== 'object' || each === null) continue;
    for (const [name, value] of Object.entries(each)) {
      if (name === 'googleAnalytics' || name === 'partner' || name === 'combined') counts[name] += 1;
      else pending.push(value);
    }
  }
  return counts;
}

function sum(prices: readonly Price[]): Price {
  return prices.reduce(
    (all, { partnerCalls, reports }) => ({
      partnerCalls: all.partnerCalls + partnerCalls,
      reports: all.reports + reports,
    }),
    nothing,
  );
}

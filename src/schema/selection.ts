import {
  type FieldNode,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  GraphQLSkipDirective,
  getArgumentValues,
  getDirectiveValues,
  getNamedType,
  Kind,
  type SelectionNode,
} from 'graphql';
import type { DateRangeRequest } from '../dateRange.js';
import type { FigureHome, Figures, MetricFigure } from '../figures.js';
import type { Interval } from './generated.js';

/**
 * Every product of a list hands in the same nodes, so the walk is done once per list. A compiled operation hands in the same
 * nodes for every request as well, whose variables may say something else to @skip and @include.
 */
function createMemo<T>() {
  const ofVariables = new WeakMap<object, WeakMap<readonly FieldNode[], T>>();
  return ({ variableValues, fieldNodes }: GraphQLResolveInfo, find: () => T): T => {
    const ofNodes = ofVariables.get(variableValues) ?? new WeakMap<readonly FieldNode[], T>();
    ofVariables.set(variableValues, ofNodes);
    const known = ofNodes.get(fieldNodes) ?? find();
    ofNodes.set(fieldNodes, known);
    return known;
  };
}

const namesOf = createMemo<ReadonlySet<string>>();

/**
 * Names of the fields that the operation selects below the field being resolved: fragments followed, aliases undone,
 * @skip and @include obeyed.
 */
export function selectedFields(info: GraphQLResolveInfo): ReadonlySet<string> {
  return namesOf(info, () => new Set(fieldsBelow(info.fieldNodes, info).map(({ name }) => name.value)));
}

/** What an operation selects of Google Analytics below the field being resolved: figures, and figures of series. */
export interface GoogleAnalyticsSelection {
  readonly figures: readonly MetricFigure[];
  readonly series: readonly { readonly interval: Interval; readonly figures: readonly MetricFigure[] }[];
}

const googleSelectionOf = createMemo<GoogleAnalyticsSelection>();

/** Figures that an operation selects of the products of a list, over the days that it gives. */
export interface ListSelection<H extends FigureHome = 'googleAnalytics' | 'combined'> {
  readonly home: H;
  readonly range: DateRangeRequest | null | undefined;
  /** Field names; some may be no figures. */
  readonly names: readonly string[];
}

/** What an operation may ask the partner for about each product on a page of the list that is being resolved. */
export function selectOfPartner(info: GraphQLResolveInfo): ListSelection<'partner' | 'combined'>[] {
  const products = productsBelow(info);
  return [
    ...selectionsOf('Product', 'partner', products, info),
    ...selectionsOf('Product', 'combined', products, info),
  ];
}

function productsBelow(info: GraphQLResolveInfo): FieldNode[] {
  return [...named(info.fieldNodes, 'nodes', info), ...named(named(info.fieldNodes, 'edges', info), 'node', info)];
}

function named(nodes: readonly FieldNode[], name: string, info: GraphQLResolveInfo): FieldNode[] {
  return fieldsBelow(nodes, info).filter((node) => node.name.value === name);
}

/** What an operation selects, below the list that is being resolved, of what Google Analytics is asked for. */
export function selectAhead(info: GraphQLResolveInfo): ListSelection[] {
  const products = productsBelow(info);
  return [
    ...selectionsOf('Product', 'googleAnalytics', products, info),
    ...selectionsOf('Product', 'combined', products, info),
    ...selectionsOf('ProductTotals', 'googleAnalytics', named(info.fieldNodes, 'totals', info), info),
  ];
}

function selectionsOf<H extends FigureHome>(
  typeName: string,
  home: H,
  nodes: readonly FieldNode[],
  info: GraphQLResolveInfo,
): ListSelection<H>[] {
  const field = (info.schema.getType(typeName) as GraphQLObjectType | undefined)?.getFields()[home];
  if (!field) return [];
  return named(nodes, home, info).map((node): ListSelection<H> => {
    const { range } = getArgumentValues(field, node, info.variableValues) as Pick<ListSelection, 'range'>;
    return { home, range, names: fieldsBelow([node], info).map(({ name }) => name.value) };
  });
}

/** Series of one interval, under whatever aliases, are one. */
export function selectGoogleAnalytics(info: GraphQLResolveInfo, figures: Figures): GoogleAnalyticsSelection {
  return googleSelectionOf(info, () => readGoogleSelection(info, figures));
}

function readGoogleSelection(info: GraphQLResolveInfo, figures: Figures): GoogleAnalyticsSelection {
  const selected = selectedFields(info);
  const own = [...figures.googleAnalytics.values()].filter(({ name }) => selected.has(name));
  const series = selectSeries(info).map(({ interval, names }) => ({
    interval,
    figures: [...figures.googleAnalyticsPoint.values()].filter(({ name }) => names.has(name)),
  }));
  const isAnyAsked = own.length > 0 || series.some((each) => each.figures.length > 0);
  // Google says something about its numbers only together with a number; this one can be asked of every product.
  const needsOne = !isAnyAsked && (selected.has('quality') || selected.has('freshness'));
  const first = needsOne ? [...figures.googleAnalytics.values()].filter(({ additive }) => additive).slice(0, 1) : [];
  return { figures: [...own, ...first], series };
}

function selectSeries(info: GraphQLResolveInfo): { interval: Interval; names: ReadonlySet<string> }[] {
  const field = (getNamedType(info.returnType) as GraphQLObjectType).getFields()['series'];
  const byInterval = new Map<Interval, Set<string>>();
  for (const node of fieldsBelow(info.fieldNodes, info)) {
    if (!field || node.name.value !== 'series') continue;
    const { interval } = getArgumentValues(field, node, info.variableValues) as { interval?: Interval | null };
    const names = byInterval.get(interval ?? 'DAY') ?? new Set();
    for (const name of fieldsBelow([node], info)) names.add(name.name.value);
    byInterval.set(interval ?? 'DAY', names);
  }
  return [...byInterval].map(([interval, names]) => ({ interval, names }));
}

function fieldsBelow(nodes: readonly FieldNode[], info: GraphQLResolveInfo): FieldNode[] {
  return nodes.flatMap((node) => fieldsIn(node.selectionSet?.selections ?? [], info));
}

function fieldsIn(selections: readonly SelectionNode[], info: GraphQLResolveInfo): FieldNode[] {
  return selections
    .filter((selection) => isWanted(selection, info))
    .flatMap((selection) => {
      if (selection.kind === Kind.FIELD) return [selection];
      if (selection.kind === Kind.INLINE_FRAGMENT) return fieldsIn(selection.selectionSet.selections, info);
      return fieldsIn(info.fragments[selection.name.value]?.selectionSet.selections ?? [], info);
    });
}

function isWanted(selection: SelectionNode, { variableValues }: GraphQLResolveInfo): boolean {
  const skip = getDirectiveValues(GraphQLSkipDirective, selection, variableValues);
  const include = getDirectiveValues(GraphQLIncludeDirective, selection, variableValues);
  return skip?.['if'] !== true && include?.['if'] !== false;
}

import { coerceInputValue, type GraphQLSchema, isInputType } from 'graphql';
import type { Site } from '../catalog/catalog.js';
import type { DateRangeRequest } from '../dateRange.js';
import { GatewayError } from '../errors.js';
import type { FigureType } from '../figureMappings.js';
import { type FigureHome, type Figures, figureHomes } from '../figures.js';
import { suggestion } from '../suggestion.js';
import type { Context } from './context.js';
import type { ListRequest, OrderRequest } from './products.js';

/** All products of a list as rows of a file, and what is to be said of each. */
export interface ExportRequest {
  readonly site: Site;
  readonly columns: readonly ExportColumn[];
  /** The days of every figure: of the columns, of the order, and of the filter where it does not name others. */
  readonly range: DateRangeRequest | null;
  readonly list: Omit<ListRequest, 'ids'>;
}

export interface ExportColumn {
  /** As a path, e.g. partner.revenue. */
  readonly name: string;
  /** null = a field of the catalog. */
  readonly figure: { readonly home: FigureHome; readonly figure: string; readonly type: FigureType } | null;
}

/** The last column of every file: what is wrong with the row. */
export const problemsColumn = 'problems';

/** What came with a request, by name; a list where a name was given several times. */
type Parameters = Readonly<Record<string, unknown>>;

const parameterNames = ['site', 'range', 'columns', 'search', 'filter', 'orderBy', 'direction', 'maxWaitMs'] as const;
type ParameterName = (typeof parameterNames)[number];

/**
 * Reads what is to be exported; null when there is no such site. Without `columns`: id, name and every figure.
 * @throws GatewayError BAD_USER_INPUT that names the parameter.
 */
export function readExportRequest(
  parameters: Parameters,
  schema: GraphQLSchema,
  { catalog, figures, partner }: Pick<Context, 'catalog' | 'figures' | 'partner'>,
): ExportRequest | null {
  checkNames(parameters);
  const text = (name: ParameterName) => readText(parameters, name);
  const coerce = <T>(name: ParameterName, type: string, read: (text: string) => unknown = (value) => value) => {
    const value = text(name);
    return value === null ? null : coerceTo<T>(name, type, read(value), schema);
  };
  const range = coerce<DateRangeRequest>('range', 'DateRangeInput', readRange);
  const filter = coerce<NonNullable<ListRequest['filter']>>('filter', 'ProductFilter', readFilterText);
  const by = coerce<string>('orderBy', 'ProductOrderField');
  const direction = coerce<NonNullable<OrderRequest['direction']>>('direction', 'OrderDirection');
  if (direction && by === null) throw wrong('direction', 'there is no order; give orderBy with it.');
  const list = {
    search: text('search'),
    filter: filter && { ...filter, range: filter.range ?? range },
    orderBy: by === null ? null : { by, direction, range },
    maxWaitMs: readMs(text('maxWaitMs')),
  };
  const columns = readColumns(text('columns'), listColumns(figures), partner?.hasRange === false ? figures : null);
  const siteId = text('site');
  if (siteId === null) throw wrong('site', 'is missing; give the id of a site.');
  const site = catalog.site(siteId);
  return site ? { site, columns, range, list } : null;
}

/** Every column that there is, in the order of the schema. */
function listColumns(figures: Figures): ExportColumn[] {
  const ofCatalog = ['id', 'name'].map((name) => ({ name, figure: null }));
  const ofFigures = figureHomes.flatMap((home) =>
    [...figures[home].values()].map(({ name: figure, type }) => ({
      name: `${home}.${figure}`,
      figure: { home, figure, type },
    })),
  );
  return [...ofCatalog, ...ofFigures];
}

/** `timeless`: the figures, where no ratio of both sources can be had, so that it only stands in a file if it is asked for. */
function readColumns(
  text: string | null,
  known: readonly ExportColumn[],
  timeless: Figures | null,
): readonly ExportColumn[] {
  if (text === null) return timeless ? known.filter(({ figure }) => !figure || !isOfBoth(figure, timeless)) : known;
  // The header of a file may be handed in as it is.
  const names = text.split(',').map((name) => name.trim());
  return [...new Set(names)]
    .filter((name) => name !== problemsColumn)
    .map((wanted) => {
      const found = known.find(({ name }) => name === wanted);
      const others = known.map(({ name }) => name);
      if (!found) throw wrong('columns', `there is no ${JSON.stringify(wanted)}${suggestion(wanted, others)}`);
      return found;
    });
}

function isOfBoth({ home, figure }: { home: FigureHome; figure: string }, { combined }: Figures): boolean {
  const ratio = home === 'combined' ? combined.get(figure) : undefined;
  return ratio !== undefined && ratio.of.source !== ratio.per.source;
}

function checkNames(parameters: Parameters): void {
  const unknown = Object.keys(parameters).find((name) => !parameterNames.some((known) => known === name));
  if (unknown === undefined) return;
  throw wrong(JSON.stringify(unknown), `this parameter is not known${suggestion(unknown, parameterNames)}`);
}

/** null = not given, or left empty as forms send it. */
function readText(parameters: Parameters, name: ParameterName): string | null {
  const value = parameters[name];
  if (value === undefined || value === '') return null;
  if (typeof value !== 'string') throw wrong(name, 'is given more than once.');
  return value;
}

/** Through the schema's own type, so that a parameter means what the argument of a query means. */
function coerceTo<T>(name: ParameterName, typeName: string, value: unknown, schema: GraphQLSchema): T {
  const type = schema.getType(typeName);
  if (!type || !isInputType(type)) throw wrong(name, `the schema of this gateway has no ${typeName}.`);
  const problems: string[] = [];
  const coerced = coerceInputValue(value, type, (path, _, { message }) =>
    problems.push(`${path.length > 0 ? `${path.join('.')}: ` : ''}${message}`),
  );
  if (problems.length > 0) throw wrong(name, problems.join(' '));
  return coerced as T;
}

/** A preset, or two days with two dots between them. */
function readRange(text: string): DateRangeRequest | { preset: string } {
  const [start, end, ...rest] = text.split('..');
  return end !== undefined && rest.length === 0 ? { start: start ?? '', end } : { preset: text };
}

function readFilterText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw wrong('filter', 'write JSON, such as {"googleAnalytics":{"pageViews":{"gte":100}}}.');
  }
}

function readMs(text: string | null): number | null {
  if (text === null || /^\d{1,9}$/.test(text)) return text === null ? null : Number(text);
  throw wrong('maxWaitMs', 'write a whole number of ms, such as 5000.');
}

function wrong(parameter: string, reason: string): GatewayError {
  return new GatewayError('BAD_USER_INPUT', `${parameter}: ${reason}`);
}

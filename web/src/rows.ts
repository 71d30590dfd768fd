import type { Answer } from './answer.js';
import type { Failure } from './failures.js';
import type { Figure, FigureSource } from './figures.js';
import type { FigureValue } from './format.js';
import type { GoogleFiguresFragment } from './generated/graphql.js';

export type Freshness = GoogleFiguresFragment['freshness'];

/** What one source says of a product: figures by name. */
export interface Side {
  readonly freshness: Freshness;
  readonly quality?: GoogleFiguresFragment['quality'];
  readonly currency?: string | null;
  readonly [figure: string]: unknown;
}

export interface TrendPoint {
  readonly date: string;
  readonly pageViews: number | null;
}

/** A product of the table. A side that is absent is still to come; null = the source does not know the product. */
export interface Row {
  readonly id: string;
  readonly name: string;
  readonly googleAnalytics?: Side | null;
  readonly googleAnalyticsBefore?: Side | null;
  readonly partner?: Side | null;
  readonly partnerBefore?: Side | null;
  readonly combined?: Side | null;
  readonly combinedBefore?: Side | null;
  readonly trend?: { readonly series: readonly TrendPoint[] } | null;
  /** By the path below the product, such as `partner` or `partner.orders`. */
  readonly failures: ReadonlyMap<string, Failure>;
}

/** What was answered about a list of products, with the failures of each. Products that are gone are left out. */
export function readRows<T>(
  answer: Answer<T>,
  nodesOf: (data: T) => readonly (Omit<Row, 'failures'> | null)[] | undefined,
): Row[] {
  const nodes = (answer.data && nodesOf(answer.data)) ?? [];
  const failures = failuresByPlace(answer.failures);
  return nodes.flatMap((node, index) => (node ? [{ ...node, failures: failures.get(index) ?? new Map() }] : []));
}

/** Whatever the list is called: the place in it is the path's first number. */
function failuresByPlace(failures: readonly Failure[]): Map<number, Map<string, Failure>> {
  const byPlace = new Map<number, Map<string, Failure>>();
  for (const failure of failures) {
    const path = failure.path ?? [];
    const at = path.findIndex((step) => typeof step === 'number');
    if (at < 0) continue;
    const place = Number(path[at]);
    const ofRow = byPlace.get(place) ?? new Map<string, Failure>();
    ofRow.set(path.slice(at + 1).join('.'), failure);
    byPlace.set(place, ofRow);
  }
  return byPlace;
}

/** What stands in the table before anything is known of its rows. */
export function waitingRows(count: number): Row[] {
  return Array.from({ length: count }, (_, index) => ({ id: `waiting-${index}`, name: '', failures: new Map() }));
}

/** A row with what is newer: what the newer one does not have yet stays as it was, so that nothing blinks. */
export function renewRow(old: Row, newer: Row): Row {
  const came = (path: string) => (path.split('.')[0] as keyof Row) in newer;
  const kept = [...old.failures].filter(([path]) => !came(path));
  return { ...old, ...newer, failures: new Map([...kept, ...newer.failures]) };
}

/** Nothing more will come: what is missing has failed. */
export function closeRow(row: Row, failure: Failure): Row {
  const missing = (['googleAnalytics', 'partner', 'combined'] as const).filter((side) => !(side in row));
  if (missing.length === 0) return row;
  const closed = Object.fromEntries(missing.map((side) => [side, null]));
  return {
    ...row,
    ...closed,
    failures: new Map([...row.failures, ...missing.map((side) => [side, failure] as const)]),
  };
}

/** Rows of which a source has still to say something, or something newer. */
export function unsettledIds(rows: readonly Row[], state: 'PENDING' | 'STALE'): string[] {
  const isIn = (side: Side | null | undefined) => side?.freshness.state === state;
  return rows
    .filter((row) => [row.googleAnalytics, row.partner, row.combined, row.partnerBefore].some(isIn))
    .map(({ id }) => id);
}

export function figureValue(row: Row, figure: Figure, before = false): FigureValue {
  return row[before ? (`${figure.source}Before` as const) : figure.source]?.[figure.name] as FigureValue;
}

export function failureOf(row: Row, { source, name }: Pick<Figure, 'source' | 'name'>): Failure | undefined {
  return row.failures.get(source) ?? row.failures.get(`${source}.${name}`);
}

/** Which sources a figure is asked from. */
export function askedSources(source: FigureSource): { google: boolean; partner: boolean } {
  return { google: source !== 'partner', partner: source !== 'googleAnalytics' };
}

/** When the oldest figure of some rows was read (ms since the epoch); null while there is none. */
export function oldestReading(sides: readonly (Side | null | undefined)[]): number | null {
  const times = sides.flatMap((side) => (side?.freshness.asOf ? [Date.parse(side.freshness.asOf)] : []));
  return times.length > 0 ? Math.min(...times) : null;
}

import { z } from 'zod';
import type { Site } from '../../catalog/catalog.js';
import { GatewayError } from '../../errors.js';
import type { FigureType } from '../../figureMappings.js';
import type { Figures } from '../../figures.js';
import { badResponse } from './failures.js';

/** What a property has to offer: its metrics by API name with their type, and the API names of its dimensions. */
export interface FieldMetadata {
  readonly metrics: ReadonlyMap<string, string>;
  readonly dimensions: ReadonlySet<string>;
}

const field = z.object({ apiName: z.string(), deprecatedApiNames: z.array(z.string()).default([]) });
const metadataAnswer = z.object({
  metrics: z.array(field.extend({ type: z.string() })).default([]),
  dimensions: z.array(field).default([]),
});

/** @throws GatewayError SOURCE_BAD_RESPONSE for what is no answer of getMetadata. */
export function readMetadata(answer: unknown): FieldMetadata {
  const parsed = metadataAnswer.safeParse(answer);
  if (!parsed.success) throw badResponse('does not have the form of metadata');
  const { metrics, dimensions } = parsed.data;
  const names = ({ apiName, deprecatedApiNames }: z.output<typeof field>) => [apiName, ...deprecatedApiNames];
  return {
    metrics: new Map(metrics.flatMap((metric) => names(metric).map((name) => [name, metric.type] as const))),
    dimensions: new Set(dimensions.flatMap(names)),
  };
}

/** What does not fit a property, and where it stands. */
export interface FieldProblem {
  readonly place: 'schema' | 'catalog' | 'configuration';
  /** One sentence. */
  readonly message: string;
}

/**
 * What of the schema and the catalog a property cannot answer: a metric or dimension that it does not have, or a field whose
 * type does not hold what the metric is.
 */
export function metadataProblems(
  figures: Figures,
  dimensions: readonly string[],
  known: FieldMetadata,
): FieldProblem[] {
  const mapped = [
    ...[...figures.googleAnalytics.values()].map((figure) => ({ home: 'GoogleAnalyticsSummary', ...figure })),
    ...[...figures.googleAnalyticsPoint.values()].map((figure) => ({ home: 'GoogleAnalyticsPoint', ...figure })),
  ];
  const ofMetrics = mapped.flatMap(({ home, name, metric, type }) => {
    const problem = metricProblem(metric, type, known.metrics.get(metric));
    return problem ? [{ place: 'schema', message: `${home}.${name}: ${problem}` } as const] : [];
  });
  const unknown = dimensions.filter((dimension) => !known.dimensions.has(dimension));
  const ofDimensions = unknown.map((dimension) => ({
    place: 'catalog' as const,
    message: `there is no dimension ${dimension}; write its name as Google does, such as pagePath.`,
  }));
  return [...ofMetrics, ...ofDimensions];
}

/**
 * Asks every property of these sites once what it has to offer, and compares: one problem for each thing that it cannot
 * answer, and for each property that does not tell.
 */
export async function checkProperties(
  sites: readonly Site[],
  figures: Figures,
  getMetadata: (property: string) => Promise<FieldMetadata>,
): Promise<FieldProblem[]> {
  const dimensions = new Map<string, Set<string>>();
  for (const { googleAnalytics } of sites) {
    if (!googleAnalytics) continue;
    const { property, dimension } = googleAnalytics;
    dimensions.set(property, (dimensions.get(property) ?? new Set()).add(dimension));
  }
  const problems = [...dimensions].map(async ([property, names]) => {
    const known = await getMetadata(property).catch((error: unknown) => {
      if (error instanceof GatewayError) return error;
      throw error;
    });
    const found: FieldProblem[] =
      known instanceof GatewayError
        ? [{ place: 'configuration', message: `${known.code} ${known.message}` }]
        : metadataProblems(figures, [...names], known);
    return found.map(({ place, message }) => ({ place, message: `property ${property}: ${message}` }));
  });
  return (await Promise.all(problems)).flat();
}

const wholeNumbers: readonly FigureType[] = ['Int', 'SafeInt'];

function metricProblem(metric: string, type: FigureType, known: string | undefined): string | null {
  if (known === undefined) return `there is no metric ${metric}.`;
  if (known === 'TYPE_INTEGER' || !wholeNumbers.includes(type)) return null;
  return `${metric} may have a fraction (${known}), which ${type} does not hold; use Float or Decimal.`;
}

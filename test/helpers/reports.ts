import type { ReportFlaws } from '../../src/demo/googleFlaws.js';
import { indexProperties, type PropertyData } from '../../src/demo/googleHits.js';
import { planReport, type ReportPlan, runReport } from '../../src/demo/googleReports.js';
import { transcode } from '../../src/demo/googleTranscoding.js';
import { createDemoWorld } from '../../src/demo/seed.js';

export const world = createDemoWorld({ products: 40, sites: 3, seed: 1 });
const properties = indexProperties(world);

/** Noon of 31 March 2025 in Berlin, evening in Tokyo, early morning in New York. */
export const noon = Date.parse('2025-03-31T10:00:00.000Z');
export const week = { startDate: '2025-03-03', endDate: '2025-03-09' };

export function propertyOf(siteId: string): PropertyData {
  const data = [...properties.values()].find(({ site }) => site.id === siteId);
  if (!data) throw new Error(`There is no site ${siteId}.`);
  return data;
}

/** A request that names no range is for the week. */
export function plan(request: object, options: { site?: string; now?: number; flaws?: ReportFlaws } = {}): ReportPlan {
  const { site = 'shop', now = noon, flaws = {} } = options;
  const body = JSON.stringify({ dateRanges: [week], ...request });
  return planReport(propertyOf(site), transcode('RunReportRequest', body), now, flaws);
}

export function report(request: object, options: Parameters<typeof plan>[1] = {}) {
  return runReport(plan(request, options));
}

/** The rows as plain lists: dimension values, then metric values. */
export function rowsOf(request: object, options: Parameters<typeof plan>[1] = {}): string[][] {
  return (report(request, options).rows ?? []).map(({ dimensionValues = [], metricValues = [] }) =>
    [...dimensionValues, ...metricValues].map(({ value }) => value),
  );
}

export const names = (...list: string[]) => list.map((name) => ({ name }));
export const pagePath = { dimensions: names('pagePath') };
export const only = (fieldName: string, filter: object) => ({ filter: { fieldName, ...filter } });
export const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

import { createApp } from '../app.js';
import { loadConfig } from '../config.js';
import type { UpstreamPlan } from '../plan.js';
import { readOperation } from './readOperation.js';
import type { Print } from './serve.js';

export interface PlanCommandOptions {
  file: string;
  variables: Record<string, unknown>;
  config: string;
  print: Print;
}

/** Prints the upstream calls that one operation would make if nothing of it were in the cache, and makes none. */
export async function plan({ file, variables, config: configFile, print }: PlanCommandOptions): Promise<void> {
  const config = loadConfig(configFile);
  const app = await createApp({ ...config, cache: { ...config.cache, redis: null } });
  try {
    const upstream = await app.plan({ query: readOperation(file), variables });
    for (const line of formatPlan(upstream)) print(line);
  } finally {
    await app.close();
  }
}

/** A plan as lines that people read. */
export function formatPlan({ googleAnalytics, partner, isEstimate }: UpstreamPlan): string[] {
  const { calls, tokens, reports } = googleAnalytics;
  return [
    `Google Analytics: ${count(reports.length, 'report')} in ${count(calls, 'call')}, about ${count(tokens, 'token')}`,
    ...reports.flatMap((report) => [
      `  property ${report.property}: ${subjectOf(report)}, at most ${count(report.limit, 'row')} a page, about ${count(report.tokens, 'token')}`,
      `    ${report.ranges.map(({ start, end }) => `${start} to ${end}`).join(', ')}`,
      `    ${report.metrics.join(', ')}`,
    ]),
    `Partner: ${isEstimate ? 'at most ' : ''}${count(partner.calls.length, 'call')}`,
    ...partner.calls.map(({ partnerId, range }) => `  ${partnerId}${range ? ` ${range.start} to ${range.end}` : ''}`),
  ];
}

function subjectOf({
  dimension,
  byKey,
  interval,
  keys,
  scan,
}: UpstreamPlan['googleAnalytics']['reports'][number]): string {
  const by = interval ? ` by ${interval.toLowerCase()}` : '';
  if (dimension === null) return `the whole site${by}`;
  if (scan === '') return `every ${dimension}${by}`;
  if (scan !== null) return `every ${dimension} that begins with ${scan}${by}`;
  return byKey ? `${count(keys.length, dimension)}${by}` : `${count(keys.length, dimension)} together${by}`;
}

function count(amount: number, noun: string): string {
  return `${amount.toLocaleString('en')} ${noun}${amount === 1 ? '' : 's'}`;
}

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Big from 'big.js';
import { addDays } from '../../src/dateRange.js';
import { createSites } from '../../src/demo/seedCatalog.js';
import type { Script } from '../helpers/badConnection.js';
import { failing, http } from '../helpers/badScripts.js';
import { type BadRequest, type BadServer, startBadServer } from '../helpers/badServer.js';
import { fuzzRuns, fuzzSeed, fuzzTimeoutMs } from '../helpers/fuzzing.js';
import { type RunningGateway, startGateway } from '../helpers/gateway.js';
import { createMalformer } from '../helpers/malformed.js';
import { createReportMalformer, type MalformedReport } from '../helpers/malformedReports.js';
import { createMovableClock } from '../helpers/movableClock.js';
import { mishapsDuring } from '../helpers/realProcess.js';
import { type AskedReport, readCall } from '../helpers/recordedGateway.js';

const malformer = createMalformer(`Google ${fuzzSeed}`);
const { random, oneOf, mutate, send } = malformer;
const { reportFor, spoil } = createReportMalformer(malformer);
const sites = 8;
const products = 2;
const dayMs = 86_400_000;
const metrics = { pageViews: 'screenPageViews', totalRevenue: 'totalRevenue', bounceRate: 'bounceRate' } as const;
const names = ['pageViews', 'totalRevenue', 'bounceRate'] as const;
type Figures = Record<(typeof names)[number], number | string | null> & { quality: { sampledShare: number | null } };

/** What Google really refuses, and what it says then. */
const refusals: readonly [status: number, message: unknown][] = [
  [400, 'Field screenPageViews is not a valid metric. For a list of valid dimensions and metrics, see …'],
  [400, 'Please remove bounceRate to make the request compatible.'],
  [400, { not: 'a text' }],
  [401, 'Request had invalid authentication credentials.'],
  [403, 'User does not have sufficient permissions for this property.'],
  [429, 'Exhausted property tokens per hour.'],
  [429, 'Exhausted property tokens per day.'],
  [429, null],
  [500, 'Internal error encountered.'],
];

function refusal(): Script {
  const [code, message] = oneOf(...refusals);
  const body = sometimes(0.3, mutate, JSON.stringify({ error: { code, message, status: 'REFUSED' } }));
  return failing(code, '', body);
}

function sometimes<T>(share: number, change: (value: T) => T, value: T): T {
  return random() < share ? change(value) : value;
}

/** One malformed, broken, refusing or plainly strange answer; and now and then an honest one. */
function answer(request: BadRequest): Script {
  if (random() < 0.05) return refusal();
  const { method, reports } = readCall(request.target, request.body);
  const answers = reports.map((asked) => sometimes(0.4, spoil, reportFor(asked)));
  const batch = { kind: 'analyticsData#batchRunReports', reports: sometimes(0.05, (all) => all.slice(1), answers) };
  const body = sometimes(0.2, mutate, JSON.stringify(method === 'batchRunReports' ? batch : answers[0]));
  // A connection that breaks is a failure of the source; more of them would only open the breaker.
  if (random() < 0.3) return send(body, (whole) => note(request, whole));
  note(request, body);
  return [{ send: http(body) }];
}

/** A report that was asked for, with what was sent for it. */
interface Sent {
  readonly property: string;
  readonly asked: AskedReport;
  readonly report: MalformedReport & { metadata?: Metadata };
}

interface Metadata {
  readonly subjectToThresholding?: unknown;
  readonly dataLossFromOtherRow?: unknown;
  readonly dataTruncationReasons?: unknown[];
  readonly samplingMetadatas?: { samplesReadCount: unknown; samplingSpaceSize: unknown }[];
  readonly schemaRestrictionResponse?: { activeMetricRestrictions?: { metricName: unknown }[] };
}

/** Since the last query. */
let sent: Sent[] = [];

function note({ target, body }: BadRequest, answered: string): void {
  const { property, method, reports } = readCall(target, body);
  const all = method === 'batchRunReports' ? Object(parse(answered)).reports : [parse(answered)];
  if (!Array.isArray(all)) return;
  sent.push(...reports.map((asked, index) => ({ property, asked, report: all[index] })));
}

function parse(text: string) {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return null;
  }
}

interface Place {
  readonly property: string | undefined;
  /** null = the site as a whole. */
  readonly key: string | null;
  readonly day: string;
  readonly metric: string;
}

/** The text that a report really has in this place; 0 where it may leave a row out; undefined where it says nothing. */
function honestText({ property, asked, report }: Sent, wanted: Place): unknown {
  const range = asked.dateRanges.find(({ startDate }) => startDate === wanted.day);
  const isByKey = (asked.dimensions ?? []).length > 0;
  if (property !== wanted.property || !range || isByKey !== (wanted.key !== null)) return undefined;
  try {
    const { dimensionHeaders = [], metricHeaders = [], rows = [], rowCount = 0, metadata } = report;
    if (isRestricted(wanted.metric, metadata) || rows.length < Number(rowCount)) return undefined;
    const row = rows.find(({ dimensionValues = [] }) =>
      dimensionHeaders.every(
        ({ name }, index) => dimensionValues[index]?.value === (name === 'dateRange' ? range.name : wanted.key),
      ),
    );
    if (!row) return isWithheld(metadata) || wanted.metric === 'bounceRate' ? undefined : '0';
    return row.metricValues[metricHeaders.findLastIndex(({ name }) => name === wanted.metric)]?.value;
  } catch {
    return undefined;
  }
}

function isRestricted(metric: string, metadata: Metadata = {}): boolean {
  const { activeMetricRestrictions = [] } = metadata.schemaRestrictionResponse ?? {};
  return activeMetricRestrictions.some(({ metricName }) => metricName === metric);
}

function isWithheld(metadata: Metadata = {}): boolean {
  const { subjectToThresholding, dataLossFromOtherRow, dataTruncationReasons = [], samplingMetadatas = [] } = metadata;
  const isSampled = samplingMetadatas.some(
    ({ samplesReadCount, samplingSpaceSize }) => Number(samplesReadCount) < Number(samplingSpaceSize),
  );
  return Boolean(subjectToThresholding || dataLossFromOtherRow || dataTruncationReasons.length > 0 || isSampled);
}

/** Decimals keep every digit, the others are doubles. */
function isSame(value: number | string, text: unknown): boolean {
  if (typeof text !== 'string') return false;
  if (typeof value === 'number') return value === Number(text);
  try {
    return new Big(text).eq(value);
  } catch {
    return false;
  }
}

let bad: BadServer;
let gateway: RunningGateway;
const clock = createMovableClock();
beforeAll(async () => {
  bad = await startBadServer({ scripts: { '*': answer } });
  gateway = await startGateway({
    products,
    sites,
    // What waits for less than a second, such as a second try, waits for nothing.
    clock: { ...clock, after: (ms, callback) => clock.after(ms < 1_000 ? 0 : ms, callback) },
    configure: ({ sources }) =>
      void Object.assign(sources.googleAnalytics ?? {}, { rootUrl: bad.url, concurrency: sites }),
  });
});
afterAll(async () => {
  await gateway.close();
  await bad.close();
});

/** Two days of every product; and of some sites the whole, which is a report of its own and makes a batch. */
const query = `
  query (${Array.from({ length: sites }, (_, site) => `$whole${site}: Boolean!`).join(' ')} $first: DateRangeInput $second: DateRangeInput) {
    ${Array.from({ length: sites }, (_, site) => `site${site}: site(id: "${createSites(sites)[site]?.id}") { id googleAnalytics(range: $first) @include(if: $whole${site}) { ...figures } ...ofProducts }`).join(' ')}
  }
  fragment ofProducts on Site {
    products { nodes { id first: googleAnalytics(range: $first) { ...figures } second: googleAnalytics(range: $second) { ...figures } } }
  }
  fragment figures on GoogleAnalyticsSummary { ${names.join(' ')} quality { sampledShare } }`;

interface SiteAnswer {
  id: string;
  googleAnalytics?: Figures | null;
  products: { nodes: { id: string; first: Figures | null; second: Figures | null }[] };
}

const wrong: string[] = [];
let numbers = 0;

function check(figures: Figures | null | undefined, place: Omit<Place, 'metric'>): void {
  for (const name of figures ? names : []) {
    const value = figures?.[name] ?? null;
    if (value === null) continue;
    numbers += 1;
    const texts = sent.map((each) => honestText(each, { ...place, metric: metrics[name] }));
    if (!texts.some((text) => isSame(value, text))) wrong.push(`${name} ${value} of ${JSON.stringify(sent)}`);
  }
  const share = figures?.quality.sampledShare ?? 1;
  if (!(share >= 0 && share <= 1)) wrong.push(`a share of ${share}`);
}

const rangeOf = (day: string) => ({ start: day, end: day });

async function askSites([first, second]: readonly [string, string]): Promise<void> {
  const { sites: known, products: catalog } = gateway.world;
  const propertyOf = new Map(known.map((site) => [site.id, site.googleAnalytics?.property]));
  const keyOf = new Map(catalog.map(({ id, googleAnalyticsKeys: [key = ''] }) => [id, key]));
  const wholes = Object.fromEntries(known.map((_, site) => [`whole${site}`, random() < 0.5]));
  sent = [];
  const variables = { ...wholes, first: rangeOf(first), second: rangeOf(second) };
  const { status, data } = await gateway.ask<Record<string, SiteAnswer>>(query, variables);
  expect(status).toBe(200);
  for (const { id: site, googleAnalytics, products: list } of Object.values(data)) {
    const property = propertyOf.get(site);
    check(googleAnalytics, { property, key: null, day: first });
    for (const { id, ...figures } of list.nodes) {
      check(figures.first, { property, key: keyOf.get(id) ?? '', day: first });
      check(figures.second, { property, key: keyOf.get(id) ?? '', day: second });
    }
  }
  // Quotas refill, and what was refused or failed is asked again.
  clock.push(2 * dayMs);
}

describe('a Google that answers what it likes', () => {
  test(
    `never makes a wrong number, 5xx, or an error that nobody catches (seed ${fuzzSeed})`,
    async () => {
      const mishaps = await mishapsDuring(async () => {
        for (let day = '2016-01-01'; bad.ledger.length < fuzzRuns; day = addDays(day, 2))
          await askSites([day, addDays(day, 1)]);
      });
      expect(wrong.slice(0, 3)).toEqual([]);
      expect(mishaps).toEqual([]);
      expect(gateway.events.filter(({ type }) => type === 'request.failed')).toEqual([]);
      // Honest answers came through, or the test would prove nothing.
      expect(numbers).toBeGreaterThan(fuzzRuns);
    },
    fuzzTimeoutMs,
  );
});

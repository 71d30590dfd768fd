import { analyticsdata, type analyticsdata_v1beta, auth } from 'googleapis/build/src/apis/analyticsdata/index.js';
import { type Signal, toAbortSignal } from '../../cancellation.js';
import { companionOf } from '../../metricKinds.js';
import { type Tracing, untraced } from '../../tracing.js';
import { badResponse, failureOfGoogle, isStaleToken } from './failures.js';
import { type FieldMetadata, readMetadata } from './metadata.js';
import { maxMetricsPerReport, type ReportPlan } from './planner.js';
import { nameOfRange } from './rows.js';
import { intervalDimensions } from './series.js';
import { createTransport } from './transport.js';

export interface GoogleAnalyticsClientOptions {
  /** A credentials file's JSON; null = application default credentials. */
  credentials: string | null;
  rootUrl: string;
  /** Where tokens are asked instead of Google; null = Google. */
  tokenUrl: string | null;
  concurrency: number;
  /** Ms. */
  timeout: number;
  tracing?: Tracing;
}

export interface GoogleAnalyticsClient {
  /**
   * Asks up to 5 reports of one property in one call, and answers in their order. One fault in one of them fails all.
   * @throws GatewayError of Google Analytics, or the signal's reason.
   */
  runReports(plans: readonly ReportPlan[], signal: Signal): Promise<readonly unknown[]>;
  /** Every metric and dimension that a property has. */
  getMetadata(property: string, signal: Signal): Promise<FieldMetadata>;
  close(): Promise<void>;
}

type Api = analyticsdata_v1beta.Analyticsdata;

const readOnly = 'https://www.googleapis.com/auth/analytics.readonly';

export function createGoogleAnalyticsClient(options: GoogleAnalyticsClientOptions): GoogleAnalyticsClient {
  const transport = createTransport({
    tokenUrl: options.tokenUrl,
    connections: options.concurrency,
    timeoutMs: options.timeout,
    tracing: options.tracing ?? untraced,
  });
  const clientOptions = { transporterOptions: { fetchImplementation: transport.fetch } };
  const createApi = () =>
    analyticsdata({
      version: 'v1beta',
      rootUrl: options.rootUrl,
      auth: new auth.GoogleAuth({
        ...(options.credentials !== null && { credentials: JSON.parse(options.credentials) }),
        scopes: [readOnly],
        clientOptions,
      }),
      fetchImplementation: transport.fetch,
      // A repeated 5xx counts against the property: 10 in an hour lock it. The scheduler decides what is asked again.
      retry: false,
    });
  let api = createApi();

  /** The body of an answer; the client hands on one that is no JSON as a string. */
  async function bodyOf<T>(call: (at: Api) => Promise<{ data: T }>, signal: Signal): Promise<T> {
    try {
      const { data } = await withFreshToken(call, signal);
      if (typeof data !== 'object' || data === null) throw badResponse('is not valid JSON');
      return data;
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw failureOfGoogle(error);
    }
  }

  /** A token that Google no longer takes is replaced once; the auth library would send the same one again. */
  async function withFreshToken<T>(call: (at: Api) => Promise<T>, signal: Signal): Promise<T> {
    const used = api;
    try {
      return await call(used);
    } catch (error) {
      if (!isStaleToken(error) || signal.aborted) throw error;
      if (api === used) api = createApi();
      return call(api);
    }
  }

  return {
    async runReports(plans, signal) {
      const [first, ...more] = plans;
      if (!first) return [];
      const property = `properties/${first.property}`;
      if (more.length === 0) {
        const request = { property, requestBody: reportRequest(first) };
        return [await bodyOf((at) => at.properties.runReport(request, { signal: toAbortSignal(signal) }), signal)];
      }
      const request = { property, requestBody: { requests: plans.map(reportRequest) } };
      const { kind, reports } = await bodyOf(
        (at) => at.properties.batchRunReports(request, { signal: toAbortSignal(signal) }),
        signal,
      );
      if (kind !== 'analyticsData#batchRunReports') throw badResponse('is not that of a batch');
      if (reports?.length !== plans.length) throw badResponse('does not have as many reports as were asked for');
      return reports;
    },
    async getMetadata(property, signal) {
      const name = `properties/${property}/metadata`;
      return readMetadata(
        await bodyOf((at) => at.properties.getMetadata({ name }, { signal: toAbortSignal(signal) }), signal),
      );
    },
    close: transport.close,
  };
}

/** The body of runReport; `limit` is written out because the API's own default cuts off at 10,000 rows. */
export function reportRequest(plan: ReportPlan): analyticsdata_v1beta.Schema$RunReportRequest {
  const { dimension, byKey, interval, metrics, ranges, currency } = plan;
  const columns = [byKey ? dimension : null, interval && intervalDimensions[interval]];
  const filter = filterOf(plan);
  const companion = metrics.length < maxMetricsPerReport ? companionOf(metrics) : null;
  return {
    dimensions: columns.filter((name) => name !== null).map((name) => ({ name })),
    metrics: [...metrics, ...(companion ? [companion] : [])].map((name) => ({ name })),
    dateRanges: ranges.map((range) => ({
      startDate: range.start,
      endDate: range.end,
      ...(ranges.length > 1 && { name: nameOfRange(range) }),
    })),
    ...(filter && { dimensionFilter: { filter } }),
    limit: String(plan.limit),
    ...(plan.offset > 0 && { offset: String(plan.offset) }),
    currencyCode: currency,
    returnPropertyQuota: true,
  };
}

function filterOf({ dimension, keys, scan }: ReportPlan): analyticsdata_v1beta.Schema$Filter | null {
  if (dimension === null || keys.length === 0 || scan === '') return null;
  if (scan === null) return { fieldName: dimension, inListFilter: { values: [...keys], caseSensitive: true } };
  return { fieldName: dimension, stringFilter: { matchType: 'BEGINS_WITH', value: scan, caseSensitive: true } };
}

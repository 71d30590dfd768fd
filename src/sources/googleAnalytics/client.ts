import { analyticsdata, type analyticsdata_v1beta, auth } from 'googleapis/build/src/apis/analyticsdata/index.js';
import { badResponse, failureOfGoogle } from './failures.js';
import type { ReportPlan } from './planner.js';
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
}

export interface GoogleAnalyticsClient {
  /**
   * Asks one report.
   * @throws GatewayError of Google Analytics, or the signal's reason.
   */
  runReport(plan: ReportPlan, signal: AbortSignal): Promise<unknown>;
  close(): Promise<void>;
}

const readOnly = 'https://www.googleapis.com/auth/analytics.readonly';

export function createGoogleAnalyticsClient(options: GoogleAnalyticsClientOptions): GoogleAnalyticsClient {
  const transport = createTransport({
    tokenUrl: options.tokenUrl,
    connections: options.concurrency,
    timeoutMs: options.timeout,
  });
  const clientOptions = { transporterOptions: { fetchImplementation: transport.fetch } };
  const api = analyticsdata({
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

  return {
    async runReport(plan, signal) {
      try {
        const request = { property: `properties/${plan.property}`, requestBody: reportRequest(plan) };
        const { data } = await api.properties.runReport(request, { signal });
        // The client hands on a body that is no JSON as a string.
        if (typeof data !== 'object' || data === null) throw badResponse('is not valid JSON');
        return data;
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        throw failureOfGoogle(error);
      }
    },
    close: transport.close,
  };
}

/** The body of runReport; `limit` is written out because the API's own default cuts off at 10,000 rows. */
export function reportRequest(plan: ReportPlan): analyticsdata_v1beta.Schema$RunReportRequest {
  const { dimension, metrics, keys, range, currency } = plan;
  return {
    dimensions: [{ name: dimension }],
    metrics: metrics.map((name) => ({ name })),
    dateRanges: [{ startDate: range.start, endDate: range.end }],
    dimensionFilter: {
      filter: { fieldName: dimension, inListFilter: { values: [...keys], caseSensitive: true } },
    },
    limit: String(keys.length),
    currencyCode: currency,
  };
}

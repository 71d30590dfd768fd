import type { RecordedAnswer } from './recorder.js';

/** An error of the Data API as captured, and what the gateway makes of it. */
export interface GoogleErrorCase {
  readonly name: string;
  readonly answer: RecordedAnswer;
  readonly code: string;
  readonly retryable: boolean;
  readonly bucket?: string;
}

const docs = 'https://developers.google.com/analytics/devguides/reporting/data/v1';
const statuses: Record<number, string> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

function envelope(code: number, message: string, details?: readonly object[]): RecordedAnswer {
  const error = { code, message, status: statuses[code], ...(details && { details }) };
  return {
    status: code,
    headers: { 'content-type': 'application/json; charset=UTF-8' },
    body: JSON.stringify({ error }, null, 2).replaceAll('&', '\\u0026'),
  };
}

const page = (status: number): RecordedAnswer => ({
  status,
  headers: { 'content-type': 'text/html; charset=UTF-8' },
  body: `<!DOCTYPE html><html lang=en><title>Error ${status}</title><p><b>${status}.</b> <ins>That’s an error.</ins>`,
});
const text = (status: number, body: string, type = 'application/json'): RecordedAnswer => ({
  status,
  headers: { 'content-type': type },
  body,
});

const rejected = { code: 'SOURCE_REJECTED', retryable: false };
const unavailable = { code: 'SOURCE_UNAVAILABLE', retryable: true };
const badResponse = { code: 'SOURCE_BAD_RESPONSE', retryable: false };
const exhausted = { code: 'SOURCE_QUOTA_EXHAUSTED', retryable: true };
const returning = `These quota tokens will return in under an hour. To learn more, see ${docs}/quotas`;
const signIn =
  'Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.';

/** What the Data API answers when something is wrong, to the letter where that is known. */
export const googleErrors: readonly GoogleErrorCase[] = [
  {
    name: 'an unknown metric',
    answer: envelope(
      400,
      `Did you mean sessions? Field session is not a valid metric.  For a list of valid dimensions and metrics, see ${docs}/api-schema `,
    ),
    ...rejected,
  },
  {
    name: 'incompatible fields',
    answer: envelope(
      400,
      "Please remove dateHour to make the request compatible. The request's dimensions & metrics are incompatible. To learn more, see https://ga-dev-tools.web.app/ga4/dimensions-metrics-explorer/",
    ),
    ...rejected,
  },
  {
    name: 'too many metrics',
    answer: envelope(
      400,
      'Requests are limited to 10 metrics within a nested request.\n  This request is for 11 metrics.',
    ),
    ...rejected,
  },
  {
    name: 'a field that the JSON layer does not know',
    answer: envelope(400, `Invalid JSON payload received. Unknown name "x" at 'date_ranges[0]': Cannot find field.`, [
      {
        '@type': 'type.googleapis.com/google.rpc.BadRequest',
        fieldViolations: [{ field: 'date_ranges[0]', description: 'Invalid JSON payload received.' }],
      },
    ]),
    ...rejected,
  },
  {
    name: 'missing credentials',
    answer: envelope(401, `Request is missing required authentication credential. ${signIn}`, [
      { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'CREDENTIALS_MISSING', domain: 'googleapis.com' },
    ]),
    ...rejected,
  },
  {
    name: 'invalid credentials',
    answer: envelope(401, `Request had invalid authentication credentials. ${signIn}`),
    ...rejected,
  },
  {
    name: 'no permission',
    answer: envelope(
      403,
      `User does not have sufficient permissions for this property. To learn more about Property ID, see ${docs}/property-id.`,
    ),
    ...rejected,
  },
  {
    name: 'an API that is switched off',
    answer: envelope(403, 'Google Analytics Data API has not been used in project 1 before or it is disabled.', [
      { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'SERVICE_DISABLED', domain: 'googleapis.com' },
    ]),
    ...rejected,
  },
  { name: 'a page that says 404', answer: page(404), ...rejected },
  {
    name: "no more of the project's tokens",
    answer: envelope(429, `Exhausted property tokens for a project per hour. ${returning}`),
    ...exhausted,
    bucket: 'tokensPerProjectPerHour',
  },
  {
    name: 'no more tokens this hour',
    answer: envelope(429, `Exhausted property tokens per hour. ${returning}`),
    ...exhausted,
    bucket: 'tokensPerHour',
  },
  {
    name: 'no more tokens today',
    answer: envelope(429, `Exhausted property tokens per day. To learn more, see ${docs}/quotas`),
    ...exhausted,
    bucket: 'tokensPerDay',
  },
  {
    name: 'too many requests at once',
    answer: envelope(429, 'Exhausted concurrent requests quota.'),
    ...exhausted,
    bucket: 'concurrentRequests',
  },
  {
    name: 'too many requests about people',
    answer: envelope(429, 'Exhausted potentially thresholded requests quota.'),
    ...exhausted,
    bucket: 'potentiallyThresholdedRequestsPerHour',
  },
  {
    name: 'too many errors of its own',
    answer: envelope(429, 'Exhausted server errors quota. This quota will refresh in under an hour.'),
    ...exhausted,
    bucket: 'serverErrorsPerProjectPerHour',
  },
  { name: 'a 429 of an unknown kind', answer: envelope(429, 'Resource has been exhausted.'), ...exhausted },
  { name: '500', answer: envelope(500, 'Internal error encountered.'), ...unavailable },
  { name: '503', answer: envelope(503, 'The service is currently unavailable.'), ...unavailable },
  { name: '504', answer: envelope(504, 'Deadline expired before operation could complete.'), ...unavailable },
  { name: 'a page that says 502', answer: page(502), ...unavailable },
  { name: 'a report that is cut off', answer: text(200, '{"rows": [{"dimension'), ...badResponse },
  { name: 'a page instead of a report', answer: page(200), ...badResponse },
  {
    name: 'an answer of another kind',
    answer: text(200, '{"kind":"analyticsData#runRealtimeReport"}'),
    ...badResponse,
  },
  { name: 'a list instead of a report', answer: text(200, '[]'), ...badResponse },
  { name: 'nothing', answer: text(200, ''), ...badResponse },
  { name: 'a redirect', answer: { ...text(302, ''), headers: { location: 'https://example.com/' } }, ...badResponse },
];

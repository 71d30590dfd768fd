const statuses = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  501: 'UNIMPLEMENTED',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
} as const;

/** An answer of Google's that is no success: thrown where it is found, written down as its envelope at the edge. */
export class GoogleError extends Error {
  readonly code: keyof typeof statuses;
  readonly details: readonly object[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: keyof typeof statuses,
    message: string,
    extras: { details?: readonly object[]; headers?: Record<string, string> } = {},
  ) {
    super(message);
    this.name = 'GoogleError';
    this.code = code;
    this.details = extras.details ?? [];
    this.headers = extras.headers ?? {};
  }

  get envelope() {
    const { code, message, details } = this;
    return { error: { code, message, status: statuses[code], ...(details.length > 0 && { details }) } };
  }
}

const docs = 'https://developers.google.com/analytics/devguides/reporting/data/v1';

export function invalidArgument(message: string): GoogleError {
  return new GoogleError(400, message);
}

/** What the JSON layer finds wrong before the method sees the request; `field` is absent where the whole message is meant. */
export interface Violation {
  readonly field?: string;
  readonly description: string;
}

export function badRequest(violations: readonly Violation[]): GoogleError {
  return new GoogleError(400, violations.map(({ description }) => description).join('\n'), {
    details: [{ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: violations }],
  });
}

/** Two spaces stand behind "metric." and one behind "dimension.", as in the real answers. */
export function unknownField(name: string, kind: 'dimension' | 'metric', suggestion?: string): GoogleError {
  const prefix = suggestion === undefined ? '' : `Did you mean ${suggestion}? `;
  const space = kind === 'metric' ? '  ' : ' ';
  return invalidArgument(
    `${prefix}Field ${name} is not a valid ${kind}.${space}For a list of valid dimensions and metrics, see ${docs}/api-schema `,
  );
}

export function incompatibleFields(names: readonly string[]): GoogleError {
  return invalidArgument(
    `Please remove ${names.join(', ')} to make the request compatible. The request's dimensions & metrics are incompatible. To learn more, see https://ga-dev-tools.web.app/ga4/dimensions-metrics-explorer/`,
  );
}

const signIn = 'https://developers.google.com/identity/sign-in/web/devconsole-project.';
const expected = `Expected OAuth 2 access token, login cookie or other valid authentication credential. See ${signIn}`;
const challenge = 'Bearer realm="https://accounts.google.com/"';

export function missingCredentials(rpc: string): GoogleError {
  return new GoogleError(401, `Request is missing required authentication credential. ${expected}`, {
    headers: { 'www-authenticate': challenge },
    details: [
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: 'CREDENTIALS_MISSING',
        domain: 'googleapis.com',
        metadata: {
          service: 'analyticsdata.googleapis.com',
          method: `google.analytics.data.v1beta.BetaAnalyticsData.${rpc}`,
        },
      },
    ],
  });
}

export function invalidCredentials(): GoogleError {
  return new GoogleError(401, `Request had invalid authentication credentials. ${expected}`, {
    headers: { 'www-authenticate': `${challenge}, error="invalid_token"` },
  });
}

const aboutProperties = `To learn more about Property ID, see ${docs}/property-id.`;

export function invalidProperty(property: string): GoogleError {
  return invalidArgument(`Invalid property ID: ${property}. A numeric Property ID is required. ${aboutProperties}`);
}

export function noPermission(): GoogleError {
  return new GoogleError(403, `User does not have sufficient permissions for this property. ${aboutProperties}`);
}

const consolePage = 'https://console.developers.google.com/apis/api/analyticsdata.googleapis.com/overview';

/** Nobody has switched the Data API on for the project of the credentials. */
export function apiDisabled(): GoogleError {
  const project = '100000000001';
  const message = `Google Analytics Data API has not been used in project ${project} before or it is disabled. Enable it by visiting ${consolePage}?project=${project} then retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry.`;
  return new GoogleError(403, message, {
    details: [
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: 'SERVICE_DISABLED',
        domain: 'googleapis.com',
        metadata: { service: 'analyticsdata.googleapis.com', consumer: `projects/${project}` },
      },
    ],
  });
}

const aboutQuotas = `To learn more, see ${docs}/quotas`;

/** The day's, the server errors' and the client errors' texts are modelled on the others: no real one has been published. */
const exhausted = {
  tokensPerDay: `Exhausted property tokens per day. These quota tokens will return in under 24 hours. ${aboutQuotas}`,
  tokensPerHour: `Exhausted property tokens per hour. These quota tokens will return in under an hour. ${aboutQuotas}`,
  tokensPerProjectPerHour: `Exhausted property tokens for a project per hour. These quota tokens will return in under an hour. ${aboutQuotas}`,
  concurrentRequests: 'Exhausted concurrent requests quota.',
  serverErrorsPerProjectPerHour: `Exhausted server errors quota. This quota will refresh in under an hour. ${aboutQuotas}`,
  potentiallyThresholdedRequestsPerHour: `Exhausted potentially thresholded requests quota. This quota will refresh in under an hour. ${aboutQuotas}`,
  clientErrorsPerProjectPerQuarterHour: `Exhausted client errors quota. This quota will refresh in under 15 minutes. ${aboutQuotas}`,
} as const;

/** The limits of a property, by the names of PropertyQuota; the client errors' is not told there. */
export type QuotaBucket = keyof typeof exhausted;

export function isQuotaBucket(name: unknown): name is QuotaBucket {
  return typeof name === 'string' && Object.hasOwn(exhausted, name);
}

export function exhaustedQuota(bucket: QuotaBucket): GoogleError {
  return new GoogleError(429, exhausted[bucket]);
}

/** Google's own failure: 500 and 504, and 503 for every other status. */
export function serverError(status: unknown): GoogleError {
  if (status === 500) return new GoogleError(500, 'Internal error encountered.');
  if (status === 504) return new GoogleError(504, 'Deadline expired before operation could complete.');
  return new GoogleError(503, 'The service is currently unavailable.');
}

export function unsupported(what: string): GoogleError {
  return new GoogleError(501, `The emulator does not support ${what}.`);
}

/** What Google's front end answers for an unknown path or a wrong verb: a page, never a 405. */
export function notFoundPage(path: string): string {
  return `<!DOCTYPE html>
<html lang=en>
  <meta charset=utf-8>
  <title>Error 404 (Not Found)!!1</title>
  <p><b>404.</b> <ins>That’s an error.</ins>
  <p>The requested URL <code>${escapeHtml(path)}</code> was not found on this server.  <ins>That’s all we know.</ins>
`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

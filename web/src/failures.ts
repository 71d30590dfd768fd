import { type FormatOptions, formatClock } from './format.js';

/** An error of an answer, as GraphQL sends it. */
export interface Failure {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: {
    readonly code?: string;
    readonly source?: string;
    readonly retryable?: boolean;
    readonly retryAfterMs?: number;
    readonly bucket?: string;
  };
}

/** A failure in the words of somebody who reads figures. */
export interface PlainFailure {
  /** At most two words, for a cell. */
  readonly short: string;
  /** A sentence that says what happened and what to expect. */
  readonly long: string;
}

/** @param source `Google Analytics` or `The partner`; begins the sentence. */
const wordings: Record<string, readonly [short: string, long: (source: string) => string]> = {
  SOURCE_TIMEOUT: ['timed out', (source) => `${source} took too long to answer.`],
  DEADLINE_EXCEEDED: ['timed out', (source) => `${source} took too long. The answer may be there when you ask again.`],
  SOURCE_UNAVAILABLE: ['no answer', (source) => `${source} could not be reached, or broke off.`],
  SOURCE_RATE_LIMITED: ['rate limit', (source) => `${source} wants fewer questions at the moment.`],
  SOURCE_QUOTA_EXHAUSTED: ['quota', (source) => `${source} answers no more for now: the quota is used up.`],
  SOURCE_BAD_RESPONSE: ['bad answer', (source) => `${source} sent something that is no valid figure.`],
  SOURCE_REJECTED: ['refused', (source) => `${source} refused the question. Its access has to be looked at.`],
  SOURCE_NOT_FOUND: ['not known', (source) => `${source} does not know this product.`],
  CIRCUIT_OPEN: ['paused', (source) => `${source} is failing, so it is left alone for a while.`],
  OVERLOADED: ['too busy', (source) => `Too many questions wait for ${source} already.`],
  NOT_ADDITIVE: ['no sum', () => 'This figure must not be added up over the pages of a product.'],
  QUERY_TOO_EXPENSIVE: ['too many', () => 'There are too many products to ask for all of them at once.'],
  FORBIDDEN: ['forbidden', () => 'Your access does not include this.'],
};

const sourceNames: Record<string, string> = { googleAnalytics: 'Google Analytics', partner: 'The partner' };

export function explainFailure(
  failure: Failure,
  { now, locale }: Pick<FormatOptions, 'locale'> & { readonly now: number },
): PlainFailure {
  const { code = '', source = '', retryAfterMs } = failure.extensions ?? {};
  const [short, long] = wordings[code] ?? ['failed', () => failure.message];
  const back =
    retryAfterMs === undefined ? '' : ` It is asked again from ${formatClock(now + retryAfterMs, now, { locale })}.`;
  return { short, long: long(sourceNames[source] ?? 'The source') + back };
}

/** The failures that concern everybody who looks at the page, one for each source and code: each deserves one line above the table. */
export function notableFailures(failures: readonly Failure[]): Failure[] {
  const codes = new Set(['SOURCE_QUOTA_EXHAUSTED', 'CIRCUIT_OPEN', 'SOURCE_REJECTED', 'FORBIDDEN', 'BAD_USER_INPUT']);
  const seen = new Map<string, Failure>();
  for (const failure of failures) {
    const { code = '', source = '' } = failure.extensions ?? {};
    if (codes.has(code) && !seen.has(`${source} ${code}`)) seen.set(`${source} ${code}`, failure);
  }
  return [...seen.values()];
}

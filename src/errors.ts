/** What a client can be told went wrong, in `extensions.code`. README prints this table; a test compares the two. */
export const errorTable = {
  SOURCE_TIMEOUT: { retryable: true, meaning: "An attempt took longer than the source's timeout." },
  DEADLINE_EXCEEDED: {
    retryable: true,
    meaning: "The request's deadline came before the source's answer: ask again.",
  },
  SOURCE_UNAVAILABLE: { retryable: true, meaning: 'The source could not be reached, broke off, or answered 5xx.' },
  SOURCE_RATE_LIMITED: {
    retryable: true,
    meaning: 'The source answered 429; retryAfterMs says when, where it is known.',
  },
  SOURCE_QUOTA_EXHAUSTED: { retryable: true, meaning: 'A Google quota bucket is empty; bucket says which.' },
  SOURCE_BAD_RESPONSE: {
    retryable: false,
    meaning: "The answer has a wrong type, shape, size or number, is a redirect, or is another product's.",
  },
  SOURCE_REJECTED: { retryable: false, meaning: 'The source refused the credentials or the request (400, 401, 403).' },
  SOURCE_NOT_FOUND: { retryable: false, meaning: 'The partner does not know the product.' },
  CIRCUIT_OPEN: { retryable: true, meaning: 'Not asked: the source is failing at the moment.' },
  OVERLOADED: {
    retryable: true,
    meaning: "Not asked: the source's queue is full. With HTTP 503: the gateway itself has too much to do.",
  },
  NOT_ADDITIVE: {
    retryable: false,
    meaning:
      "The figure must not be summed over the product's several Google keys, and the query has too many such products to ask for each.",
  },
  QUERY_TOO_EXPENSIVE: {
    retryable: false,
    meaning:
      'Not asked: more than the caller may have, of upstream calls or in one answer. The message says how much, and retryAfterMs when, if waiting helps.',
  },
  UNAUTHENTICATED: {
    retryable: false,
    meaning: 'The request has no key or token, or none that is right (HTTP 401; 429 after too many of them).',
  },
  FORBIDDEN: {
    retryable: false,
    meaning: 'A web page of this origin may not ask for this, or the document is not a trusted one (HTTP 403).',
  },
  BAD_USER_INPUT: { retryable: false, meaning: 'An argument is wrong; the message says which and why.' },
  INTERNAL_SERVER_ERROR: { retryable: false, meaning: 'A fault of the gateway itself; the log has the details.' },
} as const satisfies Record<string, { retryable: boolean; meaning: string }>;

export type ErrorCode = keyof typeof errorTable;
export type SourceName = 'googleAnalytics' | 'partner';

export interface GatewayErrorOptions {
  source?: SourceName;
  /** Ms from now after which asking again makes sense. */
  retryAfterMs?: number;
  /** The Google quota that is used up. */
  bucket?: string;
  /** Overrides the code's own answer in `errorTable`. */
  retryable?: boolean;
  /**
   * Whether the gateway may ask again at once. free: the failure was none of the source's (a connection that it had closed
   * while idle); budgeted: worth it, within the budget for retries. Not shown to clients.
   */
  again?: 'free' | 'budgeted';
  /** The source does not accept our credentials. Not shown to clients. */
  refused?: boolean;
  /** The request itself is at fault, and these names in it, where they are known. Not shown to clients. */
  invalid?: readonly string[];
  /** The source itself answered 5xx. Not shown to clients. */
  serverError?: boolean;
  /** No call was made, so it says nothing of the next one. Not shown to clients. */
  notAsked?: boolean;
  /** How long (ms) the source wants no calls at all. Not shown to clients. */
  pauseMs?: number;
}

/**
 * The only error that reaches a client unmasked. Its message is written by the gateway: it never holds a URL, a key, a
 * stack or a source's body, and there is no `cause`, because foreign errors hold those.
 */
export class GatewayError extends Error {
  readonly code: ErrorCode;
  readonly options: Readonly<GatewayErrorOptions>;

  constructor(code: ErrorCode, message: string, options: GatewayErrorOptions = {}) {
    super(message);
    this.name = 'GatewayError';
    this.code = code;
    this.options = options;
  }

  get retryable(): boolean {
    return this.options.retryable ?? errorTable[this.code].retryable;
  }

  /** graphql-js copies `extensions` of a thrown error into the answer. */
  get extensions(): Record<string, unknown> {
    const { source, retryAfterMs, bucket } = this.options;
    return {
      code: this.code,
      ...(source && { source }),
      retryable: this.retryable,
      ...(retryAfterMs !== undefined && { retryAfterMs: Math.ceil(retryAfterMs) }),
      ...(bucket && { bucket }),
    };
  }
}

/** One thing that is wrong in a file that a person wrote: where, what, and how to mend it. */
export interface Problem {
  file: string;
  /** 1-based; absent where the whole file is meant. */
  line?: number;
  message: string;
}

/** Thrown before anything is started, with every problem found, not only the first. */
export class ConfigurationError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(formatProblem).join('\n'));
    this.name = 'ConfigurationError';
    this.problems = problems;
  }
}

export function formatProblem({ file, line, message }: Problem): string {
  return line === undefined ? `${file}: ${message}` : `${file}:${line}: ${message}`;
}

/** Why work was stopped whose result nobody waits for: the client has gone. It never reaches a client. */
export class Disconnected extends Error {
  constructor() {
    super('The client has gone.');
    this.name = 'Disconnected';
  }
}

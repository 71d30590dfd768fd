/**
 * Why a database could not be read, in words for the one who runs the gateway, with the cure.
 *
 * What the server says is repeated only where it speaks of the SQL itself: its other messages hold what is in the rows, and a
 * library's hold the host and the user.
 *
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function describeFailure(error: unknown, timeoutMs: number): string {
  const { code, message } = readFailure(error);
  const known = sentences(timeoutMs).find(({ when }) => when.test(code));
  if (known) return known.text;
  // Class 42: syntax error or access rule violation.
  if (/^42...$/.test(code)) return `the database refuses the SQL: ${message}.`;
  if (/^[0-9A-Z]{5}$/.test(code)) return `the database answered with an error (SQLSTATE ${code}).`;
  return withoutCode(message, code, timeoutMs);
}

/** Why a database could not be read, in words that hold nothing of it. */
export class DatabaseFailure extends Error {
  constructor(error: unknown, timeoutMs: number) {
    super(describeFailure(error, timeoutMs));
    this.name = 'DatabaseFailure';
  }
}

/** For a server that does not answer any more, not even that it took too long. */
export class SilentServer extends Error {
  readonly code = 'SILENT';
}

function sentences(timeoutMs: number): { when: RegExp; text: string }[] {
  const limit = `${timeoutMs / 1_000} s (catalog.postgres.timeout)`;
  return [
    { when: /^57014$/, text: `the query took longer than ${limit}; give it an index, or more time.` },
    { when: /^(SILENT|ETIMEDOUT)$/, text: `the database did not answer within ${limit}.` },
    { when: /^25006$/, text: 'the SQL wants to write, and may only read.' },
    { when: /^08P01$/, text: 'the SQL has other parameters than it may have: only products may have one, $1.' },
    { when: /^28...$/, text: 'the database refuses the user or the password of url.' },
    { when: /^3D000$/, text: 'there is no database of the name in url.' },
    { when: /^53300$/, text: 'the database has no connection left for the gateway.' },
    { when: /^(57P0.|08...|ECONNRESET|EPIPE)$/, text: 'the database broke the connection off.' },
    { when: /^ENOENT$/, text: 'there is no such socket, or no such certificate file, as url names.' },
    {
      when: /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/,
      text: 'the database cannot be reached; check the host and the port of url.',
    },
  ];
}

/** Failures that the client library found, which have no code but these words. */
function withoutCode(message: string, code: string, timeoutMs: number): string {
  if (/timeout/i.test(message)) return describeFailure(new SilentServer(), timeoutMs);
  if (/SASL|password/i.test(message)) return 'the database wants another password than the one of url.';
  if (/SSL/.test(message)) return 'the database does not take the TLS that url asks for.';
  const shown = /^[A-Z_]{3,60}$/.test(code) ? ` (${code})` : '';
  return `the connection to the database failed${shown}.`;
}

function readFailure(error: unknown): { code: string; message: string } {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  return { code: typeof code === 'string' ? code : '', message: typeof message === 'string' ? message : '' };
}

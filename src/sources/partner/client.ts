import type { IncomingHttpHeaders } from 'node:http';
import type { Signal } from '../../cancellation.js';
import type { Clock } from '../../clock.js';
import type { PartnerConfig } from '../../configSchema.js';
import type { DateRange } from '../../dateRange.js';
import { GatewayError } from '../../errors.js';
import { parseRetryAfter } from '../../scheduler/retryAfter.js';
import { type Tracing, untraced, withoutQuery } from '../../tracing.js';
import { parseUrlTemplate } from '../../urlTemplate.js';
import { type AnswerHead, failureOfHead, maxAnswerBytes, readAnswer } from './answer.js';
import { createCredentials } from './credentials.js';
import { ConnectionFailed, type ExchangeOptions, exchange } from './exchange.js';
import { badResponse, failureOfConnection, failureOfStatus } from './failures.js';
import { createConnections } from './transport.js';

export interface PartnerRequest {
  readonly partnerId: string;
  /** null where the partner answers for all time. */
  readonly range: DateRange | null;
  /** The key of this product's site; null = the source's own. */
  readonly apiKey: string | null;
}

export interface PartnerClient {
  /**
   * Asks for one product; answers with the parsed JSON, or with the text where the format is text.
   * @throws GatewayError of the partner, or the signal's reason. Never an error of the HTTP library: those know the URL.
   */
  get(request: PartnerRequest, signal: Signal): Promise<unknown>;
  /** Names the account that a key belongs to, for cache keys: the same for the same key, and not the key. */
  account(apiKey: string | null): string;
  /** Opens connections for so many calls that are about to be made, where they are lacking. */
  prepare(calls: number): void;
  close(): Promise<void>;
}

export function createPartnerClient(config: PartnerConfig, clock: Clock, tracing: Tracing = untraced): PartnerClient {
  const template = parseUrlTemplate(config.url);
  const idPattern = new RegExp(`^(?:${config.idPattern})$`);
  const credentials = createCredentials(config);
  const connections = createConnections(template.origin, config.concurrency, clock);

  const span = {
    name: 'GET',
    kind: 'client',
    attributes: { 'gateway.source': 'partner', 'http.request.method': 'GET', 'url.template': withoutQuery(config.url) },
  } as const;
  const reading: ExchangeOptions = {
    connections,
    judge,
    clock,
    maxBytes: maxAnswerBytes,
    tooLarge: () => badResponse(`is larger than ${maxAnswerBytes} bytes`),
  };
  const unsigned = { accept: acceptOf[config.format], 'accept-encoding': 'identity' };

  /** The same object for all calls that add nothing of their own. */
  function headersWith(signed: Record<string, string>): Record<string, string> {
    const context = tracing.headers();
    return Object.keys(context).length > 0 ? { ...signed, ...context } : signed;
  }

  function judge(statusCode: number, headers: IncomingHttpHeaders): GatewayError | null {
    const head = headOf(headers);
    return (
      failureOfStatus(statusCode, parseRetryAfter(head.retryAfter, clock.now())) ?? failureOfHead(head, config.format)
    );
  }

  /** @throws GatewayError for an id that cannot stand in a path as it is. */
  function pathOf({ partnerId, range }: PartnerRequest): string {
    const path = idPattern.test(partnerId) ? template.path(partnerId, range) : null;
    if (path !== null && isExpressible(partnerId, path)) return path;
    throw new GatewayError('BAD_USER_INPUT', 'The partner id of this product has characters that are not allowed.');
  }

  async function ask(path: string, apiKey: string | null, signal: Signal): Promise<unknown> {
    try {
      const signed = credentials.sign(path, unsigned, apiKey);
      const { headers, body } = await exchange(
        { path: signed.path, headers: headersWith(signed.headers) },
        signal,
        reading,
      );
      return readAnswer({ ...headOf(headers), secrets: credentials.forms(apiKey) }, body, config.format);
    } catch (error) {
      if (error instanceof GatewayError) throw error;
      if (signal.aborted) throw signal.reason;
      throw error instanceof ConnectionFailed
        ? failureOfConnection(error.cause, error.wasIdle)
        : failureOfConnection(error);
    }
  }

  return {
    async get(request, signal) {
      const path = pathOf(request);
      return tracing.span(span, () => ask(path, request.apiKey, signal));
    },
    account: credentials.account,
    prepare: connections.prepare,
    close: connections.close,
  };
}

const acceptOf = { json: 'application/json', text: 'text/plain' } as const;

/** Half a surrogate pair has no encoding; dots have none either, and a URL parser takes a whole step of them for a way up. */
function isExpressible(partnerId: string, path: string): boolean {
  return !/\p{Cs}/u.test(partnerId) && !/(^|\/)\.{1,2}([/?]|$)/.test(path);
}

function headOf(headers: IncomingHttpHeaders): AnswerHead & { retryAfter: string | undefined } {
  const first = (name: string) => {
    const value = headers[name];
    return Array.isArray(value) ? value[0] : value;
  };
  return {
    retryAfter: first('retry-after'),
    contentType: first('content-type')?.toLowerCase() ?? '',
    contentEncoding: first('content-encoding')?.toLowerCase() ?? 'identity',
    framed: first('content-length') !== undefined || first('transfer-encoding') !== undefined,
  };
}

import type { Dispatcher } from 'undici';
import type { Clock } from '../../clock.js';
import type { PartnerConfig } from '../../configSchema.js';
import type { DateRange } from '../../dateRange.js';
import { GatewayError } from '../../errors.js';
import { parseRetryAfter } from '../../scheduler/retryAfter.js';
import { type Tracing, untraced, withoutQuery } from '../../tracing.js';
import { parseUrlTemplate, type UrlTemplate } from '../../urlTemplate.js';
import { type AnswerHead, readAnswer } from './answer.js';
import { createCredentials } from './credentials.js';
import { failureOfConnection, failureOfStatus } from './failures.js';
import { createConnections, wasUsedConnection } from './transport.js';

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
  get(request: PartnerRequest, signal: AbortSignal): Promise<unknown>;
  /** Names the account that a key belongs to, for cache keys: the same for the same key, and not the key. */
  account(apiKey: string | null): string;
  close(): Promise<void>;
}

export function createPartnerClient(config: PartnerConfig, clock: Clock, tracing: Tracing = untraced): PartnerClient {
  const template = parseUrlTemplate(config.url);
  const idPattern = new RegExp(`^(?:${config.idPattern})$`);
  const credentials = createCredentials(config);
  const pool = createConnections(template.origin, config.concurrency);

  const span = {
    name: 'GET',
    kind: 'client',
    attributes: { 'gateway.source': 'partner', 'http.request.method': 'GET', 'url.template': withoutQuery(config.url) },
  } as const;
  const unsigned = { accept: acceptOf[config.format], 'accept-encoding': 'identity' };

  function send({ partnerId, range, apiKey }: PartnerRequest, signal: AbortSignal) {
    const signed = credentials.sign(template.path(partnerId, range), unsigned, apiKey);
    return pool.request({ ...signed, headers: { ...signed.headers, ...tracing.headers() }, method: 'GET', signal });
  }

  /** Whatever is wrong with an answer, its connection must come free again. */
  async function read({ apiKey }: PartnerRequest, { statusCode, head, body }: Received): Promise<unknown> {
    try {
      const failure = failureOfStatus(statusCode, parseRetryAfter(head.retryAfter, clock.now()));
      if (failure) throw failure;
      return await readAnswer({ ...head, secrets: credentials.forms(apiKey) }, body, config.format);
    } catch (error) {
      await discard(body);
      throw error;
    }
  }

  async function ask(request: PartnerRequest, signal: AbortSignal): Promise<unknown> {
    let answering = false;
    try {
      const { statusCode, headers, body } = await send(request, signal);
      answering = true;
      return await read(request, { statusCode, head: headOf(headers), body });
    } catch (error) {
      if (error instanceof GatewayError) throw error;
      if (signal.aborted) throw signal.reason;
      throw failureOfConnection(error, !answering && wasUsedConnection(error));
    }
  }

  return {
    async get(request, signal) {
      if (!idPattern.test(request.partnerId) || !isExpressible(request, template)) {
        throw new GatewayError('BAD_USER_INPUT', 'The partner id of this product has characters that are not allowed.');
      }
      return tracing.span(span, () => ask(request, signal));
    },
    account: credentials.account,
    close: () => pool.destroy(),
  };
}

interface Received {
  readonly statusCode: number;
  readonly head: AnswerHead & { readonly retryAfter: string | undefined };
  readonly body: Dispatcher.ResponseData['body'];
}

/**
 * Reads past what is left of a body, so that its connection can be used again; gives the connection up if that takes long.
 * What the body says is not for us: it may repeat the key.
 */
async function discard(body: Received['body']): Promise<void> {
  await body.dump({ limit: 16_384, signal: AbortSignal.timeout(500) }).catch(() => {});
}

const acceptOf = { json: 'application/json', text: 'text/plain' } as const;

/** Half a surrogate pair has no encoding; dots have none either, and a URL parser takes a whole step of them for a way up. */
function isExpressible({ partnerId, range }: PartnerRequest, template: UrlTemplate): boolean {
  return !/\p{Cs}/u.test(partnerId) && !/(^|\/)\.{1,2}([/?]|$)/.test(template.path(partnerId, range));
}

function headOf(
  headers: Record<string, string | string[] | undefined>,
): AnswerHead & { retryAfter: string | undefined } {
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

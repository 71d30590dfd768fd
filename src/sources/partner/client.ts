import { createHash } from 'node:crypto';
import type { Clock } from '../../clock.js';
import type { PartnerConfig } from '../../configSchema.js';
import type { DateRange } from '../../dateRange.js';
import { GatewayError } from '../../errors.js';
import { parseRetryAfter } from '../../scheduler/retryAfter.js';
import { parseUrlTemplate } from '../../urlTemplate.js';
import { type AnswerHead, readAnswer } from './answer.js';
import { createConnections, wasUsedConnection } from './connections.js';
import { failureOfConnection, failureOfStatus } from './failures.js';

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

export function createPartnerClient(config: PartnerConfig, clock: Clock): PartnerClient {
  const template = parseUrlTemplate(config.url);
  const idPattern = new RegExp(`^(?:${config.idPattern})$`);
  const pool = createConnections(template.origin, config.concurrency);

  /** The only place that knows a key: it joins the request here, right before it leaves, and goes nowhere else. */
  function send({ partnerId, range, apiKey }: PartnerRequest, signal: AbortSignal) {
    const path = template.path(partnerId, range);
    const key = config.apiKey && (apiKey ?? config.apiKey.value);
    const headers: Record<string, string> = { accept: acceptOf[config.format], 'accept-encoding': 'identity' };
    if (!config.apiKey || !key) return pool.request({ path, method: 'GET', headers, signal });
    if ('header' in config.apiKey) headers[config.apiKey.header] = key;
    const query = 'query' in config.apiKey ? `${config.apiKey.query}=${encodeURIComponent(key)}` : '';
    const separator = path.includes('?') ? '&' : '?';
    return pool.request({ path: query ? path + separator + query : path, method: 'GET', headers, signal });
  }

  return {
    async get(request, signal) {
      if (!idPattern.test(request.partnerId) || isDotSegment(request.partnerId)) {
        throw new GatewayError('BAD_USER_INPUT', 'The partner id of this product has characters that are not allowed.');
      }
      let answering = false;
      try {
        const { statusCode, headers, body } = await send(request, signal);
        answering = true;
        const head = headOf(headers);
        const failure = failureOfStatus(statusCode, parseRetryAfter(head.retryAfter, clock.now()));
        if (failure) {
          await discard(body);
          throw failure;
        }
        return await readAnswer(head, body, config.format);
      } catch (error) {
        if (error instanceof GatewayError) throw error;
        if (signal.aborted) throw signal.reason;
        throw failureOfConnection(error, !answering && wasUsedConnection(error));
      }
    },
    account: (apiKey) => fingerprint(config.url, apiKey ?? config.apiKey?.value ?? ''),
    close: () => pool.destroy(),
  };
}

/** Short and one-way. Two keys differ in it as long as they are keys, and not words. */
const fingerprints = new Map<string, string>();

function fingerprint(url: string, key: string): string {
  const text = `${url} ${key}`;
  const known = fingerprints.get(text) ?? createHash('sha256').update(text).digest('base64url').slice(0, 16);
  fingerprints.set(text, known);
  return known;
}

/**
 * Reads past an error's body, so that its connection can be used again; gives the connection up if that takes long. What
 * the body says is not for us: it may repeat the key.
 */
async function discard(body: { dump(options: { limit: number; signal: AbortSignal }): Promise<void> }): Promise<void> {
  await body.dump({ limit: 16_384, signal: AbortSignal.timeout(500) }).catch(() => {});
}

const acceptOf = { json: 'application/json', text: 'text/plain' } as const;

/** encodeURIComponent leaves dots alone, and a URL parser would take these for a step upwards. */
function isDotSegment(id: string): boolean {
  return id === '.' || id === '..';
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

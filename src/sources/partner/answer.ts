import { readBounded } from '../boundedBody.js';
import { badResponse } from './failures.js';

/** What the headers say about the body. */
export interface AnswerHead {
  /** Texts that must not be in the answer: the key that it was asked with, in every form. */
  readonly secrets?: readonly string[];
  readonly contentType: string;
  readonly contentEncoding: string;
  /** Whether the length was announced: without that, a broken connection looks like the end. */
  readonly framed: boolean;
}

/** Summaries are a few hundred bytes; this is far beyond any honest one. */
const maxBytes = 1_048_576;

/**
 * Reads a 200 answer whole and parses it.
 * @throws GatewayError SOURCE_BAD_RESPONSE for HTML, an answer that repeats the key, an encoding that was not asked for, more than 1 MiB, invalid UTF-8 or JSON.
 */
export async function readAnswer(
  head: AnswerHead,
  body: AsyncIterable<Uint8Array>,
  format: 'json' | 'text',
): Promise<unknown> {
  if (head.contentEncoding !== 'identity') throw badResponse('is compressed although that was not asked for');
  if (/^(text\/html|application\/xhtml)/.test(head.contentType)) throw badResponse('is an HTML page');
  if (format === 'text' && !head.framed) throw badResponse('has no length, so it may be cut off');
  const text = decode(await readBounded(body, maxBytes, badResponse));
  if (head.secrets?.some((secret) => text.includes(secret))) throw badResponse('repeats the key');
  if (format === 'text') return text;
  const value = parseJson(text);
  // Every other JSON text shows its end; the first digits of a number are a number.
  if (typeof value === 'number' && !head.framed) throw badResponse('has no length, so it may be cut off');
  return value;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw badResponse('is not valid UTF-8');
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the body, so it ends here.
    throw badResponse('is not valid JSON');
  }
}

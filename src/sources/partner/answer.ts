import type { GatewayError } from '../../errors.js';
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
export const maxAnswerBytes = 1_048_576;

/** What is wrong with a 200 answer before its body is read: HTML, an encoding that was not asked for; null = nothing. */
export function failureOfHead(head: AnswerHead, format: 'json' | 'text'): GatewayError | null {
  if (head.contentEncoding !== 'identity') return badResponse('is compressed although that was not asked for');
  if (/^(text\/html|application\/xhtml)/.test(head.contentType)) return badResponse('is an HTML page');
  return format === 'text' && !head.framed ? badResponse('has no length, so it may be cut off') : null;
}

/**
 * Parses the body of a 200 answer.
 * @throws GatewayError SOURCE_BAD_RESPONSE for one that repeats the key, and for invalid UTF-8 or JSON.
 */
export function readAnswer(head: AnswerHead, body: Uint8Array, format: 'json' | 'text'): unknown {
  const text = decode(body);
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

import { hash } from 'node:crypto';
import type { Entry } from './entry.js';

/** How a value is written as JSON, and read again. */
export interface Codec<V> {
  /** undefined for a value that is not to be kept. */
  encode(value: V): unknown;
  /** undefined for what does not fit. */
  decode(json: unknown): V | undefined;
}

/** Goes up when what stands behind it changes its form: whoever finds another one finds nothing. */
const magic = 'agw1';
const checksumLength = 22;

/**
 * Writes an entry so that nothing else is ever taken for it: the text says its version, and its checksum covers the key, so
 * that a value which was cut, changed, or put under another key is none. undefined for a value that is not to be kept.
 */
export function seal<V>(key: string, { value, asOf, freshMs, staleMs }: Entry<V>, codec: Codec<V>): string | undefined {
  const json = codec.encode(value);
  if (json === undefined) return undefined;
  const body = JSON.stringify([json, asOf, freshMs, staleMs]);
  return `${magic} ${checksum(key, body)} ${body}`;
}

/** The entry that was sealed for this key; undefined for everything else. */
export function unseal<V>(key: string, text: string, codec: Codec<V>): Entry<V> | undefined {
  const bodyAt = magic.length + checksumLength + 2;
  const body = text.slice(bodyAt);
  if (text.slice(0, bodyAt) !== `${magic} ${checksum(key, body)} `) return undefined;
  return entryOf(parse(body), codec);
}

function entryOf<V>(parts: unknown, codec: Codec<V>): Entry<V> | undefined {
  if (!Array.isArray(parts) || parts.length !== 4) return undefined;
  const [json, asOf, freshMs, staleMs] = parts;
  const value = codec.decode(json);
  const isWhole = value !== undefined && [asOf, freshMs, staleMs].every((ms) => Number.isFinite(ms) && ms >= 0);
  return isWhole ? { value, asOf, freshMs, staleMs } : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function checksum(key: string, body: string): string {
  return hash('sha256', `${key}\n${body}`, 'base64url').slice(0, checksumLength);
}

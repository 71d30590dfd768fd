import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { AccessKey } from '../accessSchema.js';

/**
 * What of a key stands in the configuration. A plain SHA-256 is right here, where it would be wrong for passwords: the secret
 * is 256 random bits of ours, which no table and no patience finds, so there is nothing to slow down.
 */
export function hashSecret(secret: string): string {
  return `sha256:${digestOf(secret).toString('hex')}`;
}

/** A secret that only chance could guess, in characters that every header and shell takes. */
export function createSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** Answers with the key that a credential `<id>.<secret>` is right for; null for every other text, after the same work. */
export type FindKey = (credential: string) => AccessKey | null;

/** Keys are looked up by their id, not by trying all: how long it takes says nothing of what is in the file. */
export function createKeyFinder(keys: readonly AccessKey[]): FindKey {
  const known = new Map(
    keys.map((key) => [key.id, { key, digest: Buffer.from(key.hash.slice('sha256:'.length), 'hex') }]),
  );
  // An unknown id is compared as well, with what nothing is equal to for certain.
  const nobody = { key: null, digest: randomBytes(32) };
  return (credential) => {
    const dot = credential.indexOf('.');
    const { key, digest } = known.get(credential.slice(0, Math.max(0, dot))) ?? nobody;
    return timingSafeEqual(digestOf(credential.slice(dot + 1)), digest) ? key : null;
  };
}

function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

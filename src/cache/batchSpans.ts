import type { SourceName } from '../errors.js';
import { type Tracing, untraced } from '../tracing.js';
import type { Cache } from './cache.js';

/** The same cache, with a span around what it does for the keys of one batch, until the last of them is answered. */
export function traceBatches<V>(cache: Cache<V>, source: SourceName, tracing: Tracing): Cache<V> {
  if (tracing === untraced) return cache;
  return {
    ...cache,
    load: (keys, ask, waiter) =>
      new Promise((resolve, reject) => {
        const attributes = { 'gateway.source': source, 'gateway.keys': keys.length };
        tracing
          .span({ name: `${source} batch`, kind: 'internal', attributes }, async () => {
            const loading = await cache.load(keys, ask, waiter);
            resolve(loading);
            await loading.wait(keys.map((_, place) => place));
          })
          .catch(reject);
      }),
  };
}

/** How current a source's figures are; answers the schema's type of this name. */
export interface Freshness {
  readonly state: 'FRESH' | 'STALE' | 'PENDING';
  /** When the source answered; null while PENDING. */
  readonly asOf: Date | null;
}

const order = { FRESH: 0, STALE: 1, PENDING: 2 } as const;

/**
 * The freshness of figures that came at several times: the worst state, and the oldest moment. `asOf` of a part is a moment or
 * ms since the epoch.
 */
export function joinFreshness(parts: readonly { state: Freshness['state']; asOf: Date | number | null }[]): Freshness {
  let state: Freshness['state'] = 'FRESH';
  let oldest = Number.POSITIVE_INFINITY;
  for (const { state: own, asOf } of parts) {
    if (order[own] > order[state]) state = own;
    if (asOf !== null) oldest = Math.min(oldest, Number(asOf));
  }
  return { state, asOf: state === 'PENDING' || oldest === Number.POSITIVE_INFINITY ? null : new Date(oldest) };
}

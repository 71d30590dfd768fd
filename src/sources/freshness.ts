/** How current a source's figures are; answers the schema's type of this name. */
export interface Freshness {
  readonly state: 'FRESH' | 'STALE' | 'PENDING';
  /** When the source answered; null while PENDING. */
  readonly asOf: Date | null;
}

const order = { FRESH: 0, STALE: 1, PENDING: 2 } as const;

/** The freshness of figures that came at several times: the worst state, and the oldest moment. */
export function joinFreshness(parts: readonly { state: Freshness['state']; asOf: number | null }[]): Freshness {
  const state = parts.reduce<Freshness['state']>(
    (worst, part) => (order[part.state] > order[worst] ? part.state : worst),
    'FRESH',
  );
  const moments = parts.map(({ asOf }) => asOf).filter((asOf) => asOf !== null);
  const isKnown = state !== 'PENDING' && moments.length > 0;
  return { state, asOf: isKnown ? new Date(Math.min(...moments)) : null };
}

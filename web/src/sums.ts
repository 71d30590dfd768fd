import type { PartnerSumsFragment } from './generated/graphql.js';

type Sums = Pick<PartnerSumsFragment, 'coveredProducts' | 'totalProducts' | 'freshness'> | null | undefined;

/** How often sums without a pending part may stay as they are: what has failed is asked again, and may come after all. */
const patience = 4;

/** Follows sums that grow while products come, and a little longer where some have failed. */
export function followSums() {
  let covered = -1;
  let looks = 0;
  return {
    /** Whether to look again. */
    isGrowing(all: readonly Sums[]): boolean {
      const known = all.filter((sums) => sums != null);
      if (known.every(({ coveredProducts, totalProducts }) => coveredProducts === totalProducts)) return false;
      const now = known.reduce((sum, { coveredProducts }) => sum + coveredProducts, 0);
      looks = now > covered ? 0 : looks + 1;
      covered = now;
      return known.some(({ freshness }) => freshness.state === 'PENDING') || looks < patience;
    },
  };
}

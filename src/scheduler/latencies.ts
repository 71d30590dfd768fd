/** How many of the last calls the quantiles are taken from. */
const size = 512;

/** The times of the last calls, for people to look at. */
export function createLatencies() {
  const recent: number[] = [];
  let next = 0;
  return {
    add(ms: number) {
      recent[next] = ms;
      next = (next + 1) % size;
    },
    /** The time (ms) that this share of the calls did not exceed; null while there was none. */
    quantile(share: number): number | null {
      const sorted = recent.toSorted((a, b) => a - b);
      const ms = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
      return ms === undefined ? null : Math.round(ms * 10) / 10;
    },
  };
}

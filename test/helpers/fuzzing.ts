/** How many inputs each fuzz test tries: a few in `npm test`, so that it stays quick, and all of them in `npm run test:fuzz`. */
export const fuzzRuns = (globalThis as { fuzzRuns?: number }).fuzzRuns ?? 1_000;

/** Another one each time; it stands in the name of the test, so that what failed can be tried again: FUZZ_SEED=… */
export const fuzzSeed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

/** Room for all of them on a machine that does other things as well. */
export const fuzzTimeoutMs = 60_000 + fuzzRuns * 20;

/** Calls back for 0, 1, … so many at a time. */
export async function inParallel(count: number, width: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async () => {
    for (let index = next++; index < count; index = next++) await work(index);
  };
  await Promise.all(Array.from({ length: width }, lane));
}

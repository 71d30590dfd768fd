import { startGateway } from '../test/helpers/gateway.js';

/** One row of the table: what it costs to ask for so many products at once, the partner answering in 50 ms. */
interface Row {
  products: number;
  /** Median of the cold rounds: every call made anew. */
  coldMs: number;
  /** `coldMs` over the 50 ms that a single call takes. */
  ratio: number;
  /** Median of the same query when everything is in the cache. */
  warmMs: number;
  partnerCalls: number;
  reports: number;
}

const partnerMs = 50;
const rounds = 5;
const query = `query ($first: Int!, $maxAge: Int) { site(id: "shop") { products(first: $first) { nodes {
  id googleAnalytics(maxAgeMs: $maxAge) { pageViews sessions } partner(maxAgeMs: $maxAge) { orders revenue }
} } } }`;

const rows: Row[] = [];
for (const products of [10, 100, 1_000]) rows.push(await measure(products));
print(rows);

/** Cold rounds ask for another day each, so that nothing is in the cache and every other thing is warm. */
async function measure(products: number): Promise<Row> {
  const gateway = await startGateway({
    products,
    latency: { minMs: partnerMs, maxMs: partnerMs },
    configure: ({ sources }) => Object.assign(sources.partner ?? {}, { concurrency: products }),
  });
  const timed = async (day: string) => {
    const ranged = query.replaceAll('(maxAgeMs', `(range: { start: "${day}", end: "${day}" }, maxAgeMs`);
    const start = performance.now();
    await gateway.ask(ranged, { first: products });
    return performance.now() - start;
  };
  try {
    await timed('2026-01-01');
    await Promise.all([gateway.google.reset(), gateway.partner.reset()]);
    const cold: number[] = [];
    for (let round = 0; round < rounds; round += 1) cold.push(await timed(`2026-02-0${round + 1}`));
    const [partner, google] = await Promise.all([gateway.partner.stats(), gateway.google.stats()]);
    const warm: number[] = [];
    for (let round = 0; round < rounds; round += 1) warm.push(await timed('2026-02-01'));
    const coldMs = median(cold);
    return {
      products,
      coldMs,
      ratio: coldMs / partnerMs,
      warmMs: median(warm),
      partnerCalls: partner.calls / rounds,
      reports: google.reports / rounds,
    };
  } finally {
    await gateway.close();
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function print(table: readonly Row[]): void {
  const line = (cells: readonly (string | number)[]) =>
    process.stdout.write(`${cells.map((cell) => String(cell).padStart(14)).join('')}\n`);
  process.stdout.write(
    `One query for all products, the partner answers in ${partnerMs} ms; medians of ${rounds}. Gateway and emulators share this process.\n`,
  );
  line(['products', 'cold ms', 'x one call', 'warm ms', 'partner calls', 'reports']);
  for (const { products, coldMs, ratio, warmMs, partnerCalls, reports } of table) {
    line([products, coldMs.toFixed(1), ratio.toFixed(2), warmMs.toFixed(1), partnerCalls, reports]);
  }
}

/** One line of the picture: what took how long for how many products. */
export interface Curve {
  readonly name: string;
  readonly points: readonly { readonly products: number; readonly ms: number }[];
}

const size = { width: 760, height: 440, left: 64, right: 210, top: 24, bottom: 48 };
const colors = ['#1b6ca8', '#c2452d', '#3a7d44', '#7a4fa3'];

/** Both axes by powers of ten: what grows with the products themselves is a line of slope 1. */
export function drawPicture(curves: readonly Curve[]): string {
  const all = curves.flatMap(({ points }) => points);
  const x = scale(extentOf(all.map(({ products }) => products)), [size.left, size.width - size.right]);
  const y = scale(extentOf(all.map(({ ms }) => ms)), [size.height - size.bottom, size.top]);
  const grid = [
    ...x.powers.map((power) =>
      tick(
        `<line x1="${x.at(power)}" x2="${x.at(power)}" y1="${size.top}" y2="${size.height - size.bottom}"/>`,
        x.at(power),
        size.height - size.bottom + 18,
        'middle',
        power,
      ),
    ),
    ...y.powers.map((power) =>
      tick(
        `<line x1="${size.left}" x2="${size.width - size.right}" y1="${y.at(power)}" y2="${y.at(power)}"/>`,
        size.left - 8,
        y.at(power) + 4,
        'end',
        power,
      ),
    ),
  ];
  const drawn = curves.map(({ name, points }, index) => {
    const color = colors[index % colors.length];
    const path = points.map(({ products, ms }) => `${x.at(products)},${y.at(ms)}`).join(' ');
    const last = points.at(-1);
    const label = last
      ? `<text x="${size.width - size.right + 10}" y="${y.at(last.ms) + 4}" fill="${color}">${name}</text>`
      : '';
    return `<polyline points="${path}" fill="none" stroke="${color}" stroke-width="2"/>${label}`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" font-family="sans-serif" font-size="12">
<title>Time by number of products</title>
<rect width="100%" height="100%" fill="#fff"/>
<g stroke="#ddd" fill="#555">${grid.join('')}</g>
${drawn.join('\n')}
<text x="${(size.left + size.width - size.right) / 2}" y="${size.height - 8}" text-anchor="middle" fill="#555">products</text>
<text x="14" y="${size.top - 8}" fill="#555">ms</text>
</svg>
`;
}

/**
 * The power of the number of products that the time grows with, by the last two points: 0 = it does not grow, 1 = it grows with
 * them.
 */
export function orderOfGrowth({ points }: Curve): number {
  const [before, last] = points.slice(-2);
  if (!before || !last) return Number.NaN;
  return Math.log(last.ms / before.ms) / Math.log(last.products / before.products);
}

function extentOf(values: readonly number[]): [number, number] {
  const low = Math.floor(Math.log10(Math.min(...values)));
  return [low, Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))))];
}

function scale([low, high]: readonly [number, number], [from, to]: readonly [number, number]) {
  return {
    powers: Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index)),
    at: (value: number) => Math.round((from + ((Math.log10(value) - low) / (high - low)) * (to - from)) * 10) / 10,
  };
}

function tick(line: string, x: number, y: number, anchor: string, value: number): string {
  return `${line}<text x="${x}" y="${y}" text-anchor="${anchor}" stroke="none">${value.toLocaleString('en')}</text>`;
}

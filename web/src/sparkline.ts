import { svg } from './dom.js';

const width = 96;
const height = 24;
const margin = 2;

/** The path of a small line chart, from the first value to the last; a gap where a value is unknown. */
export function sparkPath(values: readonly (number | null)[]): string {
  const highest = Math.max(1, ...values.map((value) => value ?? 0));
  const step = values.length > 1 ? (width - 2 * margin) / (values.length - 1) : 0;
  let isDrawing = false;
  const steps = values.map((value, index) => {
    if (value === null) {
      isDrawing = false;
      return '';
    }
    const y = height - margin - (value / highest) * (height - 2 * margin);
    const command = isDrawing ? 'L' : 'M';
    isDrawing = true;
    return `${command}${(margin + index * step).toFixed(1)} ${y.toFixed(1)}`;
  });
  return steps.join('');
}

/** Decoration for those who see it: the figures beside it say what matters. */
export function sparklineView(values: readonly (number | null)[]): SVGElement {
  const line = svg('path', { d: sparkPath(values), class: 'spark-line' });
  return svg('svg', { class: 'spark', viewBox: `0 0 ${width} ${height}`, width, height, 'aria-hidden': 'true' }, line);
}

import type { Scenario } from './scenarios.js';

/** What was measured of one scenario, a number for each round. */
export interface Measured {
  readonly scenario: Pick<Scenario, 'name' | 'what' | 'unit' | 'direction' | 'target'>;
  readonly floor: readonly number[];
  readonly gateway: readonly number[];
}

export interface Row {
  readonly name: string;
  readonly what: string;
  readonly unit: string;
  /** Medians. */
  readonly floor: number;
  readonly gateway: number;
  /** Median of the rounds' own ratios: what disturbs a round disturbs both of its halves. */
  readonly ratio: number;
  readonly target: number;
  readonly isMet: boolean;
  /** How far the rounds' ratios lie apart, as a share of their median; 0 for a single round. */
  readonly spread: number;
}

/** Above this spread the machine did something else meanwhile. */
export const noisyFrom = 0.25;

export function rowOf({ scenario, floor, gateway }: Measured): Row {
  const ratios = gateway.map((value, round) => value / (floor[round] ?? Number.NaN));
  const ratio = median(ratios);
  const { name, what, unit, direction, target } = scenario;
  return {
    name,
    what,
    unit,
    floor: median(floor),
    gateway: median(gateway),
    ratio,
    target,
    isMet: direction === 'less' ? ratio <= target : ratio >= target,
    spread: (Math.max(...ratios) - Math.min(...ratios)) / ratio,
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

/** The table as text, with a word on those rows that the machine was too busy to judge. */
export function formatTable(rows: readonly Row[], directionOf: (name: string) => 'less' | 'more'): string {
  const sign = (name: string) => (directionOf(name) === 'less' ? '<=' : '>=');
  const lines = rows.map(({ name, what, unit, floor, gateway, ratio, target, isMet, spread }) => [
    name,
    what,
    `${number(floor)} ${unit}`,
    `${number(gateway)} ${unit}`,
    ratio.toFixed(2),
    `${sign(name)} ${target}`,
    isMet ? 'met' : 'missed',
    `${Math.round(spread * 100)} %`,
  ]);
  const head = ['', 'scenario', 'floor', 'gateway', 'ratio', 'target', '', 'spread'];
  const noisy = rows.filter(({ spread }) => spread > noisyFrom).map(({ name }) => name);
  const warning =
    noisy.length > 0
      ? `\nToo noisy to judge: ${noisy.join(', ')}. The ratios of the rounds lie more than ${noisyFrom * 100} % apart; run it again when nothing else runs.\n`
      : '';
  return `${align([head, ...lines])}\n${warning}`;
}

function align(lines: readonly (readonly string[])[]): string {
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? [];
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function number(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}

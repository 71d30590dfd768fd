import type { Clock } from '../clock.js';

const linesPerSecond = 10;
const secondMs = 1_000;

export interface SamplingOptions<T> {
  clock: Pick<Clock, 'after'>;
  /** What makes two lines the same trouble. */
  nameOf(line: T): string;
  /** Writes how many were left out that were like this one. */
  tell(line: T, leftOut: number): void;
}

/**
 * Answers whether a line may be written: of the same trouble ten a second, so that neither an outage nor an attack drowns what
 * else there is to read, or the disk. When the second is over it is told how many were left out, also where the trouble has
 * ended by then; that counts as a line of the next second.
 */
export function createSampling<T>({ clock, nameOf, tell }: SamplingOptions<T>): (line: T) => boolean {
  /** Of this second alone: what lines are made of may be a client's to choose, memory is not. */
  const counts = new Map<string, { lines: number; leftOut: number }>();

  function begin(line: T, lines: number) {
    const name = nameOf(line);
    const count = { lines, leftOut: 0 };
    counts.set(name, count);
    clock.after(secondMs, () => {
      counts.delete(name);
      if (count.leftOut === 0) return;
      begin(line, 1);
      tell(line, count.leftOut);
    });
    return count;
  }

  return (line) => {
    const count = counts.get(nameOf(line)) ?? begin(line, 0);
    const isOver = count.lines === linesPerSecond;
    if (isOver) count.leftOut += 1;
    else count.lines += 1;
    return !isOver;
  };
}

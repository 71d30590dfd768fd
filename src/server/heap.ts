import { getHeapSpaceStatistics, getHeapStatistics } from 'node:v8';

const mebibyte = 1_048_576;

/**
 * Share of the heap that is taken by what has outlived its first collections, 0 to 1: the process ends when it is full.
 *
 * `maxOldMiB` is what `--max-old-space-size` says; null = Node chose. V8 tells no limit of its own for these objects: the one
 * that it tells has room for new ones in it, 48 MiB and from Node 24 on 192, so that a small heap would be full at three
 * quarters of it. Where Node chooses, that is a few hundredths.
 */
export function readHeapShare(maxOldMiB: number | null): number {
  const limit = maxOldMiB === null ? getHeapStatistics().heap_size_limit : maxOldMiB * mebibyte;
  const old = getHeapSpaceStatistics().filter(({ space_name: name }) => !name.startsWith('new_'));
  return old.reduce((sum, { space_used_size: used }) => sum + used, 0) / limit;
}

import { readdirSync, readFileSync } from 'node:fs';

/** How many files and sockets a process has open; NaN where the system does not tell, as everywhere but on Linux. */
export function openFiles(pid: number | undefined): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return Number.NaN;
  }
}

/** Memory of a process that is not swapped out (MiB); Linux only. */
export function residentMiB(pid: number | undefined): number {
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024);
}

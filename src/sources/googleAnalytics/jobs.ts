import type { Job } from '../../cache/flight.js';
import { Cancellation, onAbort } from '../../cancellation.js';

/**
 * Several jobs that share their reports, as one: it is stopped when all of them are, it has the time of the one that has
 * longest, and nobody waits for it only while nobody waits for any of them. `release` lets go of their signals.
 */
export function joinJobs(jobs: readonly Job[]): { job: Job; release(): void } {
  const [first] = jobs;
  if (!first) throw new Error('There is no job to join.');
  const cancellation = new Cancellation();
  const promotion = new Cancellation();
  let left = jobs.length;
  const releases = jobs.flatMap(({ signal, promoted }) => [
    onAbort(signal, (reason) => {
      left -= 1;
      if (left === 0) cancellation.abort(reason);
    }),
    onAbort(promoted, () => promotion.abort('promoted')),
  ]);
  return {
    job: {
      requestId: first.requestId,
      viewer: first.viewer,
      signal: cancellation,
      deadline: () => Math.max(...jobs.map((job) => job.deadline())),
      background: jobs.every(({ background }) => background),
      promoted: promotion,
    },
    release() {
      for (const release of releases) release();
    },
  };
}

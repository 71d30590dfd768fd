import type { Call } from '../../src/scheduler/policy.js';

/** A call as the policies see it, without a deadline; somebody waits for it. */
export function createCall<T>(run: Call<T>['run'], requestId = 'r'): Call<T> {
  const { signal: promoted } = new AbortController();
  return { requestId, deadline: () => Number.POSITIVE_INFINITY, background: false, promoted, run };
}

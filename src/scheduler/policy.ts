import type { Signal } from '../cancellation.js';

/** One call to a source, as the policies see it. */
export interface Call<T> {
  /** Whose request it is, where that is known: the limiter takes turns between viewers, and between the requests of each. */
  readonly viewer?: string | undefined;
  readonly requestId: string;
  /** Monotonic ms after which its result is of no use; asked whenever something is about to be begun. */
  deadline(): number;
  /** Whether nobody waits for it: it lets every other call go first. */
  readonly background: boolean;
  /** Aborts when somebody begins to wait for a background call. */
  readonly promoted: Signal;
  /** Does the work once; called again for every attempt. Stops as soon as it can when the signal aborts. */
  run(signal: Signal): Promise<T>;
}

/** What stands between a call and its source: the one signature that all policies share. */
export type Policy = <T>(call: Call<T>, signal: Signal) => Promise<T>;

/** Nests policies in the order written: the first one sees the call first and its result last. */
export function compose(...policies: readonly Policy[]): Policy {
  return policies.reduceRight<Policy>(
    (inner, outer) => (call, signal) => outer(within(call, inner), signal),
    (call, signal) => call.run(signal),
  );
}

/** The same call with a policy around it. Written out, because a spread costs as much as the policy itself. */
function within<T>(call: Call<T>, policy: Policy): Call<T> {
  const { viewer, requestId, deadline, background, promoted } = call;
  return { viewer, requestId, deadline, background, promoted, run: (signal) => policy(call, signal) };
}

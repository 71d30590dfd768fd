import { type Signal, sleep } from '../cancellation.js';
import type { Clock } from '../clock.js';
import { GatewayError, type SourceName } from '../errors.js';
import type { Report } from '../telemetry.js';
import type { Call, Policy } from './policy.js';
import { type RetrySettings, retryDelay } from './retryDelay.js';

export interface RetryOptions {
  source: SourceName;
  settings: RetrySettings;
  /** The longest that the source may ask to wait (ms). */
  maxPause: number;
  clock: Clock;
  report: Report;
  /** 0 to 1, for jitter. */
  random: () => number;
}

/** Sends a call again where its failure says that this is worth it. While it waits it holds no slot. */
export function createRetry({ source, settings, maxPause, clock, report, random }: RetryOptions): Policy {
  const budget = createRetryBudget(settings.budget, clock);

  /** How long to wait before the next try, which is then counted; null = there is none. */
  function nextDelay(error: GatewayError, tries: Tries, deadline: number): number | null {
    const remainingMs = deadline - clock.monotonic();
    const { attempts } = settings;
    const delayMs = retryDelay({ error, ...tries, attempts, maxPause, remainingMs, random: random() });
    if (delayMs === null) return null;
    if (error.options.again === 'free' && !tries.hadFree) {
      tries.hadFree = true;
      return delayMs;
    }
    tries.attempt += 1;
    return budget.takeRetry() ? delayMs : null;
  }

  /** Resolves when it is time for the next try; throws what the call ends with where there is none. */
  async function backOff(error: unknown, tries: Tries, call: Call<unknown>, signal: Signal): Promise<void> {
    if (!(error instanceof GatewayError) || signal.aborted) throw error;
    // That nobody was asked the second time is no answer to what happened the first time.
    if (tries.met && isRefusal(error)) throw tries.met;
    tries.met = error;
    const delayMs = nextDelay(error, tries, call.deadline());
    if (delayMs === null) throw error;
    report({ type: 'call.retried', source, requestId: call.requestId, delayMs, failure: error.code });
    await sleep(delayMs, signal, clock);
  }

  return async (call, signal) => {
    budget.countCall();
    const tries: Tries = { attempt: 1, hadFree: false, met: null };
    for (;;) {
      try {
        return await call.run(signal);
      } catch (error) {
        await backOff(error, tries, call, signal);
      }
    }
  };
}

/** What became of a call so far. */
interface Tries {
  attempt: number;
  hadFree: boolean;
  /** The last failure that the source itself brought about. */
  met: GatewayError | null;
}

function isRefusal({ code }: GatewayError): boolean {
  return code === 'CIRCUIT_OPEN' || code === 'OVERLOADED';
}

/** The window slides in steps of this many ms. */
const stepMs = 1_000;
const steps = 60;
/** So that a quiet gateway may retry at all. */
const floor = 3;

/** Keeps retries to a share of the calls of the last minute, with a floor of 3. */
export function createRetryBudget(share: number, clock: Clock) {
  const window = new Map<number, { calls: number; retries: number }>();

  function current(): { calls: number; retries: number } {
    const step = Math.floor(clock.monotonic() / stepMs);
    for (const old of window.keys()) if (old <= step - steps) window.delete(old);
    const counts = window.get(step) ?? { calls: 0, retries: 0 };
    window.set(step, counts);
    return counts;
  }

  return {
    countCall() {
      current().calls += 1;
    },
    /** Whether one more retry is within the budget; it then counts. */
    takeRetry(): boolean {
      const counts = current();
      const total = { calls: 0, retries: 0 };
      for (const { calls, retries } of window.values()) {
        total.calls += calls;
        total.retries += retries;
      }
      if (total.retries >= Math.max(floor, share * total.calls)) return false;
      counts.retries += 1;
      return true;
    },
  };
}

import type { Job } from '../../cache/flight.js';
import { sleep } from '../../cancellation.js';
import type { Clock } from '../../clock.js';
import { GatewayError } from '../../errors.js';
import type { Report } from '../../telemetry.js';
import { readQuota } from './answer.js';
import {
  afterAnswer,
  afterFailure,
  createLedger,
  isLow,
  type QuotaLedger,
  refillMs,
  refusalOf,
  remainingTokens,
} from './quota.js';

/** Keeps the ledger of each property, and lets no more of its calls run at once than the ledger allows. */
export interface Ledgers {
  /** Makes a call when there is room for it, and learns from it; one of too many at once is made again. `isBackground` is asked when its turn has come. */
  run(
    property: string,
    call: {
      job: Pick<Job, 'requestId' | 'signal' | 'deadline'>;
      isBackground(): boolean;
      /** `check` throws where the ledger has said stop in the meantime; to be called right before anything is sent. */
      ask(check: () => void): Promise<readonly unknown[]>;
    },
  ): Promise<readonly unknown[]>;
  isLow(property: string): boolean;
  /** Tokens left for this hour, of the property that has the fewest; null while unknown. */
  remaining(): number | null;
}

export interface LedgersOptions {
  /** How many calls of one property may be in flight at once. */
  concurrency: number;
  clock: Clock;
  report: Report;
  /** 0 to 1, for jitter. */
  random?: () => number;
}

interface Account {
  ledger: QuotaLedger;
  inFlight: number;
  readonly waiting: (() => void)[];
}

const maxRepeats = 3;
const firstDelayMs = 500;

function isCrowded(error: unknown): error is GatewayError {
  return error instanceof GatewayError && error.options.bucket === 'concurrentRequests';
}

export function createLedgers({ concurrency, clock, report, random = Math.random }: LedgersOptions): Ledgers {
  const accounts = new Map<string, Account>();
  const moment = () => ({ monotonic: clock.monotonic(), now: clock.now() });

  function accountOf(property: string): Account {
    const account = accounts.get(property) ?? { ledger: createLedger(concurrency), inFlight: 0, waiting: [] };
    accounts.set(property, account);
    return account;
  }

  /** Lets in as many as there is room for. */
  function pump(account: Account): void {
    while (account.inFlight < account.ledger.allowance) {
      const next = account.waiting.shift();
      if (!next) return;
      account.inFlight += 1;
      next();
    }
  }

  function throwIfRefused({ ledger }: Account, requestId: string, isBackground: boolean): void {
    const refusal: GatewayError | null = refusalOf(ledger, isBackground, moment());
    if (!refusal) return;
    report({ type: 'call.rejected', source: 'googleAnalytics', requestId, failure: refusal.code });
    throw refusal;
  }

  function learn(account: Account, requestId: string, answers: readonly unknown[]): void {
    const quotas = answers.map(readQuota).filter((quota) => quota !== undefined);
    account.ledger = afterAnswer(account.ledger, quotas, moment());
    const remaining = remainingTokens(account.ledger, moment());
    if (quotas.length === 0 || remaining === null) return;
    const tokens = quotas.reduce((sum, quota) => sum + (quota['tokensPerHour']?.consumed ?? 0), 0);
    report({ type: 'quota.read', source: 'googleAnalytics', requestId, tokens, remaining });
  }

  const once: Ledgers['run'] = async (property, { job: { requestId }, isBackground, ask }) => {
    const account = accountOf(property);
    await new Promise<void>((resolve) => {
      account.waiting.push(resolve);
      pump(account);
    });
    try {
      const check = () => throwIfRefused(account, requestId, isBackground());
      check();
      const answers = await ask(check);
      learn(account, requestId, answers);
      return answers;
    } catch (error) {
      account.ledger = afterFailure(account.ledger, error, moment());
      throw withRefill(error, clock.now());
    } finally {
      account.inFlight -= 1;
      pump(account);
    }
  };

  return {
    // Too many at once is over in a moment, and there is room for fewer by then; tokens return in an hour.
    async run(property, call) {
      const { requestId, signal, deadline } = call.job;
      for (let attempt = 0; ; attempt += 1) {
        try {
          return await once(property, call);
        } catch (error) {
          const delayMs = random() * firstDelayMs * 2 ** attempt;
          const isInTime = clock.monotonic() + delayMs < deadline();
          if (!isCrowded(error) || attempt >= maxRepeats || !isInTime || signal.aborted) throw error;
          report({ type: 'call.retried', source: 'googleAnalytics', requestId, delayMs, failure: error.code });
          await sleep(delayMs, signal, clock);
        }
      }
    },
    isLow: (property) => isLow(accountOf(property).ledger, moment()),
    remaining() {
      const known = [...accounts.values()]
        .map(({ ledger }) => remainingTokens(ledger, moment()))
        .filter((tokens) => tokens !== null);
      return known.length > 0 ? Math.min(...known) : null;
    },
  };
}

/** Google's 429 does not say when tokens return; those of the day do at midnight Pacific. */
function withRefill(error: unknown, now: number): unknown {
  if (!(error instanceof GatewayError) || error.options.bucket !== 'tokensPerDay' || error.options.notAsked)
    return error;
  return new GatewayError(error.code, error.message, { ...error.options, retryAfterMs: refillMs('tokensPerDay', now) });
}

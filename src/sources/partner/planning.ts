import type { Cache } from '../../cache/cache.js';
import type { DateRange } from '../../dateRange.js';
import type { PartnerClient } from './client.js';
import { nameOfCall, type PartnerFigures, type PartnerLoader, summaryOf } from './loader.js';

export interface PlannedPartnerCall {
  readonly partnerId: string;
  /** null where the partner answers for all time. */
  readonly range: DateRange | null;
}

/** The calls that an operation would make. */
export interface PartnerPlan {
  /** What it would wait for. */
  readonly calls: readonly PlannedPartnerCall[];
  /** How many calls it would make in the background, to refresh what is stale. */
  readonly refreshes: number;
}

export interface PartnerPlanningOptions {
  client: Pick<PartnerClient, 'account'>;
  cache: Cache<PartnerFigures>;
  hasRange: boolean;
}

/** Loaders that answer with what the cache has, ask nobody, and write down what they would have asked. */
export function createPartnerPlanning({ client, cache, hasRange }: PartnerPlanningOptions) {
  return () => {
    const calls = new Map<string, PlannedPartnerCall>();
    const guessed: PlannedPartnerCall[] = [];
    const refreshes = new Set<string>();
    let isGuess = false;

    const loader: PartnerLoader = {
      hasRange,
      expect() {},
      async load(key) {
        const { product, range } = key;
        if (product.partnerId === null) return null;
        const name = nameOfCall(client, key);
        const [peeked] = await cache.peek([name], key);
        const call = { partnerId: product.partnerId, range };
        // Two lists whose products nobody knows may have none in common, so each counts its own.
        if (isGuess) guessed.push(call);
        else if (peeked?.asks === 'now') calls.set(name, call);
        else if (peeked?.asks === 'behind') refreshes.add(name);
        return summaryOf(peeked?.answer ?? pending);
      },
    };
    return {
      loader,
      /** From now on nobody knows which products will be asked for: each counts as one that is not known. */
      guess: () => {
        isGuess = true;
      },
      plan: (): PartnerPlan => ({ calls: [...calls.values(), ...guessed], refreshes: refreshes.size }),
    };
  };
}

const pending = { value: undefined, state: 'PENDING', asOf: null } as const;

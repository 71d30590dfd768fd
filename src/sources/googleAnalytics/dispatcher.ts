import type { Brought } from '../../cache/fetching.js';
import type { Job } from '../../cache/flight.js';
import { GatewayError } from '../../errors.js';
import { joinJobs } from './jobs.js';
import type { Cell } from './planner.js';
import type { Reporter } from './reporter.js';
import type { Measure } from './rows.js';

/** Takes the cells of all requests to their properties. */
export interface Dispatcher {
  /**
   * Answers every cell with its value or its failure. Cells of one property share their reports with whatever else is wanted
   * of it in the same tick, or while its last plan is on its way.
   * @throws GatewayError when all cells failed; or the job's reason to stop.
   */
  ask(property: string, cells: ReadonlyMap<string, Cell>, job: Job): Promise<Brought<Measure>>;
}

interface Wish {
  /** By the name that the answer is wanted under. */
  readonly cells: ReadonlyMap<string, Cell>;
  readonly job: Job;
  resolve(brought: Brought<Measure>): void;
  reject(reason: unknown): void;
}

interface Lane {
  wishes: Wish[];
  isScheduled: boolean;
  /** Plans that are on their way: of those that somebody waits for, and of those that nobody does. */
  readonly inFlight: { urgent: number; background: number };
}

const isUrgent = ({ job }: Wish) => !job.background || job.promoted.aborted;

/**
 * Collects what is wanted of each property. A plan leaves at the end of the tick while nothing of its property is in flight;
 * what comes meanwhile shares the next one: there is no fixed wait. Background work waits for everything, nobody for it.
 */
export function createDispatcher(reporter: Reporter): Dispatcher {
  const lanes = new Map<string, Lane>();

  function laneOf(property: string): Lane {
    const lane = lanes.get(property) ?? { wishes: [], isScheduled: false, inFlight: { urgent: 0, background: 0 } };
    lanes.set(property, lane);
    return lane;
  }

  /** At the end of the tick, so that everything that one request wants of a property comes together. */
  function schedule(lane: Lane): void {
    if (lane.isScheduled) return;
    lane.isScheduled = true;
    setImmediate(() => {
      lane.isScheduled = false;
      pump(lane);
    });
  }

  function pump(lane: Lane): void {
    for (const { job, reject } of takeFrom(lane, ({ job: { signal } }) => signal.aborted)) reject(job.signal.reason);
    const { inFlight } = lane;
    if (inFlight.urgent === 0) void send(lane, takeFrom(lane, isUrgent), 'urgent');
    if (inFlight.urgent + inFlight.background === 0)
      void send(
        lane,
        takeFrom(lane, () => true),
        'background',
      );
  }

  async function send(lane: Lane, wishes: readonly Wish[], kind: 'urgent' | 'background'): Promise<void> {
    if (wishes.length === 0) return;
    lane.inFlight[kind] += 1;
    const joined = joinJobs(wishes.map(({ job }) => job));
    const settle = trackWishes(wishes);
    try {
      await reporter.ask(
        wishes.map(({ cells }) => [...cells.values()]),
        joined.job,
        settle.cell,
      );
      settle.rest(new Error('A cell was left without an answer.'));
    } catch (error) {
      settle.rest(error);
    } finally {
      joined.release();
      lane.inFlight[kind] -= 1;
      pump(lane);
    }
  }

  return {
    ask: (property, cells, job) =>
      new Promise((resolve, reject) => {
        const lane = laneOf(property);
        lane.wishes.push({ cells, job, resolve, reject });
        if (job.background) job.promoted.addEventListener('abort', () => schedule(lane), { once: true });
        schedule(lane);
      }),
  };
}

function takeFrom(lane: Lane, test: (wish: Wish) => boolean): Wish[] {
  const taken = lane.wishes.filter(test);
  lane.wishes = lane.wishes.filter((wish) => !taken.includes(wish));
  return taken;
}

/** Hands each wish its answers as soon as it has all of them. */
function trackWishes(wishes: readonly Wish[]) {
  const owners = new Map<Cell, { name: string; state: ReturnType<typeof begin> }>();
  const begin = (wish: Wish) => ({ wish, left: wish.cells.size, brought: new Map<string, Measured>() });
  for (const wish of wishes) {
    const state = begin(wish);
    for (const [name, cell] of wish.cells) owners.set(cell, { name, state });
  }
  return {
    cell(cell: Cell, measured: Measured): void {
      const owner = owners.get(cell);
      if (!owner || owner.state.brought.has(owner.name)) return;
      const { name, state } = owner;
      state.brought.set(name, measured);
      state.left -= 1;
      if (state.left === 0) end(state.wish, state.brought);
    },
    /** What has no answer by now never gets one; a wish that was answered does not hear of it. */
    rest(reason: unknown): void {
      for (const { reject } of wishes) reject(reason);
    },
  };
}

type Measured = Brought<Measure> extends ReadonlyMap<string, infer V> ? V : never;

function end({ resolve, reject }: Wish, brought: Brought<Measure>): void {
  const all = [...brought.values()];
  const [first] = all;
  if (first instanceof GatewayError && all.every((each) => each instanceof GatewayError)) reject(first);
  else resolve(brought);
}

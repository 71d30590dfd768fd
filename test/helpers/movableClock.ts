import { type Clock, systemClock } from '../../src/clock.js';

export interface MovableClock extends Clock {
  /** Goes on by so many ms at once; what is due by then is called, in its order. */
  push(ms: number): void;
  /** Sets the wall clock by so many ms, as somebody who corrects it does: no time goes by. */
  set(ms: number): void;
}

/** Real time that can be pushed forward, for tests over real sockets: it goes on by itself in between. */
export function createMovableClock(): MovableClock {
  const timers = new Set<{ at: number; fire(): void }>();
  let pushed = 0;
  let wrong = 0;
  const monotonic = () => systemClock.monotonic() + pushed;
  return {
    now: () => systemClock.now() + pushed + wrong,
    monotonic,
    after(ms, callback) {
      const stop = systemClock.after(ms, () => timer.fire());
      const cancel = () => {
        timers.delete(timer);
        stop();
      };
      const timer = {
        at: monotonic() + ms,
        fire() {
          cancel();
          callback();
        },
      };
      timers.add(timer);
      return cancel;
    },
    set(ms) {
      wrong += ms;
    },
    push(ms) {
      pushed += ms;
      const due = [...timers].filter(({ at }) => at <= monotonic()).sort((a, b) => a.at - b.at);
      for (const timer of due) if (timers.has(timer)) timer.fire();
    },
  };
}

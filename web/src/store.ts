import { changeState, parseState, printState, type State } from './state.js';

export interface Store {
  current(): State;
  /** A step of its own in the history, unless the state stays the same. */
  change(change: Partial<State>): void;
  /** Told of every change, with what it was before; by the viewer or by the back button. */
  subscribe(listener: (state: State, before: State) => void): void;
}

/** The state of the page is the URL: there is no other copy that could differ. */
export function createStore(): Store {
  const listeners: ((state: State, before: State) => void)[] = [];
  let state = parseState(location.search);

  function become(next: State): void {
    const before = state;
    state = next;
    for (const listen of listeners) listen(state, before);
  }

  addEventListener('popstate', () => become(parseState(location.search)));
  return {
    current: () => state,
    change(change) {
      const next = changeState(state, change);
      if (printState(next) === printState(state)) return;
      history.pushState(null, '', `${location.pathname}${printState(next)}`);
      become(next);
    },
    subscribe: (listener) => void listeners.push(listener),
  };
}

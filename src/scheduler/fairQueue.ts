/** Takes turns between groups: each group is first in, first out, and the next item is always the next group's. */
export interface FairQueue<T> {
  readonly size: number;
  /** Adds an item at the end of its group; the function returned takes it out again, wherever it stands. */
  push(group: string, item: T): () => void;
  shift(): T | undefined;
  /** Takes out every item that the test holds for. */
  removeIf(test: (item: T) => boolean): void;
}

/** All operations take constant time: Map and Set keep the order of insertion, and a group that had its turn moves to the end. */
export function createFairQueue<T>(): FairQueue<T> {
  const groups = new Map<string, Set<{ item: T }>>();
  let size = 0;

  function remove(group: string, members: Set<{ item: T }>, entry: { item: T }): boolean {
    if (!members.delete(entry)) return false;
    size -= 1;
    if (members.size === 0 && groups.get(group) === members) groups.delete(group);
    return true;
  }

  return {
    get size() {
      return size;
    },
    push(group, item) {
      const members = groups.get(group) ?? new Set();
      const entry = { item };
      groups.set(group, members.add(entry));
      size += 1;
      return () => void remove(group, members, entry);
    },
    shift() {
      for (const [group, members] of groups) {
        for (const entry of members) {
          groups.delete(group);
          if (members.size > 1) groups.set(group, members);
          remove(group, members, entry);
          return entry.item;
        }
      }
      return undefined;
    },
    removeIf(test) {
      for (const [group, members] of groups) {
        for (const entry of members) if (test(entry.item)) remove(group, members, entry);
      }
    },
  };
}

/** Turns within turns: between viewers first, so that one with a hundred requests has one turn, and then between its requests. */
export interface ViewerQueue<T> {
  readonly size: number;
  /** Adds an item; the function returned takes it out again, wherever it stands. */
  push(viewer: string, request: string, item: T): () => void;
  shift(): T | undefined;
  removeIf(test: (item: T) => boolean): void;
}

export function createViewerQueue<T>(): ViewerQueue<T> {
  const viewers = new Map<string, FairQueue<T>>();
  let size = 0;

  /** Counts what an action took out of a viewer's queue, and forgets the viewer when nothing is left. */
  function taking<R>(viewer: string, queue: FairQueue<T>, act: () => R): R {
    const before = queue.size;
    const result = act();
    size -= before - queue.size;
    if (queue.size === 0 && viewers.get(viewer) === queue) viewers.delete(viewer);
    return result;
  }

  return {
    get size() {
      return size;
    },
    push(viewer, request, item) {
      const queue = viewers.get(viewer) ?? createFairQueue<T>();
      viewers.set(viewer, queue);
      const remove = queue.push(request, item);
      size += 1;
      return () => taking(viewer, queue, remove);
    },
    shift() {
      for (const [viewer, queue] of viewers) {
        viewers.delete(viewer);
        viewers.set(viewer, queue);
        return taking(viewer, queue, () => queue.shift());
      }
      return undefined;
    },
    removeIf(test) {
      for (const [viewer, queue] of viewers) taking(viewer, queue, () => queue.removeIf(test));
    },
  };
}

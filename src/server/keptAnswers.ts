import type { Clock } from '../clock.js';
import type { Context } from '../schema/context.js';
import type { Report } from '../telemetry.js';
import { rightsOf, type Viewer } from '../viewer.js';
import { createAnswerStore, type WholeAnswer } from './answerStore.js';

/** What a request asks: the same for all whose answer may be the same bytes. */
export interface Question {
  readonly viewer: Viewer;
  /** What the client accepts. */
  readonly accept: string | undefined;
  /** The whole body, as it came. */
  readonly text: string;
}

export interface Sharer {
  readonly requestId: string;
  readonly viewer: string;
  /** How long it had to wait (ms). */
  readonly ms: number;
}

/** Whole answers of this process, by what was asked, as long as they are true. */
export interface KeptAnswers {
  keyOf(question: Question): string;
  get(key: string): WholeAnswer | undefined;
  set(key: string, answer: WholeAnswer): void;
  /** Reports that somebody was given an answer that was not executed for him. */
  shared(answer: WholeAnswer, how: 'kept' | 'joined', sharer: Sharer): void;
}

export interface KeptAnswersOptions {
  maxBytes: number;
  /** A new one makes every answer an old one. */
  currentCatalog(): Context['catalog'];
  clock: Clock;
  report: Report;
}

export function createKeptAnswers({ maxBytes, currentCatalog, clock, report }: KeptAnswersOptions): KeptAnswers {
  const store = createAnswerStore({ maxBytes, clock });
  const rights = createRights();
  let catalog = currentCatalog();

  return {
    keyOf: ({ viewer, accept, text }) => `${rights(viewer)}\n${accept}\n${text}`,
    get(key) {
      if (catalog !== currentCatalog()) store.clear();
      catalog = currentCatalog();
      return store.get(key);
    },
    set: store.set,
    shared({ operation, query }, how, { requestId, viewer, ms }) {
      report({ type: 'answer.shared', requestId, how });
      const outcome = { operationType: 'query', ms, errors: 0, codes: [] } as const;
      report({ type: 'request.finished', requestId, viewer, operation, query, ...outcome });
    },
  };
}

/** Worked out once for each viewer that is kept. */
function createRights(): (viewer: Viewer) => string {
  const known = new WeakMap<Viewer, string>();
  return (viewer) => {
    const found = known.get(viewer) ?? rightsOf(viewer);
    known.set(viewer, found);
    return found;
  };
}

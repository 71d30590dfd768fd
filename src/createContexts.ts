// A part of the composition root: it only wires, as app.ts does.
import type { Catalog } from './catalog/catalog.js';
import { narrowCatalog } from './catalog/visibleCatalog.js';
import type { Clock } from './clock.js';
import type { Config } from './config.js';
import type { Sources } from './createSources.js';
import type { Figures } from './figures.js';
import type { Context } from './schema/context.js';
import { createCallBudgets } from './server/callBudgets.js';
import type { RequestScope } from './server/requestScope.js';
import { limitsOf, type Viewer } from './viewer.js';

export interface ContextsOptions {
  config: Config;
  catalog: Catalog;
  sources: Sources;
  figures: Figures;
  clock: Clock;
}

/** Makes what a request may see and spend: the catalog of its viewer, loaders of its own, and the viewer's limits. */
export function createContexts({ config, catalog, sources, figures, clock }: ContextsOptions) {
  const budgets = createCallBudgets(clock);
  return (scope: RequestScope, viewer: Viewer): Context => {
    const limits = limitsOf(viewer, config.limits);
    const caller = { ...scope, viewer: viewer.name, spend: budgets.spendingOf(viewer.name, limits.callsPerMinute) };
    return {
      requestId: scope.requestId,
      viewer: viewer.name,
      elapsedMs: stopwatch(clock),
      now: clock.now(),
      catalog: narrowCatalog(catalog.current(), viewer.sites),
      figures,
      limits,
      deadlineMs: config.server.deadline,
      planning: null,
      ...sources.loaders(caller),
      sources() {
        // What is true at this moment only.
        scope.used(0);
        return sources.statuses();
      },
    };
  };
}

/** Counts the ms from now on. */
function stopwatch(clock: Clock): () => number {
  const startedAt = clock.monotonic();
  return () => clock.monotonic() - startedAt;
}

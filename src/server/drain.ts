import type { Server, ServerResponse } from 'node:http';
import type { Clock } from '../clock.js';
import type { Report } from '../telemetry.js';
import type { ClientConnections } from './clientConnections.js';
import type { RequestScope } from './requestScope.js';

export interface DrainTimes {
  /** How long new requests are still taken while /readyz says no (ms). */
  readonly noticeMs: number;
  /** How long what runs then may still take (ms). */
  readonly graceMs: number;
}

/** Why the gateway ends: somebody asked for it, an orchestrator that others must notice first, or a fault of its own. */
export type Occasion = 'asked' | 'terminated' | 'crashed';

/** How long what runs may go on after a fault that nobody caught: its state is unknown (ms). */
const crashGraceMs = 5_000;

export function timesOf(occasion: Occasion, { notice, grace }: { notice: number; grace: number }): DrainTimes {
  const noticeMs = occasion === 'terminated' ? notice : 0;
  return { noticeMs, graceMs: occasion === 'crashed' ? Math.min(crashGraceMs, grace) : grace };
}

/** Ends a server without losing a request: knows which are still waited for. */
export interface Drain {
  readonly isDraining: boolean;
  /** From now on the request is one that closing waits for, until its response is closed. */
  follow(scope: RequestScope, response: ServerResponse): void;
  /**
   * Goes through all phases: the notice; no new connections, idle ones closed; the grace; what is still missing is told so;
   * and those who do not even read that are cut off.
   */
  close(times: DrainTimes, closeServer: () => Promise<unknown>): Promise<void>;
}

export interface DrainOptions {
  server: Server;
  connections: ClientConnections;
  clock: Clock;
  report: Report;
}

/** How long the last answers may take to be read once the grace is over (ms). */
const farewellMs = 1_000;

export function createDrain({ server, connections, clock, report }: DrainOptions): Drain {
  const scopes = new Set<RequestScope>();
  let isDraining = false;
  let isOver = false;

  function expireAll(): void {
    isOver = true;
    for (const scope of scopes) scope.expire();
  }

  return {
    get isDraining() {
      return isDraining;
    },
    follow(scope, response) {
      scopes.add(scope);
      response.once('close', () => scopes.delete(scope));
      if (isOver) scope.expire();
    },
    async close({ noticeMs, graceMs }, closeServer) {
      const startedAt = clock.monotonic();
      isDraining = true;
      report({ type: 'drain.started', inFlight: scopes.size });
      if (noticeMs > 0) await new Promise<void>((resolve) => clock.after(noticeMs, resolve));
      connections.endWhenIdle();
      const stopGrace = clock.after(graceMs, expireAll);
      const stopFarewell = clock.after(graceMs + farewellMs, () => server.closeAllConnections());
      await closeServer();
      stopGrace();
      stopFarewell();
      report({ type: 'drain.finished', ms: clock.monotonic() - startedAt });
    },
  };
}

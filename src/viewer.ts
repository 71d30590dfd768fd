/** Who asks, and what it may have. A request's viewer is made in server/auth.ts, and nowhere else. */
export interface Viewer {
  /** Of the key or token, with its kind: two kinds never share a name, nor what is counted by it. */
  readonly name: string;
  /** Ids of the sites that it may see; what it may not see does not exist for it. */
  readonly sites: 'all' | ReadonlySet<string>;
  /** Where it differs from the gateway's limits. */
  readonly limits: ViewerLimits;
}

export interface ViewerLimits {
  readonly first?: number | undefined;
  readonly ids?: number | undefined;
  readonly maxPartnerCalls?: number | undefined;
  readonly maxReports?: number | undefined;
  /** null = as many as the sources take. */
  readonly callsPerMinute?: number | null | undefined;
}

/** Whoever runs the gateway in process: it could read every file that the gateway reads. */
export const operator: Viewer = { name: 'operator', sites: 'all', limits: { callsPerMinute: null } };

/** The gateway's limits, with the viewer's own in their places. */
export function limitsOf<L extends object>({ limits }: Viewer, ofGateway: L): L {
  const own = Object.entries(limits).filter(([, limit]) => limit !== undefined);
  return { ...ofGateway, ...Object.fromEntries(own) };
}

/** Everything about a viewer that an answer depends on: two with the same rights may be given the same bytes. One line. */
export function rightsOf({ sites, limits }: Viewer): string {
  const { callsPerMinute: _, ...bounds } = limits;
  return JSON.stringify([sites === 'all' ? sites : [...sites].sort(), Object.entries(bounds).sort()]);
}

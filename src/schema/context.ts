import type { CatalogSnapshot } from '../catalog/catalog.js';
import type { Figures } from '../figures.js';
import type { GoogleAnalyticsLoader } from '../sources/googleAnalytics/loader.js';
import type { PartnerLoader } from '../sources/partner/loader.js';
import type { PageLimits } from '../table/page.js';
import type { SourceStatus } from '../telemetry.js';

/** The most upstream calls that one operation may wait for. */
export interface CallLimits {
  readonly maxPartnerCalls: number;
  readonly maxReports: number;
}

/** What the resolvers of one request share. Made anew for every request, so that nothing passes from one to another. */
export interface Context {
  readonly requestId: string;
  /** The name of who asks, for the log; what it may see and have is in `catalog` and `limits` already. */
  readonly viewer: string;
  /** Wall time, ms since the epoch, at which the request began: every date range of a request counts from the same day. */
  readonly now: number;
  readonly catalog: CatalogSnapshot;
  readonly figures: Figures;
  readonly limits: PageLimits & CallLimits;
  /** How long the request may take as a whole. */
  readonly deadlineMs: number;
  /** How long it has taken until now (ms). */
  elapsedMs(): number;
  /**
   * Set while an operation is planned instead of run; it is told when the plan depends on figures that are not known, and then
   * whether that leaves open which products are on a page.
   */
  readonly planning: { guess(isPageOpen: boolean): void } | null;
  /** null = this source is not configured. */
  readonly googleAnalytics: GoogleAnalyticsLoader | null;
  readonly partner: PartnerLoader | null;
  /** How each configured source is doing. */
  sources(): readonly SourceStatus[];
}

import type { SchedulerSettings } from '../../scheduler/scheduler.js';

/**
 * What protects a property, beside the concurrency and timeout of the configuration. A report answers a whole page, so few
 * wait; 10 server errors in an hour lock the property, so the breaker opens at half of them and stays open for long.
 *
 * @see https://developers.google.com/analytics/devguides/reporting/data/v1/quotas
 */
export const googleAnalyticsPolicies: Omit<SchedulerSettings, 'concurrency' | 'timeout'> = {
  queue: 200,
  intervalMs: 0,
  maxPause: 300_000,
  retry: { attempts: 2, budget: 0.1 },
  breaker: { failures: 5, slow: 25_000, open: 60_000 },
};

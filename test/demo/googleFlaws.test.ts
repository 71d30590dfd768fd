import { describe, expect, test } from '@jest/globals';
import { runReport } from '../../src/demo/googleReports.js';
import { names, only, pagePath, plan, report, rowsOf, sum, week } from '../helpers/reports.js';

describe('flaws', () => {
  const request = { ...pagePath, metrics: names('screenPageViews', 'totalUsers') };

  test('withhold rows of few users', () => {
    const all = rowsOf(request);
    const flaws = { minUsers: 60 };
    expect(rowsOf(request, { flaws })).toEqual(all.filter((row) => Number(row[2]) >= 60));
    expect(report(request, { flaws }).metadata.subjectToThresholding).toBe(true);
    expect(report(request).metadata).not.toHaveProperty('subjectToThresholding');
  });

  test('are there without a fault where a dimension tells who people are', () => {
    const answer = plan({ dimensions: names('userGender', 'pagePath') });
    expect(answer.potentiallyThresholded).toBe(true);
    expect(runReport(answer).metadata.subjectToThresholding).toBe(true);
    expect(runReport(answer).rowCount ?? 0).toBeLessThan(120);
  });

  test('fold rare values, also where a filter asks for one of them', () => {
    const flaws = { otherRow: true };
    const rows = rowsOf(request, { flaws });
    const other = rows.find(([path]) => path === '(other)');
    expect(sum(rows.map((row) => Number(row[1])))).toBe(sum(rowsOf(request).map((row) => Number(row[1]))));
    expect(Number(other?.[2])).toBeGreaterThan(0);
    const folded = rowsOf(request).find(([path]) => !rows.some(([kept]) => kept === path))?.[0];
    const filtered = report(
      { ...request, dimensionFilter: only('pagePath', { inListFilter: { values: [folded] } }) },
      { flaws },
    );
    expect(filtered.rows).toBeUndefined();
    expect(filtered.metadata.dataLossFromOtherRow).toBe(true);
  });

  describe('of a sample', () => {
    const flaws = { sampledShare: 0.25 };

    test('say what share was read, once for each range', () => {
      const [[events] = []] = rowsOf({ metrics: names('eventCount') });
      const { metadata } = report({ ...request, dateRanges: [week, week] }, { flaws });
      const [sample, ...others] = metadata.samplingMetadatas ?? [];
      expect(others).toEqual([sample]);
      expect(sample?.samplingSpaceSize).toBe(events);
      expect(Number(sample?.samplesReadCount) / Number(events)).toBeCloseTo(0.25, 1);
    });

    test('are estimates: counts are multiplied up, shares are as they were read, and rare rows are missing', () => {
      const estimate = rowsOf({ metrics: names('sessions', 'engagementRate') }, { flaws })[0]?.map(Number) ?? [];
      const truth = rowsOf({ metrics: names('sessions', 'engagementRate') })[0]?.map(Number) ?? [];
      expect(estimate[0]).not.toBe(truth[0]);
      expect(Math.abs(Number(estimate[0]) / Number(truth[0]) - 1)).toBeLessThan(0.15);
      expect(Math.abs(Number(estimate[1]) - Number(truth[1]))).toBeLessThan(0.1);
      const rare = { ...pagePath, metrics: names('ecommercePurchases') };
      expect(rowsOf(rare, { flaws }).length).toBeLessThan(rowsOf(rare).length);
    });

    test('are the same when asked again', () => {
      expect(rowsOf(request, { flaws })).toEqual(rowsOf(request, { flaws }));
    });
  });

  test('make the last days late: they move for 48 hours, and no longer', () => {
    const hour = 3_600_000;
    const midnight = Date.parse('2025-03-31T22:00:00.000Z');
    const known = (day: string, hoursLater: number, isLate = true) => {
      const dateRanges = [{ startDate: day, endDate: day }];
      const [[count] = ['0']] = rowsOf(
        { metrics: names('sessions'), dateRanges },
        { now: midnight + hoursLater * hour, flaws: { isLate } },
      );
      return Number(count);
    };
    const all = known('2025-03-31', 100, false);
    const counts = [0, 6, 12, 24, 48].map((hours) => known('2025-03-31', hours));
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
    expect(counts[0]).toBeLessThan(all);
    expect(counts[2]).toBeGreaterThan(0.9 * all);
    expect(counts[2]).toBeLessThan(all);
    expect(counts[4]).toBe(all);
    expect(known('2025-03-29', 0)).toBe(known('2025-03-29', 0, false));
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { addDays } from '../../src/demo/days.js';
import type { FaultRule } from '../../src/demo/faults.js';
import { createFakeClock, type FakeClock } from '../helpers/fakeClock.js';
import { type RunningGateway, startGateway } from '../helpers/gateway.js';
import { countFigures, visitsOf } from '../helpers/referenceFigures.js';

interface Figures {
  pageViews: number | null;
  sessions: number | null;
  engagementRate: number | null;
  totalRevenue: string | null;
  quality: Quality;
  series: { date: string; pageViews: number | null }[];
}
interface Quality {
  sampledShare: number | null;
  thresholded: boolean;
  otherRow: boolean;
  complete: boolean;
}
interface SiteAnswer {
  site: { googleAnalytics: Figures; products: { nodes: { id: string; googleAnalytics: Figures }[] } };
}

let gateway: RunningGateway;
let clock: FakeClock;
let last = '2025-03-01';

beforeAll(async () => {
  // Early afternoon in Berlin.
  clock = createFakeClock('2026-01-15T12:00:00.000Z');
  gateway = await startGateway({ products: 12, clock });
});
beforeEach(() => gateway.google.reset());
afterAll(() => gateway.close());

const selection =
  '{ pageViews sessions engagementRate totalRevenue quality { sampledShare thresholded otherRow complete } series { date pageViews } }';
const within = (start: string, end: string) => `(range: { start: "${start}", end: "${end}" })`;

/** Both kinds of report, of two days that nothing was known of. */
async function askSpoilt(rule: Omit<FaultRule, 'keys'>) {
  const [start, end] = [addDays(last, 1), addDays(last, 2)];
  last = end;
  await gateway.google.faults({ keys: '*', ...rule } as FaultRule);
  const { data, errors } = await gateway.ask<SiteAnswer>(
    `{ site(id: "shop") { googleAnalytics${within(start, end)} ${selection} products { nodes { id googleAnalytics${within(start, end)} ${selection} } } } }`,
  );
  expect(errors).toBeUndefined();
  const visits = visitsOf(gateway.world, 'shop', { start, end });
  const rows = data.site.products.nodes.map(({ id, googleAnalytics }) => ({
    figures: googleAnalytics,
    truth: countFigures(visits, (productId) => productId === id),
    people: new Set(visits.filter(({ productIds }) => productIds.includes(id)).map(({ userId }) => userId)).size,
  }));
  return { site: data.site.googleAnalytics, siteTruth: countFigures(visits, () => true), rows };
}

const good: Quality = { sampledShare: null, thresholded: false, otherRow: false, complete: true };
const unknown = { pageViews: null, sessions: null, engagementRate: null, totalRevenue: null };

describe('rows that Google withholds', () => {
  test('because few people are behind them are unknown, not 0, and the flag says why', async () => {
    const users = 15;
    const { site, rows } = await askSpoilt({ fault: 'thresholded', users });
    expect(site.quality).toEqual({ ...good, thresholded: true });
    const hidden = rows.filter(({ people }) => people < users);
    expect(hidden.length).toBeGreaterThan(0);
    expect(hidden.length).toBeLessThan(rows.length);
    for (const { figures, truth, people } of rows) {
      const { pageViews, sessions } = truth;
      expect(figures).toMatchObject(people < users ? unknown : { pageViews, sessions });
      expect(figures.quality).toEqual({ ...good, thresholded: true });
    }
  });

  test('are unknown in every point of a series, too', async () => {
    const { rows } = await askSpoilt({ fault: 'thresholded', users: 1_000_000 });
    for (const { figures } of rows) expect(figures.series.map(({ pageViews }) => pageViews)).toEqual([null, null]);
  });

  test('because they were folded into (other) are unknown; the site as a whole is not', async () => {
    const { site, siteTruth, rows } = await askSpoilt({ fault: 'other-row' });
    expect(site).toMatchObject({ pageViews: siteTruth.pageViews, sessions: siteTruth.sessions });
    const hidden = rows.filter(({ figures }) => figures.pageViews === null);
    expect(hidden.length).toBeGreaterThan(0);
    expect(hidden.length).toBeLessThan(rows.length);
    for (const { figures, truth } of rows) {
      const { pageViews, sessions } = truth;
      expect(figures).toMatchObject(figures.pageViews === null ? unknown : { pageViews, sessions });
      expect(figures.quality).toEqual({ ...good, otherRow: true });
    }
  });

  test('because a sample did not hold them are unknown; the others are estimates, and say of what share', async () => {
    const { site, siteTruth, rows } = await askSpoilt({ fault: 'sampled', share: 0.1 });
    expect(site.quality).toEqual({ ...good, sampledShare: expect.any(Number) });
    expect(Math.abs(Number(site.quality.sampledShare) - 0.1)).toBeLessThan(0.08);
    expect(Math.abs(Number(site.pageViews) / siteTruth.pageViews - 1)).toBeLessThan(0.6);
    expect(rows.some(({ figures }) => figures.pageViews === null)).toBe(true);
    expect(rows.some(({ figures }) => figures.pageViews === 0)).toBe(false);
    for (const { figures } of rows.filter(({ figures }) => figures.pageViews === null)) {
      expect(figures).toMatchObject(unknown);
    }
  });

  test('of one query do not spoil what another one knows', async () => {
    const { rows } = await askSpoilt({ fault: 'thresholded', users: 1_000_000, times: 1 });
    expect(rows.every(({ figures }) => figures.pageViews === null)).toBe(true);
    const { rows: others } = await askSpoilt({ fault: 'latency', ms: 0 });
    for (const { figures, truth } of others) {
      expect(figures.pageViews).toBe(truth.pageViews);
      expect(figures.quality).toEqual(good);
    }
  });
});

describe('the days that Google may still change', () => {
  const ask = async (range: string) => {
    const { data, errors } = await gateway.ask<{ site: { googleAnalytics: Figures } }>(
      `{ site(id: "shop") { googleAnalytics(range: ${range}, maxAgeMs: 0) { pageViews sessions quality { complete } } } }`,
    );
    expect(errors).toBeUndefined();
    return data.site.googleAnalytics;
  };
  const days = (start: string, end: string) => `{ start: "${start}", end: "${end}" }`;

  test.each([
    ['today', '{ preset: TODAY }', false],
    ['yesterday', '{ preset: YESTERDAY }', false],
    ['the last week', '{ preset: LAST_7_DAYS }', false],
    ['this month', '{ preset: THIS_MONTH }', false],
    ['last month', '{ preset: LAST_MONTH }', true],
    ['days that ended five days ago', days('2026-01-08', '2026-01-10'), true],
    ['the week before the last', '{ preset: LAST_7_DAYS, shift: PREVIOUS_PERIOD }', true],
    ['today a year ago', '{ preset: TODAY, shift: PREVIOUS_YEAR }', true],
    ['days that are still to come', days('2026-01-10', '2026-01-20'), false],
  ])('make a range incomplete, and no other: %s', async (_, range, complete) => {
    expect((await ask(range)).quality).toEqual({ complete });
  });

  test('move until they are complete, and then say what was', async () => {
    const [start, end] = ['2026-01-13', '2026-01-14'];
    const truth = countFigures(visitsOf(gateway.world, 'shop', { start, end }), () => true);
    await gateway.google.faults({ keys: '*', fault: 'late' });
    const early = await ask(days(start, end));
    expect(early.quality).toEqual({ complete: false });
    expect(early.pageViews).toBeLessThan(truth.pageViews);
    await clock.advance(3 * 86_400_000);
    const late = await ask(days(start, end));
    expect(late).toMatchObject({
      pageViews: truth.pageViews,
      sessions: truth.sessions,
      quality: { complete: true },
    });
  });
});

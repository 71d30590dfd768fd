import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { addDays, readLocalTime } from '../../src/demo/days.js';
import { createFakeClock, type FakeClock } from '../helpers/fakeClock.js';
import { type RunningGateway, startGateway } from '../helpers/gateway.js';
import { countFigures, visitsOf } from '../helpers/referenceFigures.js';

interface Figures {
  pageViews: number;
  sessions: number;
  quality: { complete: boolean };
  series: { date: string; pageViews: number }[];
}
interface SiteAnswer {
  id: string;
  timeZone: string;
  day: Figures;
  week: Figures;
}

const hour = 3_600_000;
const figures = 'pageViews sessions quality { complete } series { date pageViews }';

describe.each([
  // Berlin loses an hour at 01:00 UTC, and gains one.
  ['the clocks go forward in Europe', '2025-03-29T20:00:00.000Z', 'LAST_7_DAYS'],
  ['the clocks go back in Europe', '2025-10-25T20:00:00.000Z', 'LAST_7_DAYS'],
  // New York does so at 07:00 and 06:00 UTC.
  ['the clocks go forward in America', '2025-03-09T02:00:00.000Z', 'LAST_7_DAYS'],
  ['the clocks go back in America', '2025-11-02T02:00:00.000Z', 'LAST_7_DAYS'],
] as const)('while %s', (_, beginning, preset) => {
  let gateway: RunningGateway;
  let clock: FakeClock;

  beforeAll(async () => {
    clock = createFakeClock(beginning);
    gateway = await startGateway({ sites: 3, products: 4, clock });
  });
  afterAll(() => gateway.close());

  test('yesterday and the last week are those of each site, hour by hour', async () => {
    for (let hours = 0; hours < 32; hours += 1) {
      const { data, errors } = await gateway.ask<{ sites: SiteAnswer[] }>(
        `{ sites { id timeZone day: googleAnalytics(range: { preset: YESTERDAY }) { ${figures} } week: googleAnalytics(range: { preset: ${preset} }) { ${figures} } } }`,
      );
      expect(errors).toBeUndefined();
      for (const { id, timeZone, day, week } of data.sites) {
        const yesterday = addDays(readLocalTime(timeZone, clock.now()).day, -1);
        for (const [told, start] of [
          [day, yesterday],
          [week, addDays(yesterday, -6)],
        ] as const) {
          const visits = visitsOf(gateway.world, id, { start, end: yesterday });
          const { pageViews, sessions } = countFigures(visits, () => true);
          expect(told).toMatchObject({ pageViews, sessions, quality: { complete: false } });
          expect(told.series.map(({ date }) => date)).toEqual([start, ...daysAfter(start, yesterday)]);
        }
      }
      await clock.advance(hour);
    }
  });
});

function daysAfter(start: string, end: string): string[] {
  return start === end ? [] : [addDays(start, 1), ...daysAfter(addDays(start, 1), end)];
}

describe('today', () => {
  test('holds what has happened so far, and a series ends with it', async () => {
    const clock = createFakeClock('2025-06-11T10:00:00.000Z');
    const gateway = await startGateway({ sites: 3, products: 4, clock });
    try {
      const range = '(range: { start: "2025-06-10", end: "2025-06-20" })';
      const { data, errors } = await gateway.ask<{
        sites: { id: string; timeZone: string; googleAnalytics: Figures }[];
      }>(`{ sites { id timeZone googleAnalytics${range} { ${figures} } } }`);
      expect(errors).toBeUndefined();
      expect(data.sites).toHaveLength(3);
      for (const { id, timeZone, googleAnalytics } of data.sites) {
        const { day, secondsOfDay } = readLocalTime(timeZone, clock.now());
        expect(day).toBe('2025-06-11');
        const before = gateway.world.visits(id, '2025-06-10');
        const today = gateway.world.visits(id, day).filter(({ startsAt }) => startsAt <= secondsOfDay);
        const views = [before, today].map((visits) => countFigures(visits, () => true).pageViews);
        expect(googleAnalytics.series).toEqual([
          { date: '2025-06-10', pageViews: views[0] },
          { date: '2025-06-11', pageViews: views[1] },
        ]);
        expect(googleAnalytics).toMatchObject({
          ...(({ pageViews, sessions }) => ({ pageViews, sessions }))(countFigures([...before, ...today], () => true)),
          quality: { complete: false },
        });
      }
    } finally {
      await gateway.close();
    }
  });
});

describe('a day that the year before did not have', () => {
  test('is compared with the day before it', async () => {
    const gateway = await startGateway({ products: 4, clock: createFakeClock('2025-06-11T10:00:00.000Z') });
    try {
      const on = '(range: { start: "2024-02-29", end: "2024-02-29", shift: PREVIOUS_YEAR })';
      const { data } = await gateway.ask<{ site: { googleAnalytics: Figures } }>(
        `{ site(id: "shop") { googleAnalytics${on} { ${figures} } } }`,
      );
      const { pageViews } = countFigures(gateway.world.visits('shop', '2023-02-28'), () => true);
      expect(data.site.googleAnalytics.series).toEqual([{ date: '2023-02-28', pageViews }]);
    } finally {
      await gateway.close();
    }
  });
});

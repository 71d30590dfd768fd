import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { until } from '../helpers/until.js';
import { type Stage, startStage } from './harness/stage.js';
import { cellOf, namesOf, settled } from './harness/table.js';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage({ products: 20 });
});
afterAll(() => stage.close());

interface SiteAnswer {
  site: { now: { sessions: number; bounceRate: number }; before: { sessions: number; bounceRate: number } };
}

// The clocks of Berlin go forward in these days.
const range = '2025-03-24..2025-04-06';
const days = (shift = '') => `range: { start: "2025-03-24", end: "2025-04-06"${shift} }`;
const difference = { up: '+', down: '-' };

describe('a comparison', () => {
  test('says how the site changed, by the good direction of each figure', () =>
    stage.open(`/?range=${range}`, async (page) => {
      await settled(page);
      await page.getByLabel('Compare with').selectOption({ label: 'Previous period' });
      const tile = page.locator('.tile[data-figure="googleAnalytics.sessions"] .difference');
      await tile.waitFor();
      const { data } = await stage.gateway.ask<SiteAnswer>(`{ site(id: "shop") {
        now: googleAnalytics(${days()}) { sessions bounceRate }
        before: googleAnalytics(${days(', shift: PREVIOUS_PERIOD')}) { sessions bounceRate }
      } }`);
      const { now, before } = data.site;
      const way = now.sessions > before.sessions ? 'up' : 'down';
      expect(await tile.textContent()).toMatch(new RegExp(`^\\${difference[way]}[\\d.]+%$`));
      expect(await tile.getAttribute('class')).toContain(way === 'up' ? 'good' : 'bad');
      expect(await tile.getAttribute('title')).toContain(`against ${before.sessions.toLocaleString('en-GB')}`);
      expect(await page.locator('#days').textContent()).toMatch(
        /24 March.6 April 2025 against 10.23 March 2025|24 Mar.+6 Apr 2025 against 10.+23 Mar 2025/,
      );
    }));

  test('stands in every row, also for the partner', () =>
    stage.open(`/?range=${range}&compare=previous_period`, async (page) => {
      await settled(page);
      const [first = ''] = await namesOf(page);
      for (const figure of ['googleAnalytics.pageViews', 'partner.impressions']) {
        await cellOf(page, first, figure).locator('.difference').waitFor();
      }
    }));

  test('draws a period of other days over the first, place by place, over a change of clocks', () =>
    stage.open(`/?range=${range}&compare=previous_period`, async (page) => {
      const rows = page.locator('#chart table tbody tr');
      await until(async () => (await rows.count()) === 14, 'fourteen days');
      const heads = await rows.locator('th').allTextContents();
      expect(new Set(heads).size).toBe(14);
      expect(heads[6]).toBe('Sun, 30 Mar 2025');
      for (const cells of await rows.all()) expect(await cells.locator('td').count()).toBe(2);
      await page.locator('.key.before').waitFor();
      expect(await page.locator('.key.before').textContent()).toBe('Previous period');
    }));

  test('draws days, weeks and months', () =>
    stage.open(`/?range=${range}`, async (page) => {
      const first = page.locator('#chart table tbody th').first();
      await page.getByRole('button', { name: 'Week', exact: true }).click();
      await until(async () => /^Week from Mon, 24 Mar/.test((await first.textContent()) ?? ''), 'weeks');
      await page.getByRole('button', { name: 'Month', exact: true }).click();
      await until(async () => (await first.textContent()) === 'March 2025', 'months');
    }));

  test('draws the figure whose tile is chosen', () =>
    stage.open(`/?range=${range}`, async (page) => {
      await page
        .getByRole('button', { name: /^Page views/ })
        .first()
        .click();
      await page.locator('#chart caption', { hasText: 'Page views over time' }).waitFor({ state: 'attached' });
      expect(new URL(page.url()).searchParams.get('chart')).toBe('pageViews');
    }));
});

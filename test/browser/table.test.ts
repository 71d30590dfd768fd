import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { until } from '../helpers/until.js';
import { type Stage, startStage } from './harness/stage.js';
import { cellOf, columnOf, namesOf, numberIn, settled, sorterOf } from './harness/table.js';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage({ products: 60, sites: 2 });
});
afterAll(() => stage.close());

const isDescending = (values: number[]) =>
  values.every((value, index) => index === 0 || value <= (values[index - 1] ?? 0));

describe('the table of products', () => {
  test('comes ordered by page views, a page of 25 of all', () =>
    stage.open('/', async (page) => {
      await settled(page);
      const views = (await columnOf(page, 'googleAnalytics.pageViews')).map(numberIn);
      expect(views).toHaveLength(25);
      expect(isDescending(views)).toBe(true);
      expect(await page.locator('.dt-info').textContent()).toBe('1–25 of 60 products');
      expect(await page.locator('#table .spark path[d^="M"]').count()).toBe(25);
    }));

  test('sums what may be added up, over all pages, and nothing else', () =>
    stage.open('/', async (page) => {
      await settled(page);
      const total = async (figure: string) =>
        (await page.locator(`tfoot [data-figure="${figure}"]`).textContent()) ?? '';
      await until(async () => (await total('partner.orders')) !== '', 'the totals');
      const answer = await stage.gateway.ask<{ site: { products: { nodes: { partner: { orders: number } }[] } } }>(
        '{ site(id: "shop") { products(first: 60) { nodes { partner { orders } } } } }',
      );
      const orders = answer.data.site.products.nodes.reduce((sum, { partner }) => sum + partner.orders, 0);
      expect(numberIn(await total('partner.orders'))).toBe(orders);
      for (const figure of [
        'googleAnalytics.sessions',
        'googleAnalytics.activeUsers',
        'googleAnalytics.engagementRate',
      ]) {
        expect(await total(figure)).toBe('');
      }
    }));

  test('sorts by a figure of the partner, over all products, down and up', () =>
    stage.open('/', async (page) => {
      await settled(page);
      await sorterOf(page, 'Revenue').click();
      await until(async () => {
        const values = (await columnOf(page, 'partner.revenue')).map(numberIn);
        return values.length === 25 && isDescending(values);
      }, 'the rows by revenue');
      expect(new URL(page.url()).searchParams.get('sort')).toBe('-partner.revenue');
      const header = page.getByRole('columnheader', { name: /Revenue/ });
      expect(await header.getAttribute('aria-sort')).toBe('descending');
      await sorterOf(page, 'Revenue').click();
      await until(async () => {
        const values = (await columnOf(page, 'partner.revenue')).map(numberIn);
        return values.length === 25 && isDescending(values.toReversed());
      }, 'the rows by revenue, upwards');
      expect(await header.getAttribute('aria-sort')).toBe('ascending');
    }));

  test('says what share of the total a row is, and every digit in its tooltip', () =>
    stage.open('/', async (page) => {
      await settled(page);
      const [first = ''] = await namesOf(page);
      const cell = cellOf(page, first, 'googleAnalytics.pageViews');
      await cell.locator('.share').waitFor();
      expect(await cell.getAttribute('title')).toMatch(/^Page views: [\d,]+\n[\d.]+% of the total\nRead just now$/);
    }));

  test('searches by name', () =>
    stage.open('/', async (page) => {
      await settled(page);
      await page.getByRole('searchbox', { name: 'Search products' }).fill('shoe');
      await until(async () => {
        const names = await namesOf(page);
        return names.length > 0 && names.every((name) => /shoe/i.test(name));
      }, 'shoes only');
      await page.getByRole('searchbox').fill('no such product');
      await page.getByText('No product matches.').waitFor();
    }));

  test('filters by a figure, and lets go of the filter', () =>
    stage.open('/', async (page) => {
      await settled(page);
      await page.getByRole('button', { name: 'Filter' }).click();
      await page.locator('#filter-figure').selectOption('partner.orders');
      await page.getByLabel('Number').fill('3');
      await page.getByRole('button', { name: 'Add filter' }).click();
      await until(async () => {
        const orders = (await columnOf(page, 'partner.orders')).map(numberIn);
        return orders.length > 0 && orders.every((count) => count >= 3);
      }, 'products with 3 orders and more');
      await page.getByRole('button', { name: 'Remove the filter Orders ≥ 3' }).click();
      await until(async () => (await namesOf(page)).length === 25, 'all products');
    }));

  test('turns pages, and shows as many rows as wanted', () =>
    stage.open('/', async (page) => {
      await settled(page);
      const first = await namesOf(page);
      await page.getByRole('link', { name: 'Next' }).click();
      await until(async () => /^26–50/.test((await page.locator('.dt-info').textContent()) ?? ''), 'the second page');
      await settled(page);
      const second = await namesOf(page);
      expect(second.filter((name) => first.includes(name))).toEqual([]);
      await page.locator('.dt-length select').selectOption('100');
      await until(async () => (await namesOf(page)).length === 60, 'all on one page');
      expect(new URL(page.url()).searchParams.get('page')).toBeNull();
    }));

  test('shows the columns that the viewer chooses', () =>
    stage.open('/', async (page) => {
      await settled(page);
      await page.getByRole('button', { name: 'Columns' }).click();
      await page.getByRole('checkbox', { name: 'Bounce rate' }).check();
      await page.getByRole('checkbox', { name: 'Sessions', exact: true }).uncheck();
      await page.keyboard.press('Escape');
      await settled(page);
      expect((await columnOf(page, 'googleAnalytics.bounceRate'))[0]).toMatch(/^\d+\.\d%$/);
      expect(await page.locator('[data-figure="googleAnalytics.sessions"]:not(.tile)').count()).toBe(0);
    }));

  test('keeps its head and the names in sight', () =>
    stage.open('/?size=100', async (page) => {
      await settled(page);
      const scroller = page.locator('.scroller');
      await scroller.evaluate((element) => element.scrollTo(0, 900));
      const top = await scroller.boundingBox();
      const head = await page.locator('#table thead').boundingBox();
      expect(Math.abs((head?.y ?? 0) - (top?.y ?? Number.NaN))).toBeLessThan(2);
    }));

  test('takes names as text', async () => {
    const hostile = '<img src=x onerror=alert(1)>';
    const other = await startStage({
      products: 3,
      catalog: ({ sites }) => {
        Object.assign(sites[0]?.products[0] ?? {}, { name: hostile });
      },
    });
    try {
      await other.open('/', async (page) => {
        await settled(page);
        expect(await namesOf(page)).toContain(hostile);
      });
    } finally {
      await other.close();
    }
  });

  test('switches between the sites that the viewer may see', () =>
    stage.open('/', async (page) => {
      await settled(page);
      const site = page.getByLabel('Site', { exact: true });
      const [, second = ''] = await site.locator('option').allTextContents();
      await site.selectOption({ label: second });
      await until(async () => new URL(page.url()).searchParams.has('site'), 'the site in the URL');
      await settled(page);
      const zone = stage.gateway.world.sites[1]?.timeZone ?? '?';
      expect(await page.locator('#days').textContent()).toContain(`days in ${zone}`);
    }));
});

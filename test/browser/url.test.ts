import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { until } from '../helpers/until.js';
import { type Stage, startStage } from './harness/stage.js';
import { columnOf, namesOf, numberIn, settled, sorterOf } from './harness/table.js';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage({ products: 60 });
});
afterAll(() => stage.close());

const shared =
  '/?site=shop&range=2025-05-01..2025-05-31&compare=previous_year&sort=-partner.orders&search=e&filter=partner.orders%3Agte%3A1&page=2&size=10&chart=pageViews&interval=week';

describe('the URL', () => {
  test('brings a whole view to somebody else, and back after a reload', () =>
    stage.open(shared, async (page) => {
      await settled(page);
      const names = await namesOf(page);
      const orders = (await columnOf(page, 'partner.orders')).map(numberIn);
      expect(orders.every((count) => count >= 1)).toBe(true);
      expect(orders).toEqual(orders.toSorted((a, b) => b - a));
      expect(names.every((name) => /e/i.test(name))).toBe(true);
      expect(await page.locator('.dt-info').textContent()).toMatch(/^11–\d+ of/);
      expect(await page.getByLabel('Compare with').inputValue()).toBe('PREVIOUS_YEAR');
      expect(await page.getByRole('searchbox').inputValue()).toBe('e');
      expect(await page.getByRole('button', { name: 'Week', exact: true }).getAttribute('aria-pressed')).toBe('true');
      await page.reload();
      await settled(page);
      expect(await namesOf(page)).toEqual(names);
      expect(new URL(page.url()).search).toBe(new URL(shared, page.url()).search);
    }));

  test('goes back step by step, with the rows', () =>
    stage.open('/', async (page) => {
      await settled(page);
      const byViews = await namesOf(page);
      await sorterOf(page, 'Product').click();
      await until(async () => (await namesOf(page)).join() !== byViews.join(), 'the rows by name');
      const byName = await namesOf(page);
      await page.getByRole('link', { name: 'Next' }).click();
      await until(async () => (await namesOf(page)).join() !== byName.join(), 'the next page');
      await page.goBack();
      await until(async () => (await namesOf(page)).join() === byName.join(), 'the first page by name');
      await page.goBack();
      await until(async () => (await namesOf(page)).join() === byViews.join(), 'the rows by page views');
      expect(new URL(page.url()).search).toBe('');
    }));

  test('takes any range of days', () =>
    stage.open('/', async (page) => {
      await settled(page);
      await page.getByRole('button', { name: 'Custom' }).click();
      await page.getByLabel('First day').fill('2025-02-03');
      await page.getByLabel('Last day').fill('2025-02-09');
      await page.getByRole('button', { name: 'Show', exact: true }).click();
      await until(async () => new URL(page.url()).searchParams.get('range') === '2025-02-03..2025-02-09', 'the URL');
      await until(async () => (await page.locator('#chart table tbody tr').count()) === 7, 'seven days');
    }));

  test('that names no site of the viewer says so', () =>
    stage.open('/?site=elsewhere', async (page) => {
      await page.getByText('There is no such site here').waitFor();
    }));
});

import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { type Stage, startStage } from './harness/stage.js';
import { namesOf, settled } from './harness/table.js';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage({ products: 40 });
});
afterAll(() => stage.close());

/** The lines of the file that a choice of the export menu saves. */
async function linesOf(page: Page, choice: RegExp): Promise<{ name: string; lines: string[] }> {
  await page.getByRole('button', { name: 'Export' }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: choice }).click(),
  ]);
  const text = await readFile(await download.path(), 'utf8');
  return {
    name: download.suggestedFilename(),
    lines: text
      .replace(/^\uFEFF/, '')
      .trimEnd()
      .split('\r\n'),
  };
}

describe('the export', () => {
  test('of the page holds its rows in their order, with every digit', () =>
    stage.open('/?range=2025-05-01..2025-05-31&sort=-partner.revenue&size=10', async (page) => {
      await settled(page);
      const names = await namesOf(page);
      const { name, lines } = await linesOf(page, /^CSV of this page/);
      expect(name).toBe('products-2025-05-01..2025-05-31-page-1.csv');
      const [head = '', ...rows] = lines;
      expect(head).toMatch(/^id,name,googleAnalytics\.pageViews,.*partner\.revenue,combined\.ordersPerSession$/);
      expect(rows.map((row) => row.split(',')[1])).toEqual(names);
      const { data } = await stage.gateway.ask<{ products: { partner: { revenue: string } }[] }>(
        'query ($ids: [ID!]!) { products(ids: $ids) { partner(range: { start: "2025-05-01", end: "2025-05-31" }) { revenue } } }',
        { ids: rows.map((row) => row.split(',')[0]) },
      );
      const place = head.split(',').indexOf('partner.revenue');
      expect(rows.map((row) => row.split(',')[place])).toEqual(data.products.map(({ partner }) => partner.revenue));
    }));

  test('of everything holds all rows that the list has, not only those of the page', () =>
    stage.open('/?range=2025-05-01..2025-05-31&size=10&search=a', async (page) => {
      await settled(page);
      const total = Number(/of (\d+)/.exec((await page.locator('.dt-info').textContent()) ?? '')?.[1]);
      const { lines } = await linesOf(page, /^CSV of all products/);
      expect(total).toBeGreaterThan(10);
      expect(lines).toHaveLength(total + 1);
      expect(lines.slice(1, 11).map((row) => row.split(',')[1])).toEqual(await namesOf(page));
    }));
});

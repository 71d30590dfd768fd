import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Stage, startStage } from './harness/stage.js';
import { namesOf, settled } from './harness/table.js';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage({ products: 30, sites: 2 });
});
afterAll(() => stage.close());

const viewport = { width: 375, height: 812 };

describe('on a telephone', () => {
  test.each(['/', '/?compare=previous_period&columns=partner.orders', '/?view=sources'])(
    'nothing of %s is wider than the screen',
    (path) =>
      stage.open(
        path,
        async (page) => {
          await page.locator('#table tbody .name-text, .source').first().waitFor();
          expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(viewport.width);
        },
        { viewport },
      ),
  );

  test('the table scrolls in its place, and the names stay in sight', () =>
    stage.open(
      '/',
      async (page) => {
        await settled(page);
        const [first = ''] = await namesOf(page);
        const name = page.getByRole('rowheader', { name: first, exact: true });
        const before = await name.boundingBox();
        await page.locator('.scroller').evaluate((element) => element.scrollTo(500, 0));
        expect((await name.boundingBox())?.x).toBe(before?.x);
        const revenue = await page
          .locator('#table tbody tr')
          .first()
          .locator('[data-figure="partner.revenue"]')
          .boundingBox();
        expect(revenue?.x).toBeLessThan(viewport.width);
      },
      { viewport },
    ));
});

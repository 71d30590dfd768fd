import { afterEach, describe, expect, test } from '@jest/globals';
import { failing, honest, http, summaryOf } from '../helpers/badScripts.js';
import { until } from '../helpers/until.js';
import { startGatedStage } from './harness/gatedStage.js';
import { cellOf, namesOf, settled, sorterOf } from './harness/table.js';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

async function start(products: number) {
  const gated = await startGatedStage({ products });
  opened.push(gated);
  return gated;
}

const day = '/?range=2025-05-05..2025-05-05';

describe('while the partner is slow', () => {
  test("Google's figures are there, the partner's cells wait, and each figure comes into its own cell", async () => {
    const { stage, partner } = await start(40);
    await stage.open(day, async (page) => {
      await until(async () => (await namesOf(page)).length === 25, 'the rows');
      const names = await namesOf(page);
      const [first = '', second = ''] = names;
      expect(await cellOf(page, first, 'googleAnalytics.pageViews').locator('.number').count()).toBe(1);
      expect(await cellOf(page, first, 'partner.orders').locator('.skeleton').count()).toBe(1);
      const product = stage.gateway.world.products.find(({ name }) => name === second);
      partner.release(product?.partnerId ?? '');
      await cellOf(page, second, 'partner.orders').locator('.number').waitFor();
      expect(await cellOf(page, first, 'partner.orders').locator('.skeleton').count()).toBe(1);
      expect(await namesOf(page)).toEqual(names);
    });
  });

  test('says of how many products it knows', async () => {
    const { stage, partner } = await start(120);
    const ids = stage.gateway.world.products.map(({ partnerId }) => partnerId ?? '');
    await stage.open(day, async (page) => {
      partner.release(...ids.slice(0, 37));
      await page.getByText('37 of 120 products').waitFor();
      expect(await page.getByRole('progressbar').getAttribute('value')).toBe('37');
      partner.releaseAll();
      await page.getByRole('progressbar').waitFor({ state: 'detached' });
      await settled(page);
    });
  });

  test('an order by the partner comes without waiting for all, and says that it is not final', async () => {
    const { stage, partner } = await start(40);
    const best = stage.gateway.world.products.at(-1);
    partner.spoil(best?.partnerId ?? '', [
      { send: (target) => http(summaryOf(target).replace('"orders":9', '"orders":99')) },
    ]);
    await stage.open(day, async (page) => {
      await until(async () => (await namesOf(page)).length === 25, 'the rows');
      await sorterOf(page, 'Orders').click();
      await page.getByText(/The order is not final: 40 of 40 products/).waitFor();
      // The viewer is at the rows: they stay where they are until the viewer says so.
      await page.locator('#table tbody tr').nth(3).hover();
      const before = await namesOf(page);
      partner.releaseAll();
      await page.getByText('The order is final now').waitFor();
      expect(await namesOf(page)).toEqual(before);
      await page.getByRole('button', { name: 'Show it' }).click();
      await until(async () => (await namesOf(page))[0] === best?.name, 'the final order');
      await page.getByText('The order is').waitFor({ state: 'detached' });
    });
  });

  test('a product that fails says why, in words, and heals when it is asked again', async () => {
    const { stage, partner } = await start(5);
    const [broken, ...others] = stage.gateway.world.products;
    partner.spoil(broken?.partnerId ?? '', failing(500));
    partner.releaseAll();
    await stage.open(day, async (page) => {
      const name = broken?.name ?? '';
      const cell = cellOf(page, name, 'partner.orders');
      await cell.locator('.failed').waitFor();
      expect(await cell.getAttribute('title')).toBe('The partner could not be reached, or broke off.');
      for (const other of others) await cellOf(page, other.name, 'partner.orders').locator('.number').waitFor();
      const asked = partner.asked().length;
      partner.spoil(broken?.partnerId ?? '', [honest]);
      await cell.getByRole('button', { name: `Ask again for Orders of ${name}` }).click();
      await cell.locator('.number').waitFor();
      await cellOf(page, name, 'partner.revenue').locator('.number').waitFor();
      expect(partner.asked().slice(asked)).toEqual([broken?.partnerId]);
    });
  });
});

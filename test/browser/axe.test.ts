import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { failing } from '../helpers/badScripts.js';
import { startGatedStage } from './harness/gatedStage.js';
import type { Stage } from './harness/stage.js';
import { cellOf } from './harness/table.js';

let stage: Stage;
let close: () => Promise<void>;
beforeAll(async () => {
  const gated = await startGatedStage({ products: 12, sites: 2 });
  ({ stage, close } = gated);
  const [broken, pending, ...rest] = stage.gateway.world.products.map(({ partnerId }) => partnerId ?? '');
  gated.partner.spoil(broken ?? '', failing(500));
  gated.partner.release(broken ?? '', ...rest);
  expect(pending).toBeDefined();
});
afterAll(() => close());

/** What axe finds wrong, as `rule: selector`. */
async function problemsOf(page: Page, within = 'html'): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).include(within).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
}

/** A row that failed, one that waits, and rows that are there. */
async function mixedStates(page: Page): Promise<void> {
  const [broken, , third] = stage.gateway.world.products;
  await cellOf(page, broken?.name ?? '', 'partner.orders')
    .locator('.failed')
    .waitFor();
  await cellOf(page, third?.name ?? '', 'partner.orders')
    .locator('.number')
    .waitFor();
  await page.locator('.tile-difference .difference').first().waitFor();
}

describe.each(['light', 'dark'] as const)('for those who see or hear it otherwise, in the %s theme', (theme) => {
  test('the stats page has no barrier, whatever its cells say', () =>
    stage.open(
      '/?compare=previous_period&filter=googleAnalytics.sessions:gte:0',
      async (page) => {
        await mixedStates(page);
        expect(await problemsOf(page)).toEqual([]);
        await page.getByRole('button', { name: 'Filter', exact: true }).click();
        expect(await problemsOf(page, '#filter-panel')).toEqual([]);
      },
      { theme },
    ));

  test('the page of the sources has none', () =>
    stage.open(
      '/?view=sources',
      async (page) => {
        await page.getByRole('region', { name: 'Partner' }).waitFor();
        expect(await problemsOf(page)).toEqual([]);
      },
      { theme },
    ));

  test('the stats page on a telephone has none', () =>
    stage.open(
      '/?range=2025-05-05..2025-05-06',
      async (page) => {
        await page.locator('#table tbody .name-text').first().waitFor();
        expect(await problemsOf(page)).toEqual([]);
      },
      { theme, viewport: { width: 375, height: 812 } },
    ));
});

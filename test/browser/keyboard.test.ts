import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { until } from '../helpers/until.js';
import { type Stage, startStage } from './harness/stage.js';
import { columnOf, numberIn, settled } from './harness/table.js';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage({ products: 30 });
});
afterAll(() => stage.close());

const parameter = (page: Page, name: string) => new URL(page.url()).searchParams.get(name);

/** Moves the focus on until it is at what the test looks for. */
async function tabTo(page: Page, label: RegExp): Promise<void> {
  for (let step = 0; step < 80; step += 1) {
    await page.keyboard.press('Tab');
    const name = await page.evaluate(() => {
      const { activeElement } = document;
      return `${activeElement?.getAttribute('aria-label') ?? ''}${activeElement?.textContent ?? ''}`;
    });
    if (label.test(name)) return;
  }
  throw new Error(`The keyboard does not reach ${label}.`);
}

describe('without a mouse', () => {
  test('single keys choose the days and the comparison', () =>
    stage.open('/', async (page) => {
      await settled(page);
      for (const [key, range] of [
        ['d', 'today'],
        ['w', 'last_7_days'],
        ['m', 'this_month'],
        ['y', 'this_year'],
      ] as const) {
        await page.keyboard.press(key);
        expect(parameter(page, 'range')).toBe(range);
      }
      await page.keyboard.press('x');
      expect(parameter(page, 'compare')).toBe('previous_period');
      await page.keyboard.press('x');
      expect(parameter(page, 'compare')).toBeNull();
    }));

  test('a key that is typed into a field is text', () =>
    stage.open('/', async (page) => {
      await settled(page);
      await page.keyboard.press('/');
      await page.keyboard.type('mdw');
      expect(await page.getByRole('searchbox').inputValue()).toBe('mdw');
      expect(parameter(page, 'range')).toBeNull();
    }));

  test('the first stop leads past the header', () =>
    stage.open('/', async (page) => {
      await settled(page);
      await page.keyboard.press('Tab');
      expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the figures');
      await page.keyboard.press('Enter');
      expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
    }));

  test('a header is reached and sorts', () =>
    stage.open('/', async (page) => {
      await settled(page);
      await tabTo(page, /^Orders: Activate to sort/);
      await page.keyboard.press('Enter');
      await until(async () => {
        const orders = (await columnOf(page, 'partner.orders')).map(numberIn);
        return orders.length === 25 && orders.every((count, index) => index === 0 || count <= (orders[index - 1] ?? 0));
      }, 'the rows by orders');
    }));

  test('a panel opens, takes the focus, and gives it back', () =>
    stage.open('/', async (page) => {
      await settled(page);
      await tabTo(page, /^Columns$/);
      await page.keyboard.press('Enter');
      await until(
        () => page.evaluate(() => document.activeElement?.matches('#column-panel input') ?? false),
        'the focus in the panel',
      );
      await page.keyboard.press('Escape');
      await until(() => page.evaluate(() => document.activeElement?.textContent === 'Columns'), 'the focus back');
    }));
});

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { until } from '../helpers/until.js';
import { type Stage, startStage } from './harness/stage.js';
import { settled } from './harness/table.js';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage({ products: 5 });
});
afterAll(() => stage.close());

const groundOf = (page: Page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);

describe('the theme', () => {
  test('follows the system, also when it changes under the page', () =>
    stage.open('/', async (page) => {
      await settled(page);
      const light = await groundOf(page);
      await page.emulateMedia({ colorScheme: 'dark' });
      await until(async () => (await groundOf(page)) !== light, 'the dark ground');
    }));

  test('is what the viewer chose, also after a reload', () =>
    stage.open('/', async (page) => {
      await settled(page);
      const light = await groundOf(page);
      await page.getByRole('button', { name: 'Use the dark theme' }).click();
      const dark = await groundOf(page);
      expect(dark).not.toBe(light);
      await page.reload();
      await settled(page);
      expect(await groundOf(page)).toBe(dark);
      await page.getByRole('button', { name: 'Use the light theme' }).click();
      expect(await groundOf(page)).toBe(light);
    }));

  test('stands still for those who want no motion', () =>
    stage.open(
      '/',
      async (page) => {
        await settled(page);
        await page.evaluate(() =>
          document.body.append(Object.assign(document.createElement('i'), { className: 'skeleton' })),
        );
        const animation = () =>
          page.evaluate(() => getComputedStyle(document.querySelector('.skeleton') as Element).animationName);
        expect(await animation()).toBe('none');
        await page.emulateMedia({ reducedMotion: 'no-preference' });
        expect(await animation()).not.toBe('none');
      },
      { reducedMotion: true },
    ));
});

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { hashSecret } from '../../src/server/accessKeys.js';
import { type Stage, startStage } from './harness/stage.js';
import { settled } from './harness/table.js';

const secret = 'a-good-secret';
const key = `stats-page.${secret}`;

let stage: Stage;
beforeAll(async () => {
  stage = await startStage({
    products: 5,
    configure(file) {
      file['access'] = { keys: [{ id: 'stats-page', hash: hashSecret(secret) }] };
    },
  });
});
afterAll(() => stage.close());

const options = { expected: [/status of 401/] };

describe('where the gateway wants a key', () => {
  test('the page asks for it, says when it is not accepted, and shows the figures with a good one', () =>
    stage.open(
      '/?range=yesterday',
      async (page) => {
        const dialog = page.getByRole('dialog', { name: 'Access key' });
        await dialog.getByLabel('Key').fill('stats-page.wrong');
        await dialog.getByRole('button', { name: 'Sign in' }).click();
        await dialog.getByText('does not accept this key').waitFor();
        await dialog.getByLabel('Key').fill(key);
        await page.keyboard.press('Enter');
        await settled(page);
        expect(page.url()).not.toContain('secret');
      },
      options,
    ));

  test('the key lives as long as the tab, and in no other place', () =>
    stage.open(
      '/',
      async (page) => {
        await page.getByRole('textbox', { name: 'Key' }).fill(key);
        await page.keyboard.press('Enter');
        await settled(page);
        await page.reload();
        await settled(page);
        expect(await page.getByRole('dialog').count()).toBe(0);
        const kept = await page.evaluate(() => [JSON.stringify(localStorage), document.cookie].join());
        expect(kept).not.toContain('secret');
      },
      options,
    ));

  test('files are fetched with it', () =>
    stage.open(
      '/',
      async (page) => {
        await page.getByRole('textbox', { name: 'Key' }).fill(key);
        await page.keyboard.press('Enter');
        await settled(page);
        await page.getByRole('button', { name: 'Export' }).click();
        const [download] = await Promise.all([
          page.waitForEvent('download'),
          page.getByRole('button', { name: /^CSV of all products/ }).click(),
        ]);
        expect(download.suggestedFilename()).toBe('products-last_28_days.csv');
      },
      options,
    ));
});

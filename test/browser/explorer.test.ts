import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { examples } from '../../web/explorer/examples.js';
import { type GatedPartner, startGatedPartner } from '../helpers/gatedPartner.js';
import { until } from '../helpers/until.js';
import { type Stage, startStage } from './harness/stage.js';

let partner: GatedPartner;
let stage: Stage;

beforeAll(async () => {
  partner = await startGatedPartner();
  stage = await startStage({
    products: 5,
    configure: ({ sources }) => {
      sources.partner = { ...sources.partner, url: partner.url };
    },
  });
});
afterAll(async () => {
  partner.releaseAll();
  await stage.close();
  await partner.close();
});

const names = examples.map(({ definitions }) =>
  definitions.map((one) => ('name' in one ? one.name?.value : undefined)).join(),
);

/** What is shown of the answer, once it has what the test waits for; the editor draws a space as one that does not break. */
async function answerWith(page: Page, pattern: RegExp): Promise<string> {
  const lines = page.locator('.graphiql-response .view-lines');
  await lines.filter({ hasText: pattern }).waitFor();
  return (await lines.innerText()).replaceAll('\u00a0', ' ');
}

/** The first click may come while the editor is still being made, which forgets it. */
async function openTab(page: Page, name: string): Promise<void> {
  const editor = page.locator('.graphiql-query-editor .view-lines');
  await editor.filter({ hasText: 'query' }).waitFor();
  const choose = async () => {
    await page.getByRole('button', { name, exact: true }).click();
    return (await editor.innerText()).includes(name);
  };
  await until(choose, `the tab ${name} is open`);
}

/** GraphiQL learns a moment after the click which operation the tab has; until then it refuses to run, without asking. */
async function run(page: Page): Promise<void> {
  const isAnswered = async () => {
    await page.getByRole('button', { name: 'Execute query' }).click();
    return !(await answerWith(page, /"(data|errors)"/)).includes('Cannot infer operation');
  };
  await until(isAnswered, 'the operation of the tab to be run');
}

/** A visit fails on a request to elsewhere and on any violation of the policy, so each test holds the explorer to both. */
describe('the explorer', () => {
  test('opens with a tab for each example', async () => {
    await stage.open('/graphiql', async (page) => {
      await openTab(page, 'SourceStates');
      expect(await page.getByRole('tab').allInnerTexts()).toEqual(names);
    });
  });

  test('shows the parts of @defer as they arrive', async () => {
    const [first, ...others] = stage.gateway.world.products.flatMap(({ partnerId }) => partnerId ?? []);
    await stage.open('/graphiql', async (page) => {
      await openTab(page, 'FiguresAsTheyArrive');
      await run(page);
      expect(await answerWith(page, /pageViews/)).not.toContain('orders');
      partner.release(first ?? '');
      const part = await answerWith(page, /orders/);
      expect(part.match(/"orders"/g)).toHaveLength(1);
      partner.release(...others);
      // As many of the five as there is room for.
      await answerWith(page, /("orders".*){3}/s);
    });
  });

  test('runs every example against the demo, without an error', async () => {
    partner.releaseAll();
    await stage.open('/graphiql', async (page) => {
      for (const name of names) {
        await openTab(page, name);
        await run(page);
        expect(await answerWith(page, /"data"/)).not.toMatch(/"errors"/);
      }
    });
  });

  test('lays out its lines, which the policy would leave in one heap', async () => {
    await stage.open('/graphiql', async (page) => {
      await openTab(page, 'BestSellers');
      const tops = await page
        .locator('.graphiql-query-editor .view-line')
        .evaluateAll((lines) => lines.map((line) => line.getBoundingClientRect().top));
      expect(tops.length).toBeGreaterThan(10);
      expect(new Set(tops).size).toBe(tops.length);
    });
  });

  test('completes the names of the schema, in a worker of its own', async () => {
    await stage.open('/graphiql', async (page) => {
      await openTab(page, 'SourceStates');
      await page.locator('.graphiql-query-editor .view-line').filter({ hasText: 'queued' }).click();
      await page.keyboard.press('End');
      await page.keyboard.type(' cacheH');
      await page.locator('.suggest-widget').getByText('cacheHitShare').first().waitFor();
    });
  });

  test('forgets headers, which may hold an access key, with its tab', async () => {
    await stage.open('/graphiql', async (page) => {
      await openTab(page, 'SourceStates');
      await page.getByRole('button', { name: 'Headers' }).click();
      await page.locator('.graphiql-editor-tool .view-lines:visible').click();
      await page.keyboard.insertText('{"authorization": "Bearer stats-page.canary-of-a-key"}');
      await run(page);
      await answerWith(page, /"data"/);
      const kept = await page.evaluate(() => JSON.stringify([localStorage, sessionStorage, document.cookie, location]));
      expect(kept).toContain('SourceStates');
      expect(kept).not.toContain('canary');
    });
  });
});

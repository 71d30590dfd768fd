import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { createApp } from '../../src/app.js';
import { loadConfig } from '../../src/config.js';
import type { GatewayFile } from '../helpers/gateway.js';
import { until } from '../helpers/until.js';
import { startGatedStage } from './harness/gatedStage.js';
import { layoutShiftOf, watchLayoutShift } from './harness/layoutShift.js';
import { type Stage, startStage } from './harness/stage.js';
import { namesOf } from './harness/table.js';

const started: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const each of started.splice(0).reverse()) await each.close();
});

async function start(...options: Parameters<typeof startStage>): Promise<Stage> {
  const stage = await startStage(...options);
  started.push(stage);
  return stage;
}

async function startWithGate(products: number) {
  const gated = await startGatedStage({ products });
  started.push(gated);
  return gated;
}

/** The figures of a column that have come. */
const shown = (page: Page, figure: string) => page.locator(`#table tbody [data-figure="${figure}"][data-kind="value"]`);
const untilShown = (page: Page, figure: string, count: number) =>
  shown(page, figure)
    .nth(count - 1)
    .waitFor();

describe('every page', () => {
  test.each([
    ['/', '#table [data-figure="partner.orders"][data-kind="value"]'],
    ['/?view=sources', '#sources:not([hidden])'],
    ['/graphiql', '.graphiql-query-editor .view-line'],
  ])('%s lives under a policy that allows nothing inline, in both themes', async (path, content) => {
    const stage = await start({ products: 3 });
    const policy = (await fetch(new URL(path, stage.gateway.url))).headers.get('content-security-policy');
    expect(policy).toMatch(/default-src 'none'/);
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    for (const theme of ['light', 'dark'] as const) {
      // The visit fails on any violation.
      await stage.open(
        path,
        async (page) => {
          await page.locator(content).first().waitFor();
        },
        { theme },
      );
    }
  });
});

describe('the stats page', () => {
  test('is there in a browser whose language is no language tag', async () => {
    const stage = await start({ products: 3 });
    const pretend = () => {
      const name = 'en-US@posix';
      Object.defineProperty(Object.getPrototypeOf(navigator), 'language', { get: () => name, configurable: true });
      Object.defineProperty(Object.getPrototypeOf(navigator), 'languages', { get: () => [name], configurable: true });
    };
    await stage.open('/', async (page) => void (await untilShown(page, 'partner.orders', 3)), {
      before: (page) => page.addInitScript(pretend),
    });
  });

  test('takes less than 120 kB of JavaScript, packed, for all its views', async () => {
    const stage = await start({ products: 3 });
    const scripts = new Map<string, number>();
    await stage.open(
      '/',
      async (page) => {
        await untilShown(page, 'partner.orders', 3);
        await page.click('#link-sources');
        await page.locator('#sources:not([hidden])').getByText('Partner').first().waitFor();
      },
      { before: async (page) => void collectScripts(page, scripts) },
    );
    expect(scripts.size).toBeGreaterThan(0);
    expect([...scripts.values()].reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(120_000);
  });

  test('shows its first figures within a second of loading, however slow the partner is', async () => {
    const { stage } = await startWithGate(120);
    // The browser's own start is none of the page's.
    await stage.open('/?view=sources', (page) => page.locator('#sources:not([hidden])').waitFor());
    await stage.open('/', async (page) => {
      const firstMs = await page.waitForFunction(
        () => document.querySelector('td[data-figure^="googleAnalytics"][data-kind="value"]') && performance.now(),
      );
      // Three times what is promised, because other tests may be busy on this machine.
      expect(await firstMs.jsonValue()).toBeLessThan(3_000);
      expect(await shown(page, 'partner.orders').count()).toBe(0);
    });
  });

  test('fills cells as they arrive, and nothing moves', async () => {
    const { stage, partner } = await startWithGate(20);
    await stage.open(
      '/',
      async (page) => {
        await untilShown(page, 'googleAnalytics.pageViews', 20);
        const [before, order] = [await layoutShiftOf(page), await namesOf(page)];
        const [first = '', second = '', ...others] = partner.asked();
        partner.release(first);
        await untilShown(page, 'partner.orders', 1);
        expect(await shown(page, 'partner.orders').count()).toBe(1);
        partner.release(second, ...others);
        await untilShown(page, 'partner.orders', 20);
        expect((await layoutShiftOf(page)) - before).toBeCloseTo(0, 3);
        expect(await namesOf(page)).toEqual(order);
        expect(before).toBeLessThan(0.1);
      },
      { before: watchLayoutShift },
    );
  });

  test('says so when the gateway is gone, and goes on by itself when it is back', async () => {
    const stage = await start({ products: 10 });
    const { gateway } = stage;
    const { port } = new URL(gateway.url);
    await stage.open(
      '/',
      async (page) => {
        await untilShown(page, 'partner.orders', 10);
        await gateway.app.close();
        await page.getByRole('button', { name: '7 days' }).click();
        await page
          .locator('#notices')
          .getByText(/cannot be reached/)
          .waitFor();
        const again = await createApp(loadConfig(join(gateway.folder, 'gateway.yaml'), { PORT: port }));
        started.push(again);
        await again.listen();
        await page
          .locator('#notices')
          .getByText(/cannot be reached/)
          .waitFor({ state: 'detached' });
        await untilShown(page, 'partner.orders', 10);
        expect(new URL(page.url()).search).toContain('last_7_days');
      },
      { expected: [/ERR_CONNECTION_REFUSED/, /ERR_CONNECTION_RESET/, /ERR_EMPTY_RESPONSE/] },
    );
  });

  test('turns the pages of 2,000 products', async () => {
    // The sums of the page are made of all of them.
    const configure = (gateway: GatewayFile) => void Object.assign(gateway, { limits: { maxPartnerCalls: 2_000 } });
    const stage = await start({ products: 2_000, configure });
    await stage.open('/?sort=name', async (page) => {
      await untilShown(page, 'partner.orders', 25);
      expect(await page.locator('#table').innerText()).toContain('2,000');
      const firstPage = await namesOf(page);
      await page.getByRole('link', { name: 'Last', exact: true }).click();
      await until(
        async () => (await namesOf(page)).every((name) => !firstPage.includes(name)),
        'the last page',
        60_000,
      );
      await untilShown(page, 'partner.orders', 25);
      expect((await namesOf(page)).length).toBe(25);
    });
  });
});

function collectScripts(page: Page, scripts: Map<string, number>): void {
  page.on('response', async (response) => {
    if (response.request().resourceType() !== 'script') return;
    scripts.set(response.url(), gzipSync(await response.body()).byteLength);
  });
}

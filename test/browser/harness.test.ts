import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { launchChromium } from './harness/chromium.js';
import { layoutShiftOf, watchLayoutShift } from './harness/layoutShift.js';
import { visit } from './harness/visit.js';

/** Pages by path, each with something that must not go unseen. */
const pages: Record<string, string> = {
  '/fine': '<p>fine</p>',
  '/error': '<script>console.error("an error")</script>',
  '/warning': '<script>console.warn("a warning")</script>',
  '/exception': '<script>throw new Error("an exception")</script>',
  '/rejection': '<script>Promise.reject(new Error("a rejection"))</script>',
  '/policy': '<meta http-equiv="content-security-policy" content="style-src \'none\'"><style>p {}</style>',
  '/missing-image': '<img src="/nothing.png" alt="">',
  '/still': '<p style="height: 200px">a</p><p>b</p>',
  '/elsewhere': '<img src="http://127.0.0.1:1/x.png" alt="">',
};

let browser: Browser;
let server: Server;
const at = (path: string) => `http://localhost:${(server.address() as AddressInfo).port}${path}`;

beforeAll(async () => {
  server = createServer(({ url = '' }, response) => {
    const body = pages[url];
    response.writeHead(body ? 200 : 404, { 'content-type': 'text/html' });
    response.end(body && `<!doctype html><link rel="icon" href="data:,">${body}`);
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  browser = await launchChromium();
});
afterAll(async () => {
  await browser.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe('a visit', () => {
  test('goes well on a page that complains of nothing', async () => {
    await visit(browser, { url: at('/fine') }, async (page) => {
      expect(await page.textContent('p')).toBe('fine');
    });
  });

  test.each([
    ['/error', /console error: an error/],
    ['/warning', /console warning: a warning/],
    ['/exception', /uncaught: Error: an exception/],
    ['/rejection', /uncaught: Error: a rejection/],
    ['/policy', /console error: .*Content Security Policy/],
    ['/missing-image', /console error: .*404/],
    ['/elsewhere', /asked elsewhere: http:\/\/127\.0\.0\.1:1\/x\.png/],
  ])('of %s fails', async (path, complaint) => {
    await expect(visit(browser, { url: at(path) }, (page) => page.waitForLoadState('networkidle'))).rejects.toThrow(
      complaint,
    );
  });

  test('passes over what the test itself brought about, and over nothing else', async () => {
    const open = (expected: RegExp) => visit(browser, { url: at('/error'), expected: [expected] }, async () => {});
    await expect(open(/an error/)).resolves.toBeUndefined();
    await expect(open(/another error/)).rejects.toThrow(/an error/);
  });

  test('happens in the language, the time zone and the theme of the visitor', async () => {
    const options = { url: at('/fine'), locale: 'de-DE', timeZone: 'Asia/Tokyo', theme: 'dark' } as const;
    await visit(browser, options, async (page) => {
      const visitor = await page.evaluate(() => [
        navigator.language,
        Intl.DateTimeFormat().resolvedOptions().timeZone,
        matchMedia('(prefers-color-scheme: dark)').matches,
      ]);
      expect(visitor).toEqual(['de-DE', 'Asia/Tokyo', true]);
    });
  });
});

describe('the measure of layout shifts', () => {
  const measure = (change: () => void) =>
    new Promise<number>((resolve, reject) => {
      visit(browser, { url: at('/still'), before: watchLayoutShift }, async (page) => {
        await layoutShiftOf(page);
        await page.evaluate(change);
        resolve(await layoutShiftOf(page));
      }).catch(reject);
    });

  test('sees what moves', async () => {
    const shift = await measure(() => {
      document.querySelector('p')?.style.setProperty('height', '500px');
    });
    expect(shift).toBeGreaterThan(0.01);
  });

  test('passes over what only changes where it stands', async () => {
    const shift = await measure(() => {
      document.querySelector('p')?.replaceChildren('another text');
    });
    expect(shift).toBe(0);
  });
});

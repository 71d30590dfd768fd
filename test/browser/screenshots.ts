import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { startStage } from './harness/stage.js';
import { settled } from './harness/table.js';

/** `npm run screenshots`: the page in every state, width and theme, to be looked at; and the one picture of the README. */

/** What is in a picture: the path, and what has to be there before it is taken. */
interface Scene {
  readonly path: string;
  ready(page: Page): Promise<unknown>;
}

interface Picture {
  readonly file: string;
  readonly width: number;
  readonly theme: 'light' | 'dark';
  /** All of the page, or what is seen of it without scrolling. */
  readonly whole: boolean;
}

const full: Scene = { path: '/?compare=previous_period', ready: settled };
const failing: Scene = { path: '/?range=last_7_days', ready: settled };
const loading: Scene = {
  path: '/?range=last_90_days',
  ready: (page) => page.locator('#table [data-figure="partner.orders"][data-kind="value"]').nth(3).waitFor(),
};
const sources: Scene = {
  path: '/?view=sources',
  ready: (page) => page.locator('#sources:not([hidden])').getByText('Partner').first().waitFor(),
};

const folder = await mkdtemp(join(tmpdir(), 'analytics-gateway-screenshots-'));
const pictureOfReadme = fileURLToPath(new URL('../../docs/stats-page.png', import.meta.url));
await mkdir(dirname(pictureOfReadme), { recursive: true });
const stage = await startStage({ products: 40, sites: 2 });
const { partner, world } = stage.gateway;
const ids = world.products.flatMap(({ partnerId }) => partnerId ?? []);
const every = (count: number, from: number) => ids.filter((_, index) => index % count === from);
const print = (line: string) => void process.stdout.write(`${line}\n`);

try {
  await takeAll('full', full);
  await takeAll('sources', sources);
  await take(full, { file: pictureOfReadme, width: 1280, theme: 'light', whole: false });
  await partner.faults(
    { keys: every(8, 0), fault: 'status', status: 500 },
    { keys: every(8, 4), fault: 'mismatch' },
    { keys: every(8, 2), fault: 'status', status: 404 },
  );
  await takeAll('failing', failing);
  await partner.faults({ keys: [...every(3, 0), ...every(3, 1)], fault: 'hang' });
  await takeAll('loading', loading);
} finally {
  await stage.close();
}
print(`To be looked at: ${folder}`);
print(`The picture of the README: ${pictureOfReadme}`);

async function takeAll(name: string, scene: Scene): Promise<void> {
  for (const width of [1280, 375]) {
    for (const theme of ['light', 'dark'] as const) {
      await take(scene, { file: join(folder, `${name}-${width}-${theme}.png`), width, theme, whole: true });
    }
  }
}

async function take({ path, ready }: Scene, { file, width, theme, whole }: Picture): Promise<void> {
  const look = async (page: Page) => {
    await ready(page);
    await page.screenshot({ path: file, fullPage: whole });
  };
  await stage.open(path, look, { viewport: { width, height: 900 }, theme, reducedMotion: true });
}

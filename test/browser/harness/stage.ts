import type { Page } from 'playwright-core';
import { type GatewayOptions, type RunningGateway, startGateway } from '../../helpers/gateway.js';
import { launchChromium } from './chromium.js';
import { type VisitOptions, visit } from './visit.js';

/** A gateway with its two emulators, and a browser in front of it. */
export interface Stage {
  gateway: RunningGateway;
  /** Opens a path of the gateway, such as `/?site=shop`, and fails when the page complains (see visit). */
  open(path: string, look: (page: Page) => Promise<void>, options?: Omit<VisitOptions, 'url'>): Promise<void>;
  close(): Promise<void>;
}

/** Needs `npm run build:web` before, which `npm run test:browser` does. */
export async function startStage(options: GatewayOptions = {}): Promise<Stage> {
  const gateway = await startGateway(options);
  const browser = await launchChromium().catch(async (error: unknown) => {
    await gateway.close();
    throw error;
  });
  return {
    gateway,
    open: (path, look, visitOptions = {}) =>
      visit(browser, { ...visitOptions, url: new URL(path, gateway.url).href }, look),
    async close() {
      // The browser first: its connections would be waited for.
      await browser.close();
      await gateway.close();
    },
  };
}

import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';

export interface VisitOptions {
  /** Absolute. */
  url: string;
  /** In CSS pixels; 1280 x 800 by default. */
  viewport?: { width: number; height: number };
  /** What the system prefers; light by default. */
  theme?: 'light' | 'dark';
  /** BCP 47; en-GB by default. */
  locale?: string;
  /** Where the person sits, which is not where the site is; America/New_York by default. */
  timeZone?: string;
  reducedMotion?: boolean;
  javaScript?: boolean;
  /** What the page complains of because the test makes it, such as a gateway that is down. */
  expected?: readonly RegExp[];
  /** Runs in the page before its own scripts. */
  before?: (page: Page) => Promise<unknown>;
}

/** How long a test looks for something on a page (ms): below the time of a test, so that it can say what it looked for. */
const patienceMs = 30_000;

/**
 * Opens a page in a browser profile of its own and hands it over once it is loaded.
 * @throws Error when the page wrote an error or a warning to the console, failed, broke its Content-Security-Policy, or
 * asked anybody but the server that it came from.
 */
export async function visit(
  browser: Browser,
  options: VisitOptions,
  look: (page: Page) => Promise<void>,
): Promise<void> {
  const { url, viewport = { width: 1280, height: 800 }, theme = 'light', expected = [] } = options;
  const context = await browser.newContext({
    viewport,
    colorScheme: theme,
    locale: options.locale ?? 'en-GB',
    timezoneId: options.timeZone ?? 'America/New_York',
    reducedMotion: options.reducedMotion ? 'reduce' : 'no-preference',
    javaScriptEnabled: options.javaScript ?? true,
    acceptDownloads: true,
  });
  context.setDefaultTimeout(patienceMs);
  const complaints = collectComplaints(context, new URL(url).origin);
  const unexpected = () => complaints.filter((complaint) => !expected.some((pattern) => pattern.test(complaint)));
  try {
    const page = await context.newPage();
    await options.before?.(page);
    await page.goto(url);
    await look(page);
  } catch (error) {
    // What the page complained of, or what it shows, is most often why the test did not see what it looked for.
    const clues = [...unexpected(), await takePicture(context)];
    throw new Error(`The visit of ${url} failed.\n${clues.join('\n')}`, { cause: error });
  } finally {
    await context.close();
  }
  if (unexpected().length > 0) throw new Error(`The page complained:\n${unexpected().join('\n')}`);
}

async function takePicture(context: BrowserContext): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'analytics-gateway-visit-')), 'failed.png');
  const taken = await context
    .pages()
    .at(-1)
    ?.screenshot({ path })
    .catch(() => undefined);
  return taken ? `What it looked like: ${path}` : 'There was nothing to see.';
}

/** Grows while the context is open. Chromium writes violations of the policy and answers of 400 and more to the console. */
function collectComplaints(context: BrowserContext, origin: string): string[] {
  const complaints: string[] = [];
  context.on('console', (message) => {
    const type = message.type();
    if (type !== 'error' && type !== 'warning') return;
    const { url, lineNumber } = message.location();
    complaints.push(`console ${type}: ${message.text()} (${url}:${lineNumber})`);
  });
  context.on('weberror', (failure) => {
    const error: unknown = failure.error();
    complaints.push(`uncaught: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  });
  context.on('request', (request) => {
    const asked = request.url();
    if (!/^(data|blob):/.test(asked) && new URL(asked).origin !== origin) complaints.push(`asked elsewhere: ${asked}`);
  });
  return complaints;
}

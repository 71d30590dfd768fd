import type { Locator, Page } from 'playwright-core';

/** What the tests see of the products' table, as its viewers do. */

/** The names of the rows from top to bottom. */
export function namesOf(page: Page): Promise<string[]> {
  return page.locator('#table tbody .name-text').allTextContents();
}

/** The cell of a product's figure, such as `partner.orders`. */
export function cellOf(page: Page, name: string, figure: string): Locator {
  const row = page.locator('#table tbody tr').filter({ has: page.getByRole('rowheader', { name, exact: true }) });
  return row.locator(`[data-figure="${figure}"]`);
}

/** What the cells of a figure say, from top to bottom. */
export function columnOf(page: Page, figure: string): Promise<string[]> {
  return page.locator(`#table tbody [data-figure="${figure}"] .number`).allTextContents();
}

/** The button in the head of a column. */
export function sorterOf(page: Page, label: string): Locator {
  return page.locator('#table thead').getByRole('button', { name: new RegExp(`^${label}:`) });
}

/** Waits until rows are there in their final order, and every cell has what it can have. */
export async function settled(page: Page): Promise<void> {
  await page.locator('#table tbody .name-text').first().waitFor();
  await page.locator('#table tbody .skeleton').first().waitFor({ state: 'detached' });
  await page.locator('.notice[data-subject="order"]').waitFor({ state: 'detached' });
  await page.locator('#table tbody .skeleton').first().waitFor({ state: 'detached' });
}

export function numberIn(text: string): number {
  return Number(text.replace(/[^\d.-]/g, ''));
}

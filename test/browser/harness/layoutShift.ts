import type { Page } from 'playwright-core';

interface Shift extends PerformanceEntry {
  readonly value: number;
  readonly hadRecentInput: boolean;
}

declare global {
  interface Window {
    layoutShifts?: number[];
  }
}

/** Has to run before the page's own scripts: see VisitOptions.before. */
export async function watchLayoutShift(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const shifts: number[] = [];
    window.layoutShifts = shifts;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as Shift[]) if (!entry.hadRecentInput) shifts.push(entry.value);
    }).observe({ type: 'layout-shift', buffered: true });
  });
}

/** How far things moved that nobody had touched, as Cumulative Layout Shift counts: 0 is not at all, 0.1 is where it disturbs. */
export async function layoutShiftOf(page: Page): Promise<number> {
  return page.evaluate(async () => {
    // What a frame moved is reported after it was drawn.
    for (let frame = 0; frame < 2; frame += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
    if (!window.layoutShifts) throw new Error('Nobody watches for layout shifts: call watchLayoutShift before.');
    return window.layoutShifts.reduce((sum, shift) => sum + shift, 0);
  });
}

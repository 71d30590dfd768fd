import { describe, expect, test } from '@jest/globals';
import { type CellContext, readCell } from '../../web/src/cell.js';
import { type Figure, figureById } from '../../web/src/figures.js';
import type { Row } from '../../web/src/rows.js';

const now = Date.parse('2026-01-05T12:00:00Z');
const fresh = { state: 'FRESH', asOf: '2026-01-05T11:56:00Z' } as const;
const context: CellContext = {
  locale: 'en-GB',
  timeZone: 'Europe/Berlin',
  currency: 'EUR',
  now,
  compares: false,
  total: () => null,
};

function figure(id: string): Figure {
  const found = figureById(id);
  if (!found) throw new Error(`No figure ${id}.`);
  return found;
}
const orders = figure('partner.orders');
const views = figure('googleAnalytics.pageViews');
const row = (sides: Partial<Row>): Row => ({ id: 'a', name: 'A', failures: new Map(), ...sides });

describe('a cell', () => {
  test('waits while its source has not come', () => {
    expect(readCell(row({}), orders, context).kind).toBe('loading');
  });

  test('says that it is pending, never 0', () => {
    const partner = { freshness: { state: 'PENDING', asOf: null }, orders: null } as const;
    expect(readCell(row({ partner }), orders, context).kind).toBe('pending');
  });

  test('shows a figure with its digits and its age in the tooltip', () => {
    const cell = readCell(row({ partner: { freshness: fresh, orders: 1234 } }), orders, context);
    expect(cell).toMatchObject({ kind: 'value', text: '1,234', staleFor: null });
    expect(cell.title).toBe('Orders: 1,234\nRead 4 min ago');
  });

  test('says how old a stale figure is', () => {
    const freshness = { state: 'STALE', asOf: '2026-01-05T10:00:00Z' } as const;
    expect(readCell(row({ partner: { freshness, orders: 1 } }), orders, context)).toMatchObject({
      staleFor: expect.stringMatching(/^2 h/),
    });
  });

  test.each([
    ['partner', 'the whole source'],
    ['partner.orders', 'this figure'],
  ])('says in words why it failed, by %s', (path) => {
    const failure = { message: 'x', extensions: { code: 'SOURCE_TIMEOUT', source: 'partner' } };
    const cell = readCell(row({ partner: null, failures: new Map([[path, failure]]) }), orders, context);
    expect(cell).toEqual({ kind: 'failed', text: 'timed out', title: 'The partner took too long to answer.' });
  });

  test('another figure of the same row is not touched by its failure', () => {
    const failures = new Map([['partner.revenue', { message: 'x' }]]);
    expect(readCell(row({ partner: { freshness: fresh, orders: 0 }, failures }), orders, context)).toMatchObject({
      text: '0',
    });
  });

  test.each([
    [{ thresholded: true, otherRow: false }, 'withheld'],
    [{ thresholded: false, otherRow: true }, '(other)'],
    [{ thresholded: false, otherRow: false }, 'did not say'],
  ])('says why Google has no figure: %j', (flags, word) => {
    const quality = { sampledShare: null, complete: true, ...flags };
    const cell = readCell(row({ googleAnalytics: { freshness: fresh, quality, pageViews: null } }), views, context);
    expect(cell.kind).toBe('unknown');
    expect(cell.title).toContain(word);
  });

  test('has a share of the total where it may be added up', () => {
    const shown = { ...context, total: () => 400 };
    const full = row({ googleAnalytics: { freshness: fresh, pageViews: 100, sessions: 100 } });
    expect(readCell(full, views, shown)).toMatchObject({ share: '25%' });
    expect(readCell(full, figure('googleAnalytics.sessions'), shown)).toMatchObject({ share: null });
  });

  test('is compared only when the viewer compares', () => {
    const full = row({ partner: { freshness: fresh, orders: 3 }, partnerBefore: { freshness: fresh, orders: 2 } });
    expect(readCell(full, orders, context)).toMatchObject({ difference: null });
    expect(readCell(full, orders, { ...context, compares: true })).toMatchObject({ difference: { text: '+50%' } });
  });

  test("is in the partner's currency where it is the partner's money", () => {
    const partner = { freshness: fresh, revenue: '10.00', currency: 'USD' };
    expect(readCell(row({ partner }), figure('partner.revenue'), context)).toMatchObject({ text: 'US$10.00' });
  });
});

import { describe, expect, test } from '@jest/globals';
import { createSnapshot } from '../../src/catalog/catalog.js';
import { narrowCatalog } from '../../src/catalog/visibleCatalog.js';
import { createProduct, createSite } from '../helpers/catalogParts.js';

const [shop, outlet] = [createSite('shop'), createSite('outlet')];
const products = [createProduct('a'), createProduct('b', { siteId: 'outlet' })];
const whole = createSnapshot([shop, outlet], products);

describe('a catalog of which only some sites may be seen', () => {
  const narrow = narrowCatalog(whole, new Set(['shop', 'not-there']));

  test('has these sites and their products', () => {
    expect(narrow.sites).toEqual([shop]);
    expect([narrow.site('shop'), narrow.product('a'), narrow.products('shop')]).toEqual([
      shop,
      products[0],
      [products[0]],
    ]);
  });

  test('answers for the others as for those that nobody has heard of', () => {
    for (const id of ['outlet', 'not-there', 'nothing']) {
      expect([narrow.site(id), narrow.products(id)]).toEqual([undefined, []]);
    }
    expect([narrow.product('b'), narrow.product('nothing')]).toEqual([undefined, undefined]);
  });

  test('is empty where none may be seen, and whole where all may', () => {
    const none = narrowCatalog(whole, new Set());
    expect([none.sites, none.product('a')]).toEqual([[], undefined]);
    expect(narrowCatalog(whole, 'all')).toBe(whole);
  });
});

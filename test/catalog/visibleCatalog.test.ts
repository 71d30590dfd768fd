import { describe, expect, test } from '@jest/globals';
import { createSnapshot, type Product } from '../../src/catalog/catalog.js';
import { narrowCatalog } from '../../src/catalog/visibleCatalog.js';
import { createProduct, createSite } from '../helpers/catalogParts.js';

const [shop, outlet] = [createSite('shop'), createSite('outlet')];
const severalKeys = ['/p/b', '/sale/b'];
const products = [createProduct('a'), createProduct('b', { siteId: 'outlet', googleAnalyticsKeys: severalKeys })];
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

  test('has the very lists of the whole, so that what was made of them can be found again', () => {
    expect(narrow.products('shop')).toBe(whole.products('shop'));
  });

  test('knows the sites of its products, and of no others', () => {
    const [mine, theirs] = products as [Product, Product];
    expect(narrow.siteOf(mine)).toBe(shop);
    expect(() => narrow.siteOf(theirs)).toThrow('may not be seen');
  });

  test('counts the products with several keys that may be seen', () => {
    const outletOnly = narrowCatalog(whole, new Set(['outlet']));
    expect([whole, narrow, outletOnly].map(({ withSeveralKeys }) => withSeveralKeys)).toEqual([1, 0, 1]);
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

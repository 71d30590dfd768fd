import { describe, expect, test } from '@jest/globals';
import { createDraft } from '../../src/catalog/draft.js';
import type { Row } from '../../src/catalog/rows.js';
import { ConfigurationError } from '../../src/errors.js';
import { caught } from '../helpers/caught.js';

const rules = { partnerIdPattern: 'P-[0-9]+', sendsPartnerKey: true };
const shop: Row = { id: 'shop', name: 'The Shop', time_zone: 'Europe/Berlin', currency: 'EUR' };
const shoe: Row = { id: 'shoe', name: 'Shoe', site: 'shop' };

const pageOf = (rows: readonly Row[], columns = Object.keys(rows[0] ?? {})) => ({ columns, rows });

interface Answers {
  sites?: readonly Row[];
  /** Of all sites at once, page by page. */
  products?: readonly (readonly Row[])[];
  rules?: Partial<typeof rules>;
}

function draftOf({ sites = [shop], products = [], rules: others = {} }: Answers) {
  const draft = createDraft({ file: 'gateway.yaml', ...rules, ...others });
  draft.sites()(pageOf(sites));
  const add = draft.products(null);
  for (const rows of products) add(pageOf(rows));
  return draft;
}

function problemsOf(answers: Answers): string[] {
  const { problems } = caught(ConfigurationError, () => draftOf(answers).finish());
  expect(problems.every(({ file }) => file === 'gateway.yaml')).toBe(true);
  return problems.map(({ message }) => message.replace(/^catalog\.postgres[.:] ?/, ''));
}

describe('rows that are right', () => {
  test('become sites and products, in their order', () => {
    const both = [shop, { ...shop, id: 'outlet' }];
    const snapshot = draftOf({
      sites: both,
      products: [[shoe, { ...shoe, id: 'bag' }], [{ ...shoe, id: 'hat' }]],
    }).finish();
    expect(snapshot.sites.map(({ id }) => id)).toEqual(['shop', 'outlet']);
    expect(snapshot.products('shop').map(({ id }) => id)).toEqual(['shoe', 'bag', 'hat']);
    expect(snapshot.products('outlet')).toEqual([]);
  });

  test('need no more than what must be known: what may be null may be left out', () => {
    const snapshot = draftOf({ products: [[shoe]] }).finish();
    expect(snapshot.site('shop')).toEqual({
      id: 'shop',
      name: 'The Shop',
      timeZone: 'Europe/Berlin',
      currency: 'EUR',
      googleAnalytics: null,
      partnerApiKey: null,
    });
    expect(snapshot.product('shoe')).toEqual({
      id: 'shoe',
      name: 'Shoe',
      siteId: 'shop',
      googleAnalyticsKeys: [],
      partnerId: null,
    });
  });

  test('say the same by null as by a column that is not there', () => {
    const nulls = { google_property: null, google_dimension: null, partner_api_key: null };
    const snapshot = draftOf({
      sites: [{ ...shop, ...nulls }],
      products: [[{ ...shoe, google_keys: null, partner_id: null }]],
    }).finish();
    const bare = draftOf({ products: [[shoe]] }).finish();
    expect(snapshot.sites).toEqual(bare.sites);
    expect(snapshot.products('shop')).toEqual(bare.products('shop'));
  });

  test('give the property with its dimension, which is pagePath where none is named', () => {
    const snapshot = draftOf({
      sites: [
        { ...shop, google_property: '123', google_dimension: null, partner_api_key: 'own' },
        { ...shop, id: 'outlet', google_property: '456', google_dimension: 'itemId', partner_api_key: null },
      ],
    }).finish();
    expect(snapshot.sites.map(({ googleAnalytics }) => googleAnalytics)).toEqual([
      { property: '123', dimension: 'pagePath' },
      { property: '456', dimension: 'itemId' },
    ]);
    expect(snapshot.sites.map(({ partnerApiKey }) => partnerApiKey)).toEqual(['own', null]);
  });

  test('have each key once, and none for the null of a join that found nothing', () => {
    const rows = [
      { ...shoe, google_keys: ['/a', null, '/b', '/a'] },
      { ...shoe, id: 'bag', google_keys: [null] },
    ];
    const snapshot = draftOf({ products: [rows] }).finish();
    expect(snapshot.products('shop').map(({ googleAnalyticsKeys }) => googleAnalyticsKeys)).toEqual([['/a', '/b'], []]);
  });
});

describe('what is wrong with a row', () => {
  const ofSite: [object, RegExp][] = [
    [{ id: 'my shop' }, /^sites row 1 \(id "my shop"\): id: write 1 to 64 letters/],
    [{ name: '' }, /^sites row 1 \(id "shop"\): name: write at least one character$/],
    [{ name: null }, /name: must not be null$/],
    [{ name: 'x'.repeat(1_001) }, /name: write at most 1,000 characters$/],
    [{ time_zone: 'Berlin' }, /time_zone: write an IANA time zone/],
    [{ currency: 'euro' }, /currency: write an ISO 4217 code/],
    [{ google_property: 'UA-1' }, /google_property: write the digits/],
    [{ google_dimension: '' }, /google_dimension: write at least one character$/],
    [{ partner_api_key: '' }, /partner_api_key: write at least one character$/],
  ];
  test.each(ofSite)('%j of a site is told with the cure', (change, message) => {
    expect(problemsOf({ sites: [{ ...shop, ...change }] })).toEqual([expect.stringMatching(message)]);
  });

  const ofProduct: [object, RegExp][] = [
    [{ id: 'shoe/1' }, /^products row 1 \(id "shoe\/1"\): id: write 1 to 64 letters/],
    [{ id: null }, /^products row 1 \(without id\): id: must not be null$/],
    [{ name: null }, /name: must not be null$/],
    [{ site: 'elsewhere' }, /site: the catalog has no such site$/],
    [{ site: null }, /site: must not be null$/],
    [{ google_keys: '{/a}' }, /google_keys: must be an array of text, such as array_agg/],
    [{ google_keys: ['/a', ''] }, /google_keys: write at least one character$/],
    [{ google_keys: ['x'.repeat(2_049)] }, /google_keys: write at most 2,048 characters$/],
    [{ partner_id: 'Q-1' }, /partner_id: a partner id looks like P-\[0-9\]\+ \(sources\.partner\.idPattern\)\.$/],
    [{ partner_id: 'P-1 or 1=1' }, /partner_id: a partner id looks like/],
  ];
  test.each(ofProduct)('%j of a product is told with the cure', (change, message) => {
    expect(problemsOf({ products: [[{ ...shoe, ...change }]] })).toEqual([expect.stringMatching(message)]);
  });

  test('a partner key that nobody would send is refused', () => {
    const sites = [{ ...shop, partner_api_key: 'secret' }];
    const problems = problemsOf({ sites, rules: { sendsPartnerKey: false } });
    expect(problems).toEqual([expect.stringMatching(/partner_api_key: sources\.partner\.apiKey does not say how/)]);
  });

  test('is told by its number over all pages', () => {
    const good = ['a', 'b', 'c'].map((id) => ({ ...shoe, id }));
    const bad = { ...shoe, id: 'd', name: '' };
    expect(problemsOf({ products: [good, [{ ...shoe, id: 'e' }, bad]] })).toEqual([
      'products row 5 (id "d"): name: write at least one character',
    ]);
  });

  test('is told with nothing of the row but its id, and of that no more than an id may have', () => {
    const secret = 'c4n4ry';
    const row = { id: `${'x'.repeat(64)}${secret}`, name: '', site: secret, google_keys: secret, partner_id: secret };
    const problems = problemsOf({ sites: [{ ...shop, partner_api_key: secret, currency: secret }], products: [[row]] });
    expect(problems).toHaveLength(6);
    expect(problems.join('\n')).not.toContain(secret);
  });
});

describe('ids that are there twice', () => {
  test('are told of sites and of products, over all sites and pages', () => {
    const sites = [shop, { ...shop, id: 'outlet' }, shop];
    const products = [[shoe], [{ ...shoe, site: 'outlet' }]];
    expect(problemsOf({ sites, products })).toEqual([
      'sites row 3 (id "shop"): site id shop is taken already; ids are unique over the whole catalog.',
      'products row 2 (id "shoe"): product id shoe is taken already; ids are unique over the whole catalog.',
    ]);
  });
});

describe('columns', () => {
  test('that are missing are named with those that are there, once for all rows', () => {
    const { time_zone: _, ...rest } = shop;
    expect(problemsOf({ sites: [rest, { ...rest, id: 'outlet' }] })).toEqual([
      'sites: the column time_zone is missing; there are id, name, currency.',
    ]);
  });

  test('that are not known are named with what was meant, because a misspelt one would silence a source', () => {
    expect(problemsOf({ products: [[{ ...shoe, partnerid: 'P-1' }]] })).toEqual([
      'products: the column partnerid is not known; did you mean partner_id?',
    ]);
  });

  test('that are there twice are named', () => {
    const draft = draftOf({});
    draft.products(null)(pageOf([shoe], ['id', 'name', 'site', 'id']));
    expect(() => draft.finish()).toThrow('products: the column id is there twice.');
  });

  test('are looked at when there is no row', () => {
    const draft = draftOf({});
    draft.products(null)(pageOf([], ['id']));
    expect(() => draft.finish()).toThrow('products: the column name is missing; there are id.');
  });

  test('site may be left out where the site was asked for, and must be that one where it stands', () => {
    const draft = draftOf({});
    const { site: _, ...bare } = shoe;
    draft.products('shop')(pageOf([bare]));
    draft.products('shop')(pageOf([{ ...shoe, id: 'bag' }]));
    expect(draft.finish().products('shop')).toHaveLength(2);
    draft.products('shop')(pageOf([{ ...shoe, id: 'hat', site: 'outlet' }]));
    expect(() => draft.finish()).toThrow(
      'products row 1 of site "shop" (id "hat"): site: must be the site that $1 names',
    );
  });
});

describe('many problems', () => {
  test('are told up to 20, the others counted', () => {
    const rows = Array.from({ length: 1_500 }, (_, index) => ({ ...shoe, id: `p${index}`, name: '' }));
    const problems = problemsOf({ products: [rows] });
    expect(problems).toHaveLength(21);
    expect(problems.at(-1)).toBe('and 1,480 more.');
  });

  test('of a site leave its products without one', () => {
    const sites = [{ ...shop, currency: 'euro' }];
    expect(problemsOf({ sites, products: [[shoe]] })).toEqual([expect.stringMatching(/^sites row 1/)]);
  });
});
